import { realpath, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { ScanStatus } from '../contract/dto.ts';
import { KindredError } from '../contract/errors.ts';
import { createPhotoPool, type PhotoPool } from '../faces/photo-pool.ts';
import { embeddingDimension, embeddingModel } from '../faces/versions.ts';
import { addFolder, listFolders, type StoredFolder } from '../library/folders.store.ts';
import { openLibraryDatabase } from '../store/connection.ts';
import { defaultThreshold } from '../people/threshold.ts';
import { folderError } from './browse-folders.ts';
import { openDecisionHistory, type DecisionHistory } from './decision-history.ts';
import { createEventBus, type EventBus } from './event-bus.ts';
import { createGrouping, type Grouping } from './grouping.ts';
import { createScanJob, type ScanGrouping, type ScanJob } from './scan-job.ts';
import { readSetting, writeSetting } from './settings.store.ts';

const thresholdSetting = 'threshold';

/** An open library with everything that works on it: what the procedures and the evaluation are made of. */
export interface OpenLibrary {
  readonly db: Database;
  readonly path: string;
  /** Thumbnails, crops and previews: safe to delete, made again when needed. */
  readonly cachePath: string;
  readonly events: EventBus;
  readonly pool: PhotoPool;
  readonly history: DecisionHistory;
  readonly grouping: Grouping;
  readonly scan: ScanJob;
  threshold(): number;
  setThreshold(threshold: number): void;
  /** @throws KindredError `not-found`, `folder-unreadable` */
  addFolder(path: string): Promise<StoredFolder>;
  /** Scans these folders and waits for the end. */
  scanFolders(folders: readonly StoredFolder[]): Promise<ScanStatus>;
  close(): Promise<void>;
}

export interface OpenLibraryOptions {
  libraryPath: string;
  /** Makes no library where there is none. */
  mustExist?: boolean;
  /** False leaves scanned faces ungrouped, where only embeddings are wanted. */
  grouping?: boolean;
}

/** @throws KindredError `library-in-use`, `library-newer`, `library-damaged`, `library-unreadable`, `disk-full`, `not-found` */
export function openLibrary(options: OpenLibraryOptions): OpenLibrary {
  const path = resolve(options.libraryPath);
  const { db, close } = openLibraryDatabase(path, { mustExist: options.mustExist ?? false });
  const cachePath = join(path, 'cache');
  const events = createEventBus();
  const pool = createPhotoPool(cachePath, availableParallelism());
  const threshold = (): number => Number(readSetting(db, thresholdSetting) ?? defaultThreshold);
  const history = openDecisionHistory(db);
  const grouping = createGrouping({
    db,
    model: embeddingModel,
    dimension: embeddingDimension,
    threshold,
    known: () => history.known(),
    events,
  });
  const scan = createScanJob({
    db,
    pool,
    grouping: options.grouping === false ? noGrouping : scanGrouping(grouping),
    events,
    // The cache by itself too: photos may lie in the very folder that was chosen for the library.
    ownFolders: [path, cachePath],
  });

  return {
    db,
    path,
    cachePath,
    events,
    pool,
    history,
    grouping,
    scan,
    threshold,
    setThreshold: (value) => writeSetting(db, thresholdSetting, String(value)),
    async addFolder(given) {
      const folder = await realpath(resolve(given)).catch((error: NodeJS.ErrnoException) => {
        throw folderError(given, error);
      });
      if (!(await stat(folder)).isDirectory()) {
        throw new KindredError('not-found', `${given} is a file, not a folder.`, { path: given });
      }
      const id = addFolder(db, folder);
      return listFolders(db).find((stored) => stored.id === id)!;
    },
    scanFolders(folders) {
      return new Promise((done) => {
        const unsubscribe = events.subscribe((event, payload) => {
          if (event !== 'scan.progress') return;
          const status = payload as ScanStatus;
          if (status.phase !== 'done' && status.phase !== 'cancelled' && status.phase !== 'failed') return;
          unsubscribe();
          done(status);
        });
        scan.start(folders);
      });
    },
    async close() {
      await scan.close();
      await grouping.close();
      await pool.close();
      close();
    },
  };
}

const noGrouping: ScanGrouping = {
  peopleCount: 0,
  refresh: () => Promise.resolve(),
  save: () => undefined,
};

function scanGrouping(grouping: Grouping): ScanGrouping {
  return {
    refresh: () => grouping.refresh(),
    save: () => grouping.save(),
    get peopleCount() {
      return grouping.people().list.length;
    },
  };
}
