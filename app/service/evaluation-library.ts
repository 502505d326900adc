import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { KindredError } from '../contract/errors.ts';
import type { ScanStatus } from '../contract/dto.ts';
import { embedFromFeatures, headOf } from '../faces/embed-from-features.ts';
import { builtInChoice, parentOf, pipelineOf, withPack, type Care, type ModelChoice } from '../faces/models/choice.ts';
import { tryPack } from '../faces/models/pack-trial.ts';
import { readPack } from '../faces/models/packs.ts';
import { readVersionFile, readVersionInfo } from '../faces/models/version-file.ts';
import { versionPath, withVersionFile } from '../faces/models/version-store.ts';
import type { StoredFolder } from '../library/folders.store.ts';
import { openLibraryDatabase } from '../store/connection.ts';
import { findVersion } from './learning/find-version.ts';
import { openLibrary, type OpenLibrary } from './open-library.ts';

export interface MeasureOptions {
  /** What is measured; the built-in models otherwise. */
  models?: ModelChoice;
  /** Where what was found is kept between runs; a temporary folder otherwise. */
  cachePath?: string | undefined;
  onProgress?: (status: ScanStatus) => void;
  /** Ends the work after the photos in hand. */
  signal?: AbortSignal;
}

/** Opens a library that is for measuring only, and clears it away after the work unless it is the cache. */
export async function inEvaluationLibrary<Result>(
  { cachePath, models = builtInChoice, onProgress }: MeasureOptions,
  work: (library: OpenLibrary) => Promise<Result>,
): Promise<Result> {
  const cache = cachePath ?? (await mkdtemp(join(tmpdir(), 'kindred-evaluate-')));
  try {
    // A head takes the features that its parent's faces are kept with.
    const folder = folderOf(parentOf(models) ?? models);
    const library = await openLibrary({ libraryPath: join(resolve(cache), folder), models, grouping: false });
    const unsubscribe = library.events.subscribe((event, payload) => {
      if (event === 'scan.progress') onProgress?.(payload as ScanStatus);
    });
    try {
      return await work(library);
    } finally {
      unsubscribe();
      await library.close();
    }
  } finally {
    if (cachePath === undefined) await rm(cache, { recursive: true, force: true });
  }
}

/** Faces of other models must not be mistaken for these, nor those of a pack under work for what it was under the same name. */
function folderOf(models: ModelChoice): string {
  const manifests = [models.detector, models.embedder].flatMap((part) => part?.manifest ?? []);
  if (manifests.length === 0) return pipelineOf(models);
  return `${pipelineOf(models)}-${createHash('sha256').update(JSON.stringify(manifests)).digest('hex').slice(0, 8)}`;
}

/** The built-in models, with what these packs bring. The last one counts where several bring the same. */
export async function choiceOf(packPaths: readonly string[], care: Care = builtInChoice.care): Promise<ModelChoice> {
  let choice: ModelChoice = { ...builtInChoice, care };
  for (const path of packPaths) {
    const pack = await readPack(path);
    await tryPack(pack);
    choice = withPack(choice, pack.folder, pack.manifest);
  }
  return choice;
}

/**
 * The models with a trained version: with the packs that are given, which must be those that it was trained for.
 *
 * @param file of the version
 * @throws KindredError `invalid-input`
 */
export async function choiceWithVersion(
  packPaths: readonly string[],
  care: Care | undefined,
  file: string,
): Promise<ModelChoice> {
  const { pipeline } = readVersionInfo(file);
  const trainedFor: Care = pipeline.split('+').includes('quick') ? 'quick' : 'careful';
  const choice = await choiceOf(packPaths, care ?? trainedFor);
  readVersionFile(file);
  return withVersionFile(choice, file, (on) => join(dirname(file), `${on}.safetensors`));
}

/**
 * @param given the path of a version's file, or the id or number of a version of the library
 * @throws KindredError `not-found`, `library-newer`, `library-damaged`
 */
export function findVersionFile(libraryPath: string, given: string): string {
  if (existsSync(given)) return resolve(given);
  const { db, close } = openLibraryDatabase(resolve(libraryPath), { readOnly: true });
  try {
    return versionPath(join(resolve(libraryPath), 'models'), findVersion(db, given).id);
  } finally {
    close();
  }
}

/**
 * Lists these folders, reads what waits to be read, and waits for the end.
 *
 * @throws KindredError `internal` when the scan stops by itself; the reason of `signal` when it aborts
 */
export async function scanFor(
  library: OpenLibrary,
  folders: readonly StoredFolder[],
  { signal, models }: MeasureOptions,
): Promise<void> {
  signal?.throwIfAborted();
  const cancel = (): void => void library.scan.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  const status = await library.scanFolders(folders);
  signal?.removeEventListener('abort', cancel);
  if (status.phase === 'failed') throw new KindredError('internal', status.message ?? 'The scan stopped.');
  const head = models && headOf(models);
  if (head) await embedFromFeatures(library.db, head, signal ? { signal } : {});
}
