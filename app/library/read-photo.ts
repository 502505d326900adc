import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { PhotoError } from './photo-error.ts';

/** Far beyond any photo of a camera; a scan holds one such file per thread. */
const maxBytes = 1024 * 1024 * 1024;

export interface PhotoFile {
  bytes: Buffer;
  /** SHA-256 of the bytes, in hex: what tells one photo from another. */
  hash: string;
  /** As of the moment of reading. */
  mtimeMs: number;
  size: number;
}

/**
 * Reads a whole photo file.
 *
 * @throws PhotoError `vanished`, `no-permission`, `empty`, `too-large`, `not-an-image` for what is no file, or `internal`
 */
export async function readPhotoFile(path: string): Promise<PhotoFile> {
  try {
    await using file = await open(path);
    const found = await file.stat();
    if (!found.isFile()) throw new PhotoError('not-an-image', 'This is not a file.');
    if (found.size > maxBytes) {
      const gigabytes = (found.size / 1024 ** 3).toFixed(1);
      throw new PhotoError('too-large', `The file has ${gigabytes} GB; files of at most 1 GB are read.`);
    }
    const bytes = await file.readFile();
    if (bytes.length === 0) throw new PhotoError('empty', 'The file is empty.');
    const hash = createHash('sha256').update(bytes).digest('hex');
    return { bytes, hash, mtimeMs: found.mtimeMs, size: bytes.length };
  } catch (error) {
    throw error instanceof PhotoError ? error : readError(error as NodeJS.ErrnoException);
  }
}

function readError(error: NodeJS.ErrnoException): PhotoError {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new PhotoError('vanished', 'The file was there when the folder was listed and is gone now.', {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new PhotoError('no-permission', 'Kindred is not allowed to read this file.', { cause: error });
    case 'EISDIR':
      return new PhotoError('not-an-image', 'This is a folder, not a file.', { cause: error });
    default:
      return new PhotoError('internal', `The file cannot be read (${error.message}).`, { cause: error });
  }
}
