import { existsSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { KindredError } from '../contract/errors.ts';
import { cropSource, faceBox } from '../faces/faces.store.ts';
import type { PhotoPool } from '../faces/photo-pool.ts';
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
        const { hash, file } = source(id);
        const thumbnail = thumbnailPath(cachePath, hash);
        if (!existsSync(thumbnail)) await pool.makeThumbnail(reachable(file), hash);
        return { path: thumbnail, contentType: 'image/jpeg' };
      }
      case 'photo': {
        const { hash, file, format } = source(id);
        if (await isShownByBrowsers(format, file)) {
          return { path: reachable(file), contentType: contentTypes[format] ?? 'application/octet-stream' };
        }
        const preview = previewPath(cachePath, hash);
        if (!existsSync(preview)) await pool.makePreview(reachable(file), hash);
        return { path: preview, contentType: 'image/jpeg' };
      }
      case 'face': {
        const crop = cropSource(db, id);
        const box = faceBox(db, id);
        if (!crop || !box) throw notFound();
        const file = cropPath(cachePath, crop.hash, crop.ordinal);
        if (!existsSync(file)) await pool.makeCrop(reachable(source(crop.photoId).file), box, file);
        return { path: file, contentType: 'image/jpeg' };
      }
      default:
        throw notFound();
    }
  };

  function source(photoId: number): { hash: string; format: string; file: string | null } {
    const found = findPhoto(db, photoId);
    if (!found) throw notFound();
    return { hash: found.hash, format: found.format, file: found.paths.find((path) => existsSync(path)) ?? null };
  }
}

function reachable(file: string | null): string {
  if (file === null) throw new KindredError('not-found', 'The photo cannot be reached now; is its drive connected?');
  return file;
}

function notFound(): KindredError {
  return new KindredError('not-found', 'There is no such picture.');
}
