import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import sharp from 'sharp';
import type { DecodedPhoto, RgbImage } from './image.ts';
import { PhotoError } from './photo-error.ts';

/** Long sides in pixels: a thumbnail is sharp at 320 px on a high-density screen, a preview fills a large one. */
const thumbnailSide = 640;
const previewSide = 4096;
/** A picture that is searched with is looked at once, beside the results. */
const querySide = 2048;

const browserFormats = new Set(['jpeg', 'png', 'webp', 'avif', 'gif']);

/**
 * False for photos that a window can only show by their preview.
 *
 * @param file path of the photo, or null where it cannot be reached
 */
export async function isShownByBrowsers(format: string, file: string | null): Promise<boolean> {
  if (format !== 'webp' || file === null) return browserFormats.has(format);
  // Browsers turn JPEG and PNG as their EXIF says, but leave a WebP on its side.
  const { orientation = 1 } = await sharp(file).metadata();
  return orientation === 1;
}

/** @param hash content hash of the photo, in hex */
export function thumbnailPath(cachePath: string, hash: string): string {
  return cacheFile(cachePath, 'thumbnails', hash, `${hash}.jpg`);
}

/** @param hash content hash of the photo, in hex */
export function previewPath(cachePath: string, hash: string): string {
  return cacheFile(cachePath, 'previews', hash, `${hash}.jpg`);
}

/**
 * @param hash content hash of the photo, in hex
 * @param ordinal position of the face among the photo's faces
 */
export function cropPath(cachePath: string, hash: string, ordinal: number): string {
  return cacheFile(cachePath, 'crops', hash, `${hash}-${ordinal}.jpg`);
}

/** 256 folders each, because file managers and some file systems are slow with 100,000 files in one. */
function cacheFile(cachePath: string, kind: string, hash: string, name: string): string {
  return join(cachePath, kind, hash.slice(0, 2), name);
}

/**
 * Makes the JPEG of the grid, long side at most 640 px.
 *
 * @returns its pixels
 * @throws PhotoError `disk-full`, or what rendering the photo throws
 */
export async function writeThumbnail(cachePath: string, hash: string, photo: DecodedPhoto): Promise<RgbImage> {
  const image = await photo.render(thumbnailSide);
  await writeCacheFile(thumbnailPath(cachePath, hash), await encode(image, 80));
  return image;
}

/**
 * Makes the JPEG that stands in for a photo that browsers cannot show, long side at most 4096 px.
 *
 * @throws PhotoError `disk-full`, or what rendering the photo throws
 */
export async function writePreview(cachePath: string, hash: string, photo: DecodedPhoto): Promise<void> {
  await writeCacheFile(previewPath(cachePath, hash), await encode(await photo.render(previewSide), 90));
}

/**
 * Makes the JPEG of a picture that is searched with, long side at most 2048 px.
 *
 * @throws PhotoError `disk-full`, or what rendering the photo throws
 */
export async function writeQueryPicture(file: string, photo: DecodedPhoto): Promise<void> {
  await writeCacheFile(file, await encode(await photo.render(querySide), 85));
}

async function encode({ data, width, height }: RgbImage, quality: number): Promise<Uint8Array> {
  return (
    sharp(data, { raw: { width, height, channels: 3 } })
      // Smaller by a twentieth with optimised coding, and slower by half.
      .jpeg({ quality, optimiseCoding: false })
      .toBuffer()
  );
}

/**
 * Writes a file of the cache, its folders included, all or nothing: under another name first, so that nobody ever sees
 * half a picture.
 *
 * @throws PhotoError `disk-full`
 */
export async function writeCacheFile(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.${process.pid}-${threadId}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    throw new PhotoError('disk-full', 'The disk with the library is full.', { cause: error });
  }
}
