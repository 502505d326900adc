import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { KindredError } from '../../contract/errors.ts';
import { packManifestSchema, type PackManifest } from './manifest.ts';
import { partsOf, recommendedByChecksum } from './recommended.ts';

export const manifestFile = 'pack.json';

/** A model pack as it lies in a folder. */
export interface Pack {
  folder: string;
  manifest: PackManifest;
}

/**
 * Reads a pack and checks its files against their checksums. A recommended model needs no manifest: its file alone will do,
 * or a folder with it.
 *
 * @param path a folder with a `pack.json`, or a known `.onnx` file or a folder with one
 * @throws KindredError `not-found` where there is nothing, `invalid-input` where it is no whole pack
 */
export async function readPack(path: string): Promise<Pack> {
  const place = resolve(path);
  const found = await stat(place).catch(() => {
    throw new KindredError('not-found', `There is no ${path}.`, { path });
  });
  if (found.isFile()) return bareModel([place], path);
  const text = await readFile(join(place, manifestFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw invalid(`${join(path, manifestFile)} cannot be read (${error.message}).`);
  });
  if (text === undefined) {
    const models = (await readdir(place)).filter((name) => name.endsWith('.onnx')).sort();
    return bareModel(
      models.map((name) => join(place, name)),
      path,
    );
  }
  const pack = { folder: place, manifest: parseManifest(text, join(path, manifestFile)) };
  await verifyFiles(place, partsOf(pack.manifest));
  return pack;
}

/**
 * @param place named in errors
 * @throws KindredError `invalid-input` that names the field
 */
export function parseManifest(text: string, place: string): PackManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(`${place} is not JSON (${(error as Error).message}).`);
  }
  const parsed = packManifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw invalid(`${place}${field === '' ? '' : `, ${field}`}: ${issue?.message ?? 'not a manifest'}.`);
}

/** @throws KindredError `invalid-input` where a file is missing or is not the one that the manifest means */
export async function verifyFiles(folder: string, files: readonly { file: string; sha256: string }[]): Promise<void> {
  for (const { file, sha256 } of files) {
    const found = await checksum(join(folder, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw invalid(`The pack lacks its file ${file}.`);
      throw invalid(`The pack's file ${file} cannot be read (${error.message}).`);
    });
    if (found !== sha256) {
      throw invalid(
        `The pack's file ${file} is damaged or another one: its SHA-256 is ${found}, and the manifest says ${sha256}.`,
      );
    }
  }
}

/** SHA-256 in hex. */
async function checksum(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

export function invalid(message: string): KindredError {
  return new KindredError('invalid-input', message);
}

/** The first of these files that is a recommended model, as a pack. */
async function bareModel(files: readonly string[], path: string): Promise<Pack> {
  for (const file of files) {
    const known = recommendedByChecksum(await checksum(file));
    if (known) return { folder: dirname(file), manifest: withFile(known.manifest, basename(file)) };
  }
  throw invalid(
    `${path} is no model pack: there is no ${manifestFile} beside the model, and it is none that Kindred knows. docs/models.md says how to write one.`,
  );
}

/** A recommended pack has one file. */
function withFile({ detector, embedder, ...manifest }: PackManifest, file: string): PackManifest {
  return {
    ...manifest,
    ...(detector && { detector: { ...detector, file } }),
    ...(embedder && { embedder: { ...embedder, file } }),
  };
}
