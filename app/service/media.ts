import { existsSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { KindredError } from '../contract/errors.ts';
import { cropSource, faceBox } from '../faces/faces.store.ts';
import type { PhotoPool, PhotoResult } from '../faces/photo-pool.ts';
import { findPhoto } from '../library/photos.store.ts';
import { cropPath, isShownByBrowsers, previewPath, thumbnailPath } from '../library/thumbnails.ts';
import type { MediaFile } from './service-types.ts';

const contentTypes: Record<string, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
};

/**
 * Finds the picture behind a path of {@link mediaPaths}. What the cache lost is made again from the photo, as long as
 * that can be reached.
 */
export function createMedia(db: Database, cachePath: string, pool: PhotoPool): (path: string) => Promise<MediaFile> {
  return async (path) => {
    const [, kind, number] = /^\/media\/(thumbnail|photo|face)\/(\d{1,15})$/.exec(path) ?? [];
    const id = Number(number);
    switch (kind) {
      case 'thumbnail': {
        const { hash, files } = source(id);
        const thumbnail = thumbnailPath(cachePath, hash);
        if (!existsSync(thumbnail)) await make(files, (file) => pool.makeThumbnail(file, hash));
        return { path: thumbnail, contentType: 'image/jpeg' };
      }
      case 'photo': {
        const { hash, files, format } = source(id);
        const [file] = files;
        if (await isShownByBrowsers(format, file ?? null)) {
          if (file === undefined) throw unreachable();
          return { path: file, contentType: contentTypes[format] ?? 'application/octet-stream' };
        }
        const preview = previewPath(cachePath, hash);
        if (!existsSync(preview)) await make(files, (path) => pool.makePreview(path, hash));
        return { path: preview, contentType: 'image/jpeg' };
      }
      case 'face': {
        const crop = cropSource(db, id);
        const box = faceBox(db, id);
        if (!crop || !box) throw notFound();
        const file = cropPath(cachePath, crop.hash, crop.ordinal);
        if (!existsSync(file)) {
          await make(source(crop.photoId).files, (path) => pool.makeCrop(path, crop.hash, box, file));
        }
        return { path: file, contentType: 'image/jpeg' };
      }
      default:
        throw notFound();
    }
  };

  /** A photo with the files that are there now, of all that it was found in. */
  function source(photoId: number): { hash: string; format: string; files: string[] } {
    const found = findPhoto(db, photoId);
    if (!found) throw notFound();
    return { hash: found.hash, format: found.format, files: found.paths.filter((path) => existsSync(path)) };
  }
}

/** Makes a picture from the first of the files that still holds the photo: others may have been written over since. */
async function make(files: readonly string[], from: (file: string) => Promise<PhotoResult<undefined>>): Promise<void> {
  let reason = unreachable();
  for (const file of files) {
    const result = await from(file);
    if (result.ok) return;
    const { kind, message } = result.failure;
    if (kind !== 'vanished') throw new Error(message);
    reason = new KindredError('not-found', message);
  }
  throw reason;
}

function unreachable(): KindredError {
  return new KindredError('not-found', 'The photo cannot be reached now; is its drive connected?');
}

function notFound(): KindredError {
  return new KindredError('not-found', 'There is no such picture.');
}
