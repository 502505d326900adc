import { createHash } from 'node:crypto';
import { link, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { addFolder } from '../../app/library/folders.store.ts';
import { startListing } from '../../app/library/listing.store.ts';
import { insertPhoto, linkFile, pendingFiles } from '../../app/library/photos.store.ts';
import { makeSketch } from '../../app/library/sketch.ts';
import { thumbnailPath } from '../../app/library/thumbnails.ts';
import { openLibraryDatabase } from '../../app/store/connection.ts';
import { samplePhotos } from '../support/sample-album.ts';

/** Different thumbnails made; the photos share them as hard links, so that a large library costs no disk. */
const pictures = 120;
const shapes = [3 / 2, 3 / 2, 4 / 3, 3 / 4, 2 / 3, 16 / 9, 1];

/**
 * Writes a library of `count` photos over some twelve years, as a scan would have left it: rows through the store's own
 * code, thumbnails of the real size. The photos themselves do not exist, as if their drive were not connected.
 */
export async function makeBigLibrary(library: string, count: number): Promise<void> {
  const made: { path: string; aspect: number; sketch: Uint8Array }[] = [];
  await mkdir(join(library, 'made'), { recursive: true });
  for (let i = 0; i < pictures; i++) {
    const aspect = shapes[i % shapes.length] ?? 1;
    const [width, height] = aspect >= 1 ? [640, Math.round(640 / aspect)] : [Math.round(640 * aspect), 640];
    const path = join(library, 'made', `${i}.jpg`);
    const tint = { r: (i * 53) % 256, g: (i * 97) % 256, b: (i * 151) % 256 };
    const photo = sharp(samplePhotos[i % samplePhotos.length]).resize(width, height, { fit: 'cover' });
    const tinted = i % 3 === 0 ? photo : photo.tint(tint);
    const { data, info } = await tinted.clone().removeAlpha().raw().toBuffer({ resolveWithObject: true });
    await writeFile(path, await tinted.jpeg({ quality: 80 }).toBuffer());
    made.push({ path, aspect, sketch: makeSketch({ data, width: info.width, height: info.height }) });
  }

  const { db, close } = openLibraryDatabase(library);
  const cache = join(library, 'cache');
  const folder = '/media/nobody/Photos';
  const listing = startListing(db, addFolder(db, folder));
  const pathOf = (i: number): string => join(folder, `IMG_${String(i).padStart(6, '0')}.jpg`);
  listing.record(Array.from({ length: count }, (_, i) => ({ path: pathOf(i), bytes: 4_000_000 + i, mtimeMs: i })));
  const files = pendingFiles(db, count);
  const links: Promise<void>[] = [];
  const store = db.transaction(() => {
    for (const [i, file] of files.entries()) {
      const picture = made[(i * 37) % made.length];
      if (!picture) continue;
      const hash = createHash('sha256').update(String(i)).digest('hex');
      // Several photos on most days, and days without any.
      const day = new Date(Date.UTC(2013, 0, 1) + Math.floor(i / 5) * 2.2 * 86_400_000);
      const photoId = insertPhoto(db, {
        hash,
        bytes: file.bytes,
        format: 'jpeg',
        width: Math.round(4000 * picture.aspect),
        height: 4000,
        takenAt: `${day.toISOString().slice(0, 10)}T12:${String(i % 60).padStart(2, '0')}:00`,
        camera: null,
        lens: null,
        exposure: null,
        latitude: null,
        longitude: null,
        mtimeMs: i,
        sketch: picture.sketch,
        pipeline: 'made',
      });
      linkFile(db, file.id, photoId);
      links.push(link(picture.path, thumbnailPath(cache, hash)));
    }
  });
  for (let i = 0; i < 256; i++) {
    await mkdir(dirname(thumbnailPath(cache, i.toString(16).padStart(2, '0').padEnd(64, '0'))), { recursive: true });
  }
  store();
  await Promise.all(links);
  close();
}
