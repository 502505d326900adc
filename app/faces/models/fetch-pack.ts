import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KindredError } from '../../contract/errors.ts';
import { addPack, fullDisk, unfinishedFolder } from './pack-store.ts';
import { manifestFile, type Pack } from './packs.ts';
import { partsOf, type RecommendedPack } from './recommended.ts';

export interface FetchOptions {
  /** In bytes. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * Downloads a recommended pack and adds it, once size and checksum are those that Kindred knows. Only ever called because
 * somebody asked for it.
 *
 * @throws KindredError `not-found` where it cannot be had, `invalid-input` where it is not what it should be, `disk-full`;
 *   the reason of `signal` when it aborts
 */
export async function fetchPack(
  modelsPath: string,
  { manifest, url, bytes }: RecommendedPack,
  { onProgress, signal }: FetchOptions = {},
): Promise<Pack> {
  const [part] = partsOf(manifest);
  const folder = unfinishedFolder(modelsPath);
  const partial = join(folder, 'download');
  try {
    await mkdir(folder, { recursive: true });
    const found = await download(url, partial, bytes, { ...(onProgress && { onProgress }), ...(signal && { signal }) });
    if (found !== part!.sha256) {
      throw new KindredError(
        'invalid-input',
        `What ${new URL(url).host} sent is not the model that Kindred knows (SHA-256 ${found} instead of ${part!.sha256}). It was thrown away.`,
      );
    }
    await rename(partial, join(folder, part!.file));
    await writeFile(join(folder, manifestFile), JSON.stringify(manifest));
    return await addPack(modelsPath, folder);
  } catch (error) {
    throw fullDisk(error) ?? error;
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** @returns SHA-256 in hex */
async function download(
  url: string,
  file: string,
  bytes: number,
  { onProgress, signal }: FetchOptions,
): Promise<string> {
  const response = await fetch(url, signal ? { signal } : {}).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw unreachable(url, plainReason(error));
  });
  if (!response.ok || !response.body) throw unreachable(url, `it answered ${response.status}`);
  const hash = createHash('sha256');
  let done = 0;
  async function* counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      done += chunk.length;
      if (done > bytes) throw wrongSize(url, `more than ${bytes}`, bytes);
      hash.update(chunk);
      onProgress?.(done, bytes);
      yield chunk;
    }
  }
  try {
    await pipeline(Readable.fromWeb(response.body as never), counted, createWriteStream(file));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof KindredError || fullDisk(error)) throw error;
    throw unreachable(url, 'the connection broke');
  }
  if (done !== bytes) throw wrongSize(url, String(done), bytes);
  return hash.digest('hex');
}

/** `fetch` says no more than that it failed, and keeps the reason to itself. */
function plainReason(error: unknown): string {
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  if (cause?.code === 'ENOTFOUND' || cause?.code === 'EAI_AGAIN') return 'is this computer online?';
  return cause?.message ?? String(error);
}

function unreachable(url: string, reason: string): KindredError {
  return new KindredError(
    'not-found',
    `${new URL(url).host} could not be reached (${reason}). Models can also be downloaded elsewhere and added from a folder.`,
    { url },
  );
}

function wrongSize(url: string, found: string, bytes: number): KindredError {
  return new KindredError(
    'invalid-input',
    `What ${new URL(url).host} sent has ${found} bytes instead of ${bytes}. It was thrown away.`,
  );
}
