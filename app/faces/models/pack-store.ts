import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KindredError } from '../../contract/errors.ts';
import type { PackManifest } from './manifest.ts';
import { tryPack } from './pack-trial.ts';
import { invalid, manifestFile, parseManifest, readPack, verifyFiles, type Pack } from './packs.ts';
import { partsOf } from './recommended.ts';

/** A pack of a library, as far as it can be told without opening its models. */
export interface StoredPack {
  /** `<name>@<version>`: each version has a folder of its own. */
  id: string;
  folder: string;
  /** Null where the manifest cannot be read any more. */
  manifest: PackManifest | null;
  /** Why the pack cannot be used, or null. */
  problem: string | null;
}

export const packId = ({ name, version }: { name: string; version: string }): string => `${name}@${version}`;

/** The packs of a library, the newest of each name last. A damaged one is listed with what is wrong. */
export function listPacks(modelsPath: string): StoredPack[] {
  if (!existsSync(modelsPath)) return [];
  const folders = readdirSync(modelsPath, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.includes('@'))
    .map(({ name }) => ({ id: name, folder: join(modelsPath, name) }))
    .map((pack) => ({ ...pack, addedMs: statSync(pack.folder).mtimeMs }));
  folders.sort((a, b) => nameOf(a.id).localeCompare(nameOf(b.id)) || a.addedMs - b.addedMs);
  return folders.map(({ id, folder }) => readStored(id, folder));
}

/**
 * The pack with this name, in the version that was added last, or with this `<name>@<version>`.
 *
 * @throws KindredError `not-found`, or `invalid-input` where it is damaged
 */
export function findPack(modelsPath: string, name: string): Pack {
  const found = listPacks(modelsPath).findLast(({ id }) => id === name || nameOf(id) === name);
  if (!found) throw new KindredError('not-found', `There is no model pack ${name} in this library.`, { name });
  const { folder, manifest, problem } = found;
  if (!manifest || problem !== null) throw invalid(`The model pack ${name} cannot be used. ${problem}`);
  return { folder, manifest };
}

/**
 * Copies a pack into the library once its checksums hold and its models run, all or nothing: what a crash leaves is never
 * taken for a pack.
 *
 * @param path see {@link readPack}
 * @returns the pack as it is in the library; the one that is there already where it is the same
 * @throws KindredError `not-found`, `invalid-input`, `disk-full`
 */
export async function addPack(modelsPath: string, path: string): Promise<Pack> {
  const pack = await readPack(path);
  const { manifest } = pack;
  const folder = join(modelsPath, packId(manifest));
  if (existsSync(folder)) {
    const stored = readStored(packId(manifest), folder);
    // A damaged one is replaced.
    if (stored.problem === null) {
      if (JSON.stringify(stored.manifest) === JSON.stringify(manifest)) return { folder, manifest };
      throw invalid(
        `Another pack with the name ${manifest.name} and the version ${manifest.version} is in this library. Give the new one another version, or remove the old one first.`,
      );
    }
  }
  const unfinished = unfinishedFolder(modelsPath);
  try {
    await mkdir(unfinished, { recursive: true });
    for (const { file } of partsOf(manifest)) await copyFile(join(pack.folder, file), join(unfinished, file));
    await writeFile(join(unfinished, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
    // The copy: what is kept is what was tried, by itself.
    await verifyFiles(unfinished, partsOf(manifest));
    await tryPack({ folder: unfinished, manifest });
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    throw fullDisk(error) ?? error;
  }
  return { folder, manifest };
}

/** @throws KindredError `not-found` */
export async function removePack(modelsPath: string, id: string): Promise<void> {
  const found = listPacks(modelsPath).find((pack) => pack.id === id);
  if (!found) throw new KindredError('not-found', `There is no model pack ${id} in this library.`, { name: id });
  await rm(found.folder, { recursive: true, force: true });
}

/** @returns what to tell people where the disk was full, undefined for other errors */
export function fullDisk(error: unknown): KindredError | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return undefined;
  return new KindredError('disk-full', 'The disk with the library is full. Make room, then add the models again.');
}

/** A new folder for what is not whole yet, in the place where whole packs are. */
export function unfinishedFolder(modelsPath: string): string {
  return join(modelsPath, `${unfinishedPrefix}${randomUUID()}`);
}

const unfinishedPrefix = '.unfinished-';

/** Clears away what a process that was killed has left; call it while nothing is being added. */
export function clearUnfinished(modelsPath: string): void {
  if (!existsSync(modelsPath)) return;
  for (const name of readdirSync(modelsPath)) {
    if (name.startsWith(unfinishedPrefix)) rmSync(join(modelsPath, name), { recursive: true, force: true });
  }
}

function nameOf(id: string): string {
  return id.slice(0, id.indexOf('@'));
}

function readStored(id: string, folder: string): StoredPack {
  try {
    const place = join(folder, manifestFile);
    const manifest = parseManifest(readFileSync(place, 'utf8'), place);
    const missing = partsOf(manifest).find(({ file }) => !existsSync(join(folder, file)));
    const problem = missing === undefined ? null : `Its file ${missing.file} is missing; add the pack again.`;
    return { id, folder, manifest, problem: packId(manifest) === id ? problem : 'Its folder was renamed.' };
  } catch (error) {
    const reason = error instanceof KindredError ? error.message : 'Its pack.json is missing; add the pack again.';
    return { id, folder, manifest: null, problem: reason };
  }
}
