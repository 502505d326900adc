import type { Database } from 'better-sqlite3';
import type { ScanPhase, ScanStatus } from '../contract/dto.ts';
import { insertFaces } from '../faces/faces.store.ts';
import type { PhotoPool, PhotoResult, PhotoWithFaces } from '../faces/photo-pool.ts';
import { isFolderOnline } from '../library/folder-online.ts';
import type { StoredFolder } from '../library/folders.store.ts';
import { startListing, type ListedFile, type ListingProblem } from '../library/listing.store.ts';
import {
  countPendingFiles,
  failFile,
  findPhotoByHash,
  hasPhotoOfSize,
  insertPhoto,
  linkFile,
  pendingFiles,
  type PendingFile,
} from '../library/photos.store.ts';
import { walkPhotos } from '../library/walk.ts';
import type { EventBus } from './event-bus.ts';
import { ScanProgress } from './scan-progress.ts';

/** What a scan tells the grouping of faces. */
export interface ScanGrouping {
  /** Takes up the faces that came and the photos that went, and groups anew where that changes anything. */
  refresh(): Promise<void>;
  /** Keeps the grouping, for whoever reads the library beside this process. */
  save(): void;
  readonly peopleCount: number;
}

export interface ScanJob {
  status(): ScanStatus;
  /** Scans these folders, after those in hand where a scan is running, and reads every file that waits to be read. */
  start(folders: readonly StoredFolder[]): ScanStatus;
  pause(): ScanStatus;
  resume(): ScanStatus;
  /** Ends the scan after the photos in hand; what they gave is kept. */
  cancel(): ScanStatus;
  /** Cancels and waits for the end. */
  close(): Promise<void>;
}

export interface ScanParts {
  db: Database;
  pool: PhotoPool;
  grouping: ScanGrouping;
  /** Names under which embeddings are stored that the models with this name gave. */
  storedAs: (model: string) => readonly string[];
  events: EventBus;
  /** Folders that are never scanned, even when they lie inside a folder of photos. */
  ownFolders: readonly string[];
}

const listingBatch = 500;
const pendingBatch = 200;
const progressPauseMs = 250;
const libraryPauseMs = 1000;
const groupingPauseMs = 2000;
/** Grouping takes at most about this share of the time of a scan. */
const groupingShare = 0.2;

/** The one running scan of a library: lists folders, has photos read by the pool, and stores what comes back. */
export function createScanJob({ db, pool, grouping, storedAs, events, ownFolders }: ScanParts): ScanJob {
  let progress = new ScanProgress(() => performance.now());
  let queue: StoredFolder[] = [];
  let running: Promise<void> | null = null;
  let stop: AbortController | null = null;
  let gate: { promise: Promise<void>; open: () => void; phase: ScanPhase } | null = null;
  let lastProgress = 0;
  let lastLibrary = 0;
  let nextGrouping = 0;
  let groupingNow: Promise<void> | null = null;

  const status = (): ScanStatus => progress.status(grouping.peopleCount);

  function report(force = false): void {
    const now = performance.now();
    if (!force && now - lastProgress < progressPauseMs) return;
    lastProgress = now;
    events.emit('scan.progress', status());
  }

  function enter(phase: ScanPhase): void {
    progress.phase = phase;
    report(true);
  }

  async function run(signal: AbortSignal): Promise<void> {
    try {
      do {
        while (queue.length > 0 && !signal.aborted) await list(queue.shift()!, signal);
        await index(signal);
        enter('grouping');
        await groupingNow;
        await grouping.refresh();
        // A folder may have been added while the faces were grouped.
      } while (queue.length > 0 && !signal.aborted);
      grouping.save();
      finish(signal.aborted ? 'cancelled' : 'done');
    } catch (error) {
      finish('failed', plainReason(error));
    }
  }

  /** Whoever hears of the end may start the next scan at once. */
  function finish(phase: ScanPhase, message: string | null = null): void {
    running = null;
    if (phase === 'failed') queue = [];
    progress.current = null;
    progress.message = message;
    progress.end();
    events.emit('library.changed', null);
    enter(phase);
    // What was asked for after the scan had been told to stop.
    if (queue.length > 0 && !running) begin();
  }

  function begin(): void {
    progress = new ScanProgress(() => performance.now());
    stop = new AbortController();
    nextGrouping = performance.now() + groupingPauseMs;
    running = run(stop.signal);
  }

  async function list(folder: StoredFolder, signal: AbortSignal): Promise<void> {
    progress.folders.push(folder.path);
    enter('listing');
    // A drive that is not mounted is no reason to call its photos missing.
    if (!(await isFolderOnline(db, folder))) return;
    const listing = startListing(db, folder.id);
    const problems: ListingProblem[] = [];
    let batch: ListedFile[] = [];
    const flush = (): void => {
      const { unchanged } = listing.record(batch);
      progress.found += batch.length;
      progress.unchanged += unchanged;
      batch = [];
      report();
    };
    for await (const entry of walkPhotos(folder.path, { skip: ownFolders, signal })) {
      if ('problem' in entry) problems.push(entry);
      else if (batch.push(entry) >= listingBatch) {
        flush();
        await gate?.promise;
      }
    }
    flush();
    if (!signal.aborted && listing.finish(problems).missing > 0) events.emit('library.changed', null);
  }

  async function index(signal: AbortSignal): Promise<void> {
    await gate?.promise;
    progress.total = progress.done + countPendingFiles(db);
    enter('indexing');
    let afterId = 0;
    const inHand = new Set<Promise<void>>();
    let broken: Error | undefined;
    while (!signal.aborted && broken === undefined && queue.length === 0) {
      const files = pendingFiles(db, pendingBatch, afterId);
      if (files.length === 0) break;
      for (const file of files) {
        await gate?.promise;
        if (signal.aborted || broken !== undefined || queue.length > 0) break;
        afterId = file.id;
        const work: Promise<void> = indexFile(file)
          .catch((error: unknown) => {
            broken = error instanceof Error ? error : new Error(String(error));
          })
          .then(() => void inHand.delete(work));
        inHand.add(work);
        // One photo waits while each thread has one in hand, so that no thread waits for us.
        if (inHand.size > pool.threads) await Promise.race(inHand);
        groupSometimes();
      }
    }
    await Promise.all(inHand);
    if (broken !== undefined) throw broken;
  }

  async function indexFile(file: PendingFile): Promise<void> {
    progress.current = file.path;
    report();
    if (!(await linkKnown(file))) store(file, await pool.index(file.path));
    progress.finishOne();
    report();
    const now = performance.now();
    if (now - lastLibrary > libraryPauseMs) {
      lastLibrary = now;
      events.emit('library.changed', null);
    }
  }

  /** A moved, renamed or copied file keeps its photo. Only a file of the same size can be one, so few are hashed twice. */
  async function linkKnown(file: PendingFile): Promise<boolean> {
    if (!hasPhotoOfSize(db, file.bytes)) return false;
    const identified = await pool.identify(file.path);
    const photo = identified.ok ? findPhotoByHash(db, identified.value) : undefined;
    if (!photo) return false;
    linkFile(db, file.id, photo.id);
    return true;
  }

  function store(file: PendingFile, result: PhotoResult<PhotoWithFaces>): void {
    if (!result.ok) {
      const { kind, message } = result.failure;
      if (kind === 'disk-full') throw Object.assign(new Error(message), { code: 'ENOSPC' });
      failFile(db, file.id, kind, message);
      progress.failed += 1;
      return;
    }
    const { photo, faces, model, parent } = result.value;
    const added = db.transaction(() => {
      // The same bytes may have come in under another name a moment ago.
      const known = findPhotoByHash(db, photo.hash);
      const photoId = known?.id ?? insertPhoto(db, photo);
      linkFile(db, file.id, photoId);
      if (known) return 0;
      insertFaces(db, photoId, faces, { models: storedAs(model), parent });
      return faces.length;
    })();
    progress.facesFound += added;
  }

  function groupSometimes(): void {
    const started = performance.now();
    if (groupingNow || started < nextGrouping) return;
    groupingNow = grouping
      .refresh()
      .catch((error: unknown) => {
        progress.message = error instanceof Error ? error.message : String(error);
      })
      .then(() => {
        groupingNow = null;
        const took = performance.now() - started;
        nextGrouping = performance.now() + Math.max(groupingPauseMs, took / groupingShare);
        report();
      });
  }

  function openGate(): void {
    gate?.open();
    gate = null;
  }

  function abort(): void {
    stop?.abort();
    queue = [];
    openGate();
  }

  return {
    status,
    start(folders) {
      for (const folder of folders) if (!queue.some(({ id }) => id === folder.id)) queue.push(folder);
      if (!running) begin();
      return status();
    },
    pause() {
      if (!running || gate) return status();
      let open = (): void => undefined;
      const promise = new Promise<void>((resolve) => (open = resolve));
      gate = { promise, open, phase: progress.phase };
      progress.pause();
      enter('paused');
      return status();
    },
    resume() {
      if (!gate) return status();
      const { phase } = gate;
      openGate();
      progress.resume();
      enter(phase);
      return status();
    },
    cancel() {
      abort();
      return status();
    },
    async close() {
      abort();
      await running;
    },
  };
}

function plainReason(error: unknown): string {
  if (isDiskFull(error)) {
    return 'The disk with the library is full. Make room, then scan again; nothing that was read is lost.';
  }
  return error instanceof Error ? error.message : String(error);
}

/** By the system or by SQLite. */
export function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'SQLITE_FULL';
}
