import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { KindredError } from '../../contract/errors.ts';
import { startTrainingBackend, stopTrainingBackend, type Backend } from '../../engine/backend.ts';
import { builtInChoice, pipelineOf } from '../../faces/models/choice.ts';
import { encodeVersion, type VersionInfo } from '../../faces/models/version-file.ts';
import { smallNetworkDimension, smallNetworkName } from '../../faces/networks/small-network.ts';
import { createPhotoPool } from '../../faces/photo-pool.ts';
import {
  scratchChipSide,
  scratchRecipe,
  trainScratch,
  type IdentityFaces,
  type ScratchRecipe,
  type ScratchResult,
} from '../../learning/scratch/train-scratch.ts';
import { readRunFile, saveRunFile } from '../../learning/checkpoint.ts';
import type { TrainingProgress, TrainingState } from '../../learning/training/trainer.ts';
import type { RgbImage } from '../../library/image.ts';
import { walkPhotos } from '../../library/walk.ts';

export interface ScratchOptions {
  /** A folder with a folder per identity. */
  images: string;
  /** The version file to be written. */
  out: string;
  seed?: number;
  steps?: number;
  /** Goes on with a training of the same faces, seed and steps that was stopped or killed. */
  resume?: boolean;
  onRead?: (done: number, total: number) => void;
  onProgress?: (progress: TrainingProgress, backend: Backend) => void;
  signal?: AbortSignal;
}

/** What came of a training. */
export interface ScratchReport extends Omit<ScratchResult, 'weights'> {
  version: VersionInfo;
  file: string;
  backend: Backend;
}

/**
 * Trains a small network from nothing on a folder with a folder per identity, one face per photo, and writes it as a version file.
 * How far it has come is kept in a folder beside that file, until it is done.
 *
 * @throws KindredError `not-found` where there is no such folder, `invalid-input` where there are too few people, or nothing to
 *   go on with; the reason of the signal
 */
export async function trainFromScratch(options: ScratchOptions): Promise<ScratchReport> {
  const { seed = scratchRecipe.seed, steps = scratchRecipe.steps, onProgress, signal } = options;
  const recipe: ScratchRecipe = { ...scratchRecipe, seed, steps };
  const unfinished = await unfinishedFolder(options.out);
  if (options.resume && !existsSync(unfinished)) throw nothingToResume(`There is no ${unfinished}`);
  const faces = await readIdentities(options);
  const fingerprint = fingerprintOf(faces, recipe);
  const from = options.resume ? await stateOf(unfinished, fingerprint) : undefined;
  const backend = await startTrainingBackend();
  try {
    const { weights, ...result } = await trainScratch(faces, recipe, {
      ...(signal && { signal }),
      ...(from && { from }),
      onProgress: (progress) => onProgress?.(progress, backend),
      checkpoint: {
        every: checkpointEvery,
        save: (state) => saveRunFile(unfinished, 'scratch', { fingerprint, state }).catch(cannotWrite(unfinished)),
      },
    }).catch((error: unknown) => {
      throw error instanceof RangeError ? new KindredError('invalid-input', error.message) : error;
    });
    const { before, after } = result.unseen;
    const metricsOf = ({ identification, grouping, general }: typeof after): VersionInfo['after'] => ({
      identification,
      grouping,
      general,
    });
    const { info, bytes } = encodeVersion(
      {
        kind: 'scratch',
        pipeline: pipelineOf(builtInChoice),
        architecture: smallNetworkName,
        on: null,
        dimension: smallNetworkDimension,
        threshold: after.threshold,
        createdAt: new Date().toISOString(),
        parent: null,
        data: {
          people: result.people,
          faces: result.faces,
          photos: result.faces,
          differentPairs: 0,
          strangers: 0,
          lastDecision: 0,
        },
        before: metricsOf(before),
        after: metricsOf(after),
        reason: `Trained from nothing; judges ${(100 * after.accuracy).toFixed(1)} % of the pairs of ${result.unseen.people} unseen people right, ${(100 * before.accuracy).toFixed(1)} % before.`,
      },
      { head: null, weights },
    );
    const file = await targetOf(options.out, info.id);
    await writeFile(file, bytes).catch(cannotWrite(file));
    await rm(unfinished, { recursive: true, force: true });
    return { version: info, file, backend, ...result };
  } finally {
    await stopTrainingBackend();
  }
}

/** Steps between two checkpoints. */
const checkpointEvery = 5;

async function targetOf(path: string, id: string): Promise<string> {
  return resolve((await isFolder(path)) ? join(path, `${id}.safetensors`) : path);
}

async function unfinishedFolder(path: string): Promise<string> {
  return resolve((await isFolder(path)) ? join(path, 'scratch.unfinished') : `${path}.unfinished`);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function cannotWrite(path: string): (error: Error) => never {
  return ({ message }) => {
    throw new KindredError('invalid-input', `${path} cannot be written (${message}).`);
  };
}

function fingerprintOf({ chips, people }: IdentityFaces, recipe: ScratchRecipe): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe)).update(people);
  for (const { data } of chips) hash.update(data);
  return hash.digest('hex');
}

async function stateOf(folder: string, fingerprint: string): Promise<TrainingState> {
  const checkpoint = await readRunFile(folder, 'scratch');
  if (!checkpoint) throw nothingToResume(`What is in ${folder} cannot be read`);
  if (checkpoint.fingerprint !== fingerprint) {
    throw nothingToResume(`What is in ${folder} is of other photos, or of another seed or number of steps`);
  }
  return checkpoint.state;
}

function nothingToResume(reason: string): KindredError {
  return new KindredError('invalid-input', `${reason}: there is nothing to go on with. Begin anew without --resume.`);
}

/** The central face of each photo; those that cannot be read are passed over. */
async function readIdentities({ images, onRead, signal }: ScratchOptions): Promise<IdentityFaces> {
  const paths: string[] = [];
  for await (const found of walkPhotos(images, signal ? { signal } : {})) if ('path' in found) paths.push(found.path);
  if (paths.length === 0) throw new KindredError('not-found', `There are no photos in ${images}.`);
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const cachePath = await mkdtemp(join(tmpdir(), 'kindred-scratch-'));
  const pool = createPhotoPool({ cachePath, models: { ...builtInChoice, care: 'quick' } }, availableParallelism());
  try {
    const chips: (RgbImage | undefined)[] = [];
    const pending = paths.entries();
    let done = 0;
    const read = async (): Promise<void> => {
      for (const [i, path] of pending) {
        signal?.throwIfAborted();
        const result = await pool.centralChip(path, scratchChipSide);
        chips[i] = result.ok ? result.value : undefined;
        onRead?.(++done, paths.length);
      }
    };
    await Promise.all(Array.from({ length: pool.threads * 2 }, read));
    const readable = paths.flatMap((path, i) => (chips[i] ? [{ path, chip: chips[i] }] : []));
    return {
      chips: readable.map(({ chip }) => chip),
      people: Int32Array.from(readable, ({ path }) => folders.indexOf(dirname(path))),
    };
  } finally {
    await pool.close();
    await rm(cachePath, { recursive: true, force: true });
  }
}
