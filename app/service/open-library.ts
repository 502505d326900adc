import { realpath, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { ScanStatus } from '../contract/dto.ts';
import { KindredError } from '../contract/errors.ts';
import type { StoredAs } from '../faces/faces.store.ts';
import { createPhotoPool, type PhotoPool } from '../faces/photo-pool.ts';
import { builtInChoice, parentOf, pipelineOf, type ModelChoice } from '../faces/models/choice.ts';
import { clearUnfinished } from '../faces/models/pack-store.ts';
import { addFolder, listFolders, type StoredFolder } from '../library/folders.store.ts';
import { openLibraryDatabase } from '../store/connection.ts';
import { folderError } from './browse-folders.ts';
import { openDecisionHistory, type DecisionHistory } from './decision-history.ts';
import { createEventBus, type EventBus } from './event-bus.ts';
import { createGrouping, type Grouping } from './grouping.ts';
import {
  areOfOneNetwork,
  readActive,
  readWanted,
  resolveChoice,
  toActive,
  writeActive,
  writeWanted,
  type ActiveModels,
} from './library-models.ts';
import { createModelSwitch, type ModelSwitch } from './model-switch.ts';
import { createScanJob, type ScanGrouping, type ScanJob } from './scan-job.ts';
import { readSetting, writeSetting } from './settings.store.ts';
import { createSwitchablePool } from './switchable-pool.ts';

/** An open library with everything that works on it: what the procedures and the evaluation are made of. */
export interface OpenLibrary {
  readonly db: Database;
  readonly path: string;
  /** Thumbnails, crops and previews: safe to delete, made again when needed. */
  readonly cachePath: string;
  readonly events: EventBus;
  /** Folder of the model packs. */
  readonly modelsPath: string;
  readonly pool: PhotoPool;
  /** The models by which faces are shown and grouped. */
  active(): ActiveModels;
  /** Names under which what the pool embeds is stored now. */
  storedAs(): StoredAs;
  readonly modelSwitch: ModelSwitch;
  readonly history: DecisionHistory;
  readonly grouping: Grouping;
  readonly scan: ScanJob;
  /** Of the models in use, or of others that people are grouped by. */
  threshold(models?: { model: string; standard: number }): number;
  setThreshold(threshold: number): void;
  /** @throws KindredError `not-found`, `folder-unreadable` */
  addFolder(path: string): Promise<StoredFolder>;
  /** Scans these folders and waits for the end. */
  scanFolders(folders: readonly StoredFolder[]): Promise<ScanStatus>;
  close(): Promise<void>;
}

export interface OpenLibraryOptions {
  libraryPath: string;
  /** What finds and embeds faces; the built-in models otherwise. */
  models?: ModelChoice;
  /** Makes no library where there is none. */
  mustExist?: boolean;
  /** False leaves scanned faces ungrouped, where only embeddings are wanted. */
  grouping?: boolean;
}

/**
 * Opens a library with the models that are in use there. Where these cannot run any more, because a pack is gone or Kindred was
 * updated, people are grouped by the embeddings that are stored, and new photos are read with the models that are wanted, or
 * else the built-in ones.
 *
 * @throws KindredError `library-in-use`, `library-newer`, `library-damaged`, `library-unreadable`, `disk-full`, `not-found`
 */
export async function openLibrary(options: OpenLibraryOptions): Promise<OpenLibrary> {
  const path = resolve(options.libraryPath);
  const { db, close } = openLibraryDatabase(path, { mustExist: options.mustExist ?? false });
  const cachePath = join(path, 'cache');
  const events = createEventBus();
  const modelsPath = join(path, 'models');
  const { choice, active: before } = await modelsOf(db, modelsPath, options.models).catch((error: unknown) => {
    close();
    throw error;
  });
  let active = before;
  /** What the pool runs. */
  let running = toActive(choice);
  let runningParent = parentNameOf(choice);
  const pool = createSwitchablePool(createPhotoPool({ cachePath, models: choice }, availableParallelism()));
  const threshold = (models: { model: string; standard: number } = active): number =>
    Number(readSetting(db, thresholdSetting(models)) ?? models.standard);
  const history = openDecisionHistory(db);
  const grouping = createGrouping({
    db,
    models: active,
    threshold,
    known: () => history.known(),
    events,
  });
  const scan = createScanJob({
    db,
    pool,
    grouping: options.grouping === false ? noGrouping : scanGrouping(grouping),
    storedAs: namesFor,
    events,
    // The cache by itself too: photos may lie in the very folder that was chosen for the library.
    ownFolders: [path, cachePath],
  });

  const modelSwitch = createModelSwitch({
    db,
    cachePath,
    events,
    history,
    pool,
    activeModel: () => active.model,
    runningModel: () => running.model,
    wanted: () => resolveChoice(readWanted(db), modelsPath),
    activate,
    regroup: () => grouping.use(active),
    canCancel: () => running.model === active.model,
  });

  /**
   * Until photos have been read anew, what an older Kindred found with the same network goes on being used, and new faces are
   * compared with it: they are aligned a little otherwise, which is better than not to show them.
   */
  function namesFor(model: string): readonly string[] {
    const isForNow = model === running.model && model !== active.model && areOfOneNetwork(running, active);
    return isForNow ? [model, active.model] : [model];
  }

  async function activate(next: ModelChoice, nextPool: PhotoPool): Promise<void> {
    const before = active;
    const moved = readSetting(db, thresholdSetting(before));
    active = running = toActive(next);
    runningParent = parentNameOf(next);
    const drained = pool.use(nextPool);
    db.transaction(() => {
      writeActive(db, active);
      // The same network in other surroundings, or trained: who groups more strictly than usual goes on doing so.
      if (moved !== undefined && before.embedder === active.embedder && !readSetting(db, thresholdSetting(active))) {
        const value = (Number(moved) / before.standard) * active.standard;
        writeSetting(db, thresholdSetting(active), String(value));
      }
    })();
    events.emit('models.changed', null);
    await grouping.use(active);
    grouping.save();
    events.emit('library.changed', null);
    await drained;
  }

  return {
    db,
    path,
    cachePath,
    modelsPath,
    events,
    pool,
    active: () => active,
    storedAs: () => ({ models: namesFor(running.model), parent: runningParent }),
    modelSwitch,
    history,
    grouping,
    scan,
    threshold,
    setThreshold: (value) => writeSetting(db, thresholdSetting(active), String(value)),
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
      await modelSwitch.stop();
      await scan.close();
      await grouping.close();
      await pool.close();
      close();
    },
  };
}

function parentNameOf(choice: ModelChoice): string | undefined {
  const parent = parentOf(choice);
  return parent && pipelineOf(parent);
}

/** Of one model, because another model's distances mean something else. */
function thresholdSetting({ model }: { model: string }): string {
  return `threshold:${model}`;
}

/**
 * What a library is opened with.
 *
 * @param given models that are used in any case, as for measuring
 * @returns what runs, and what is shown, which may be something else where a pack is missing
 */
async function modelsOf(
  db: Database,
  modelsPath: string,
  given: ModelChoice | undefined,
): Promise<{ choice: ModelChoice; active: ActiveModels }> {
  if (given) return { choice: given, active: toActive(given) };
  clearUnfinished(modelsPath);
  let wanted = await resolveChoice(readWanted(db), modelsPath);
  const known = readActive(db);
  if (!known) {
    const choice = wanted.choice ?? builtInChoice;
    writeActive(db, toActive(choice));
    return { choice, active: toActive(choice) };
  }
  const { choice } = await resolveChoice(known, modelsPath);
  if (choice && pipelineOf(choice) === known.model) {
    writeActive(db, toActive(choice));
    return { choice, active: toActive(choice) };
  }
  writeActive(db, known);
  const { learned, ...without } = readWanted(db);
  if (!wanted.choice && learned !== undefined) {
    // What was trained went with its file, or followed models of an older Kindred. The others can still be used.
    wanted = await resolveChoice(without, modelsPath);
    if (wanted.choice && !known.model.startsWith(`${pipelineOf(wanted.choice)}+`)) writeWanted(db, without);
  }
  return { choice: wanted.choice ?? builtInChoice, active: known };
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
