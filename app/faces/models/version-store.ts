import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KindredError } from '../../contract/errors.ts';
import { parentOf, pipelineOf, withoutLearned, type LearnedPart, type ModelChoice } from './choice.ts';
import { fullDisk, unfinishedFolder } from './pack-store.ts';
import { knowsArchitecture } from './learned.ts';
import { readVersionInfo, type VersionInfo } from './version-file.ts';

/** Where the file of a version is in a library. */
export function versionPath(modelsPath: string, id: string): string {
  return join(modelsPath, 'versions', `${id}.safetensors`);
}

/** All or nothing, whatever crashes. @throws KindredError `disk-full` */
export async function writeVersionFile(modelsPath: string, id: string, bytes: Uint8Array): Promise<void> {
  const file = versionPath(modelsPath, id);
  const unfinished = unfinishedFolder(modelsPath);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(unfinished, bytes);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw fullDisk(error) ?? error;
  }
}

export async function removeVersionFile(modelsPath: string, id: string): Promise<void> {
  await rm(versionPath(modelsPath, id), { force: true });
}

/**
 * The choice with a trained version of the library.
 *
 * @throws KindredError `invalid-input` where its file is gone or damaged, or it was trained on other models
 */
export function withVersion(choice: ModelChoice, modelsPath: string, id: string): ModelChoice {
  const file = versionPath(modelsPath, id);
  if (!existsSync(file)) {
    throw new KindredError('invalid-input', `The file of the model version ${id} is gone. Use another version.`, {
      id,
    });
  }
  return withVersionFile(choice, file, (on) => versionPath(modelsPath, on));
}

/**
 * The choice with the trained version of a file.
 *
 * @param pathOf where the trained network is, by its id, that a head may take its features from
 * @throws KindredError `invalid-input`
 */
export function withVersionFile(choice: ModelChoice, file: string, pathOf: (id: string) => string): ModelChoice {
  const info = readVersionInfo(file);
  const base = withoutLearned(choice);
  const on = info.on === null ? undefined : withVersionFile(base, pathOf(info.on), pathOf).learned;
  const learned = { ...toPart(info, file), ...(on && { on }) };
  const next = { ...base, learned };
  if (!fits(next, info)) {
    throw new KindredError(
      'invalid-input',
      `The model version ${info.id} was trained for other models than these (${info.pipeline}). Choose those, or train again.`,
      { id: info.id },
    );
  }
  return next;
}

function fits(choice: ModelChoice, { kind, pipeline, architecture }: VersionInfo): boolean {
  const follows = kind === 'head' ? parentOf(choice)! : withoutLearned(choice);
  return pipelineOf(follows) === pipeline && knowsArchitecture(architecture);
}

function toPart({ id, kind, dimension, threshold }: VersionInfo, file: string): LearnedPart {
  return { id, kind, file, dimension, threshold };
}
