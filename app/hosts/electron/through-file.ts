import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KindredError } from '../../contract/errors.ts';
import { maxQueryBytes } from '../../contract/wire.ts';

/**
 * Passes bytes on to another process as a file, in a folder that only this user can look into; it is gone when the other
 * one has answered.
 *
 * @param handOver given the file's path
 */
export function throughFile(
  handOver: (path: string) => Promise<string>,
): (bytes: AsyncIterable<Uint8Array>) => Promise<string> {
  return async (bytes) => {
    const folder = await mkdtemp(join(tmpdir(), 'kindred-'));
    const path = join(folder, 'image');
    try {
      // One byte more than is allowed is enough for the service to refuse it.
      await pipeline(Readable.from(firstOf(bytes, maxQueryBytes + 1)), createWriteStream(path)).catch(diskFull);
      return await handOver(path);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function* firstOf(bytes: AsyncIterable<Uint8Array>, most: number): AsyncIterable<Uint8Array> {
  let left = most;
  for await (const chunk of bytes) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

function diskFull(error: NodeJS.ErrnoException): never {
  if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') throw error;
  throw new KindredError('disk-full', `The disk with ${tmpdir()} is full.`);
}
