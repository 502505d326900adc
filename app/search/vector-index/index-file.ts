import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { VectorIndex } from './vector-index.ts';

/** What an index was built from. One of anything else is of no use. */
export interface IndexOrigin {
  /** Id of the model version that made the embeddings. */
  model: string;
  /** Names which faces there were, see `nameFaces`. */
  faces: string;
}

interface Header extends IndexOrigin {
  format: typeof format;
  dimension: number;
  count: number;
  /** CRC-32 of everything after the header. */
  checksum: number;
}

/** Changes whenever a file of before cannot be read any more. */
const format = 'kindred vectors 1';
/** The header is JSON, filled up with spaces; then come the ids as float64 and the embeddings as float32, little-endian. */
const headerBytes = 4096;
/** Rows that are read or written at a time, so that other work gets its turn. */
const batchRows = 8192;

/** A name for a set of faces, the same for the same ids in the same order. */
export function nameFaces(ids: ArrayLike<number>): string {
  return createHash('sha256').update(Float64Array.from(ids)).digest('base64url').slice(0, 22);
}

/**
 * Writes an index to a file, whole or not at all: killed at any time, the file is the one of before or the new one. Only one
 * at a time may be written to the same path.
 *
 * @returns false where faces came or went meanwhile; then the file is as it was
 */
export async function saveIndex(index: VectorIndex, path: string, origin: IndexOrigin): Promise<boolean> {
  const { changes, dimension, count } = index;
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished`;
  try {
    const file = await open(unfinished, 'w');
    try {
      let position = headerBytes;
      let checksum = 0;
      for (const part of partsOf(index)) {
        checksum = crc32(part, checksum);
        await file.write(part, 0, part.byteLength, position);
        position += part.byteLength;
        if (index.changes !== changes) return false;
      }
      const header: Header = { format, ...origin, dimension, count, checksum };
      await file.write(Buffer.from(JSON.stringify(header).padEnd(headerBytes)), 0, headerBytes, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    if (index.changes !== changes) return false;
    await rename(unfinished, path);
    return true;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** What follows the header, in parts; each is of the index as it is when it is asked for. */
function* partsOf(index: VectorIndex): Generator<Uint8Array> {
  yield bytesOf(index.ids);
  const step = batchRows * index.dimension;
  for (let at = 0; at < index.embeddings.length; at += step) yield bytesOf(index.embeddings.subarray(at, at + step));
}

/**
 * Reads an index that was saved.
 *
 * @returns undefined where there is none, or one of something else, or a damaged one
 */
export async function loadIndex(path: string, origin: IndexOrigin): Promise<VectorIndex | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const header = await readHeader(file);
    if (header?.model !== origin.model || header.faces !== origin.faces) return undefined;
    return await readIndex(file, header);
  } catch (error) {
    // A number that is none, a disk that cannot be read: nothing here is worth more than building it again.
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code === 'EIO') return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

async function readHeader(file: FileHandle): Promise<Header | undefined> {
  const bytes = new Uint8Array(headerBytes);
  if (!(await fill(file, bytes, 0))) return undefined;
  try {
    const header = JSON.parse(Buffer.from(bytes).toString()) as Header;
    return header.format === format ? header : undefined;
  } catch {
    return undefined;
  }
}

async function readIndex(file: FileHandle, { dimension, count, checksum }: Header): Promise<VectorIndex | undefined> {
  const idBytes = count * Float64Array.BYTES_PER_ELEMENT;
  const rowBytes = dimension * Float32Array.BYTES_PER_ELEMENT;
  // Before room is made for as many ids as it says.
  if ((await file.stat()).size !== headerBytes + idBytes + count * rowBytes) return undefined;
  const index = new VectorIndex(dimension);
  const ids = new Float64Array(count);
  if (!(await fill(file, bytesOf(ids), headerBytes))) return undefined;
  let found = crc32(bytesOf(ids));
  const rows = new Float32Array(Math.min(batchRows, count) * dimension);
  for (let row = 0; row < count; row += batchRows) {
    const part = rows.subarray(0, Math.min(batchRows, count - row) * dimension);
    if (!(await fill(file, bytesOf(part), headerBytes + idBytes + row * rowBytes))) return undefined;
    found = crc32(bytesOf(part), found);
    index.add(ids.subarray(row, row + batchRows), part);
  }
  return found === checksum ? index : undefined;
}

/** Reads as many bytes as fit. @returns false where the file ends before */
async function fill(file: FileHandle, target: Uint8Array, position: number): Promise<boolean> {
  for (let done = 0; done < target.length;) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}

function bytesOf(numbers: Float64Array | Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** Faces with their embeddings, row by row. */
export interface FaceBatch {
  ids: ArrayLike<number>;
  embeddings: Float32Array;
}

/**
 * The index of these faces: the saved one where it is theirs, else one that is built from what `read` gives, batch by batch,
 * and saved where there is room. Between batches other work gets its turn.
 *
 * @param path file of the index
 */
export async function openIndex(
  path: string,
  origin: IndexOrigin,
  { dimension, read }: { dimension: number; read: () => Iterable<FaceBatch> },
): Promise<VectorIndex> {
  const saved = await loadIndex(path, origin);
  if (saved?.dimension === dimension) return saved;
  const index = new VectorIndex(dimension);
  for (const { ids, embeddings } of read()) {
    index.add(ids, embeddings);
    await new Promise((resolve) => setImmediate(resolve));
  }
  // It is of the same use to who has it now.
  await saveIndex(index, path, origin).catch(() => false);
  return index;
}
