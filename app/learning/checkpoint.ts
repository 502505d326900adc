import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { PersonLabel, TrainingData, TrainingPoint } from '../contract/learning.ts';
import type { TrainingInput, TrainingResult } from './training-messages.ts';
import type { HeadPart } from '../faces/models/head.ts';
import type { TrainedWeights } from './training/finetune.ts';
import type { TrainingState } from './training/trainer.ts';

/** How far a run has come. */
export interface Checkpoint {
  /** What each training that has ended gave, in their order. */
  trained: (HeadPart[] | TrainedWeights)[];
  /** Of the training after those. */
  state: TrainingState | null;
  curve: TrainingPoint[];
}

/** What a run belongs to, as it was when it began. */
export interface RunContext {
  /** Whose features are learned from, see `pipelineOf`. */
  pipeline: string;
  /** Id of the trained network that these are of; null for the network as it came. */
  on: string | null;
  /** Id of the version that was in use; null for the models as they came. */
  parent: string | null;
  /** Squared L2 (0..4) that was in use. */
  threshold: number;
  /** By their numbers in the run. */
  people: PersonLabel[];
  data: TrainingData;
}

/** The files of a run, each whole or not there. */
interface RunFiles {
  context: RunContext;
  input: TrainingInput;
  checkpoint: Checkpoint;
  result: TrainingResult;
  scratch: ScratchCheckpoint;
}

/** How far a training from nothing has come. */
export interface ScratchCheckpoint {
  /** Of the faces and the recipe: a training goes on with no others. */
  fingerprint: string;
  state: TrainingState;
}

export async function saveRunFile<Name extends keyof RunFiles>(
  folder: string,
  name: Name,
  value: RunFiles[Name],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `.${randomUUID()}.tmp`);
  try {
    await writeFile(unfinished, serialize(value));
    await rename(unfinished, join(folder, name));
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** @returns undefined where there is no such file, or it cannot be read */
export async function readRunFile<Name extends keyof RunFiles>(
  folder: string,
  name: Name,
): Promise<RunFiles[Name] | undefined> {
  try {
    return deserialize(await readFile(join(folder, name))) as RunFiles[Name];
  } catch {
    return undefined;
  }
}
