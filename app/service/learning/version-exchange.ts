import { copyFile, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KindredError } from '../../contract/errors.ts';
import type { ModelVersion } from '../../contract/learning.ts';
import { knowsArchitecture } from '../../faces/models/learned.ts';
import { fullDisk } from '../../faces/models/pack-store.ts';
import { decodeVersion } from '../../faces/models/version-file.ts';
import { versionPath, writeVersionFile } from '../../faces/models/version-store.ts';
import { listVersions, saveVersion } from '../../learning/versions.store.ts';
import type { OpenLibrary } from '../open-library.ts';
import { nameOf } from './find-version.ts';
import type { Versions } from './versions.ts';

/** More than the largest network that Kindred trains. */
const largestFile = 1024 ** 3;

/**
 * Writes a version into a file.
 *
 * @param path of the file, or of a folder for it
 * @throws KindredError `not-found`, `invalid-input`, `disk-full`
 */
export async function exportVersion(
  { modelsPath }: OpenLibrary,
  versions: Versions,
  given: string,
  path: string,
): Promise<{ path: string; bytes: number }> {
  const version = versions.find(given);
  if (version.bytes === 0) throw new KindredError('invalid-input', `There is only the report of ${nameOf(version)}.`);
  const source = versionPath(modelsPath, version.id);
  decodeVersion(await readFile(source).catch(() => new Uint8Array()), `The file of ${nameOf(version)}`);
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  const target = resolve(isFolder ? join(path, `${version.id}.safetensors`) : path);
  try {
    await copyFile(source, target);
  } catch (error) {
    throw (
      fullDisk(error) ?? new KindredError('invalid-input', `${target} cannot be written (${(error as Error).message}).`)
    );
  }
  return { path: target, bytes: version.bytes };
}

/**
 * Adds the version of a file to the library; it is not in use yet.
 *
 * @throws KindredError `not-found`, `invalid-input`, `disk-full`
 */
export async function importVersion(
  { db, modelsPath, events }: OpenLibrary,
  versions: Versions,
  path: string,
): Promise<ModelVersion> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new KindredError('not-found', `There is no file ${path}.`, { path });
  if (!found.isFile() || found.size > largestFile) {
    throw new KindredError('invalid-input', `${path} is not a model version of Kindred.`, { path });
  }
  const bytes = await readFile(path);
  const { info } = decodeVersion(bytes, path);
  if (!knowsArchitecture(info.architecture)) {
    throw new KindredError(
      'invalid-input',
      `${path} is for a network ${info.architecture} that this Kindred does not know.`,
    );
  }
  const stored = listVersions(db);
  const isThere = (id: string): boolean => stored.some((version) => version.id === id && version.bytes > 0);
  if (info.on !== null && !isThere(info.on)) {
    throw new KindredError('invalid-input', `${path} takes its features from ${info.on}. Import that first.`, { path });
  }
  if (!isThere(info.id)) {
    await writeVersionFile(modelsPath, info.id, bytes);
    const model = `${info.pipeline}+${info.id}`;
    saveVersion(db, info, { status: 'kept', imported: true, model, bytes: bytes.length });
    events.emit('learning.changed', null);
  }
  return versions.toDto(versions.find(info.id));
}
