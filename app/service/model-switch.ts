import { access } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Database } from 'better-sqlite3';
import type { SwitchPhase, SwitchStatus } from '../contract/dto.ts';
import { countDuePhotos, drawnFaceIds, duePhotos, type DuePhoto } from '../faces/analyses.store.ts';
import { boxInCrop } from '../faces/crop.ts';
import {
  insertFaces,
  knownFaces,
  storeVectors,
  updateQuality,
  type FaceVectors,
  type KnownFace,
  type StoredAs,
} from '../faces/faces.store.ts';
import { embedFromFeatures, headOf, type NamedHead } from '../faces/embed-from-features.ts';
import { pipelineOf, type ModelChoice } from '../faces/models/choice.ts';
import { createPhotoPool, type PhotoPool, type RereadPhoto } from '../faces/photo-pool.ts';
import { findPhoto } from '../library/photos.store.ts';
import { cropPath, thumbnailPath } from '../library/thumbnails.ts';
import { facesNamedIn } from '../people/decisions.ts';
import type { DecisionHistory } from './decision-history.ts';
import type { EventBus } from './event-bus.ts';
import { verifyChoice, type Resolved } from './library-models.ts';
import { isDiskFull } from './scan-job.ts';
import { ScanProgress } from './scan-progress.ts';

/** What is read with, and under which names it is stored. */
interface Reading {
  pool: PhotoPool;
  model: string;
  as: StoredAs;
  /** A trained head, which needs no photo where features are stored. */
  head: NamedHead | undefined;
  /** Photos that could not be read, not to be tried again in this run. */
  givenUp: Set<number>;
}

/**
 * Reads the photos of a library with the models that are wanted, in the background, and has these take over when all are read.
 * Photos that the models in use have not read yet, as those of a drive that was away, are read in the same way.
 */
export interface ModelSwitch {
  status(): SwitchStatus;
  /**
   * Begins, or begins anew where other models are wanted by now.
   *
   * @param waits for {@link ModelSwitch.resume} before it reads anything
   */
  start(waits?: boolean): void;
  /** Goes on where there is anything to read and nothing is under way. */
  check(): void;
  pause(): void;
  resume(): void;
  /** Stops after the photos in hand; what they gave is kept, and the next start goes on from there. */
  stop(): Promise<void>;
}

export interface ModelSwitchParts {
  db: Database;
  cachePath: string;
  events: EventBus;
  history: DecisionHistory;
  /** The pool of the models in use. */
  pool: PhotoPool;
  /** Name of the models in use. */
  activeModel: () => string;
  /** Name of what the pool runs, which is something else where the models in use could not be opened. */
  runningModel: () => string;
  wanted: () => Promise<Resolved>;
  /** Has these models take over, with a pool that runs them; waits for what those of before have in hand. */
  activate: (choice: ModelChoice, pool: PhotoPool) => Promise<void>;
  /** Takes up faces of the models in use that came in another order than grouping expects. */
  regroup: () => Promise<void>;
  canCancel: () => boolean;
}

const batch = 200;
const progressPauseMs = 250;

export function createModelSwitch(parts: ModelSwitchParts): ModelSwitch {
  const { db, cachePath, events, history } = parts;
  let progress = new ScanProgress(() => performance.now());
  let phase: SwitchPhase = 'idle';
  let message: string | null = null;
  let unreachable = 0;
  let running: Promise<void> | null = null;
  let stopping: AbortController | null = null;
  let starting = Promise.resolve();
  /** Somebody wants it to wait, also where it has not begun yet. */
  let paused = false;
  let gate: { promise: Promise<void>; open: () => void } | null = null;
  let lastProgress = 0;

  function status(): SwitchStatus {
    const { total, done, failed, photosPerSecond, secondsLeft } = progress.status(0);
    const canCancel = parts.canCancel();
    return { phase, total, done, failed, unreachable, photosPerSecond, secondsLeft, canCancel, message };
  }

  function report(force = false): void {
    const now = performance.now();
    if (!force && now - lastProgress < progressPauseMs) return;
    lastProgress = now;
    events.emit('models.progress', status());
  }

  function enter(next: SwitchPhase): void {
    phase = next;
    report(true);
  }

  /**
   * Faces that must go on being shown: those that somebody drew or said anything about, also where that was taken back, as it
   * can be brought back.
   */
  function facesToKeep(): Set<number> {
    const keep = new Set(drawnFaceIds(db));
    for (const statement of history.log().statements) for (const face of facesNamedIn(statement)) keep.add(face);
    return keep;
  }

  async function run(signal: AbortSignal): Promise<void> {
    let end: SwitchPhase = 'idle';
    try {
      await readAndActivate(signal);
    } catch (error) {
      message = isDiskFull(error)
        ? 'The disk with the library is full. Make room, then go on; nothing that was read is lost.'
        : (error as Error).message;
      end = 'failed';
    }
    // Where it was told to stop another run follows, and nobody may take this one's end for its.
    if (!signal.aborted) enter(end);
  }

  async function readAndActivate(signal: AbortSignal): Promise<void> {
    let made: PhotoPool | undefined;
    try {
      const { choice } = await parts.wanted();
      // Whoever asks about the models is told why these cannot be used.
      if (!choice) return;
      const model = pipelineOf(choice);
      const inUse = parts.activeModel() === model && parts.runningModel() === model;
      progress.total = countDuePhotos(db, model, facesToKeep());
      if (inUse && progress.total === 0) return;
      if (!inUse) {
        enter(paused ? 'paused' : 'reading');
        await verifyChoice(choice);
        made = createPhotoPool({ cachePath, models: choice }, availableParallelism());
        // Models that do not run must not take over from those that do.
        await made.probe();
      }
      const head = headOf(choice);
      const as = { models: [model], parent: head?.parent };
      const reading: Reading = { pool: made ?? parts.pool, model, as, head, givenUp: new Set() };
      const changed = await readAll(reading, signal);
      await gate?.promise;
      if (signal.aborted) return;
      if (made) {
        enter('grouping');
        const adopted = made;
        made = undefined;
        await parts.activate(choice, adopted);
        // A scan may have had photos in hand for the models of before.
        if (await readAll(reading, signal)) await parts.regroup();
      } else if (changed) await parts.regroup();
    } finally {
      await made?.close();
    }
  }

  /** @returns whether anything was read */
  async function readAll(reading: Reading, signal: AbortSignal): Promise<boolean> {
    let changed = false;
    for (;;) {
      const read = await readOnce(reading, signal);
      changed ||= read;
      // Again, for the photos and decisions that came meanwhile.
      if (!read || signal.aborted) return changed;
    }
  }

  async function readOnce(reading: Reading, signal: AbortSignal): Promise<boolean> {
    const { pool, model, head, givenUp } = reading;
    const inHand = new Set<Promise<void>>();
    let broken: Error | undefined;
    let after = 0;
    let read = head !== undefined && (await embedFromFeatures(db, head, { signal, onBatch: finishBatch })) > 0;
    while (!signal.aborted && broken === undefined) {
      const keep = facesToKeep();
      const photos = duePhotos(db, model, keep, after, batch);
      if (photos.length === 0) break;
      for (const photo of photos) {
        await gate?.promise;
        if (signal.aborted || broken !== undefined) break;
        after = photo.id;
        if (givenUp.has(photo.id)) continue;
        const work: Promise<void> = readPhoto(reading, photo, keep)
          .then((done) => {
            if (done) read = true;
            else givenUp.add(photo.id);
            finishOne();
          })
          .catch((error: unknown) => {
            broken = error instanceof Error ? error : new Error(String(error));
          })
          .then(() => void inHand.delete(work));
        inHand.add(work);
        if (inHand.size > pool.threads) await Promise.race(inHand);
      }
    }
    await Promise.all(inHand);
    if (broken !== undefined) throw broken;
    return read;
  }

  function finishOne(): void {
    progress.total = Math.max(progress.total, progress.done + 1);
    progress.finishOne();
    report();
  }

  async function finishBatch(photos: number): Promise<void> {
    for (let i = 0; i < photos; i++) finishOne();
    await gate?.promise;
  }

  /** @returns false where the photo could not be read, so that there is no use in trying again soon */
  async function readPhoto({ pool, model, as }: Reading, photo: DuePhoto, keep: ReadonlySet<number>): Promise<boolean> {
    const faces = knownFaces(db, photo.id, parts.activeModel(), model);
    const { drawn } = history.known();
    const before = faces.map(({ id, box, drawn: isDrawn }) => {
      // A box that was drawn and taken back must not swallow a face that is found now.
      return { id, box, match: !isDrawn || drawn.has(id), keep: keep.has(id) };
    });
    let reachable = false;
    for (const path of findPhoto(db, photo.id)?.paths ?? []) {
      if (!(await isThere(path))) continue;
      const result = await pool.reread(path, photo.hash, before);
      if (result.ok) {
        store(photo.id, as, result.value);
        return true;
      }
      // The file holds another picture by now: the next scan will tell.
      if (result.failure.kind !== 'vanished') reachable = true;
    }
    if (reachable) progress.failed += 1;
    else unreachable += 1;
    for (const face of faces) {
      if (face.embedded || !(face.shown || keep.has(face.id))) continue;
      const vectors = await embedFromCache(pool, photo.hash, face);
      if (vectors) storeVectors(db, face.id, as, vectors);
    }
    return false;
  }

  /** From the picture of the face that is kept, or else from the photo's thumbnail, so that nobody goes with their drive. */
  async function embedFromCache(
    pool: PhotoPool,
    hash: string,
    { ordinal, box }: KnownFace,
  ): Promise<FaceVectors | undefined> {
    const pictures = [
      { path: cropPath(cachePath, hash, ordinal), at: boxInCrop },
      { path: thumbnailPath(cachePath, hash), at: box },
    ];
    for (const { path, at } of pictures) {
      const result = (await isThere(path)) ? await pool.embedFromPicture(path, at) : undefined;
      if (result?.ok) return result.value;
    }
    return undefined;
  }

  function store(photoId: number, as: StoredAs, { again, added }: RereadPhoto): void {
    db.transaction(() => {
      for (const { id, quality, ...vectors } of again) {
        storeVectors(db, id, as, vectors);
        updateQuality(db, id, quality);
      }
      insertFaces(db, photoId, added, as);
    })();
  }

  function hold(): void {
    let open = (): void => undefined;
    const promise = new Promise<void>((resolve) => (open = resolve));
    gate = { promise, open };
    progress.pause();
  }

  function openGate(): void {
    gate?.open();
    gate = null;
  }

  async function stop(): Promise<void> {
    stopping?.abort();
    openGate();
    await running;
  }

  function begin(): void {
    progress = new ScanProgress(() => performance.now());
    message = null;
    unreachable = 0;
    stopping = new AbortController();
    if (paused) hold();
    const mine: Promise<void> = run(stopping.signal).then(() => {
      if (running === mine) running = null;
      openGate();
    });
    running = mine;
  }

  /** After what is being stopped or begun already. */
  function goOn(): void {
    starting = starting.then(() => {
      if (!running) begin();
    });
  }

  return {
    status,
    start(waits = false) {
      message = null;
      paused = waits;
      // Nobody may think that it has ended before it has begun.
      enter(paused ? 'paused' : 'reading');
      starting = starting.then(stop).then(begin);
    },
    check() {
      if (phase !== 'failed') goOn();
    },
    pause() {
      if (phase !== 'reading') return;
      paused = true;
      if (running) hold();
      enter('paused');
    },
    resume() {
      const waited = paused;
      paused = false;
      openGate();
      progress.resume();
      if (waited) enter('reading');
      goOn();
    },
    async stop() {
      await starting;
      await stop();
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
