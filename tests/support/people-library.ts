import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { insertFaces } from '../../app/faces/faces.store.ts';
import { builtInChoice, pipelineOf } from '../../app/faces/models/choice.ts';
import { addFolder } from '../../app/library/folders.store.ts';
import { startListing } from '../../app/library/listing.store.ts';
import { insertPhoto, linkFile, pendingFiles } from '../../app/library/photos.store.ts';
import { openLibraryDatabase } from '../../app/store/connection.ts';
import type { SyntheticFaces } from './synthetic-faces.ts';

/**
 * Writes a library with these made-up faces, as a scan would have left it: rows through the store's own code, in photos
 * that do not exist. Face `i` has the id `i + 1`.
 *
 * @param more writes what else is to be in it
 */
export function makePeopleLibrary(path: string, faces: SyntheticFaces, more?: (db: Database) => void): void {
  const { db, close } = openLibraryDatabase(path);
  const byPhoto = [...Map.groupBy(faces.photos.keys(), (face) => faces.photos[face]!).values()];
  const folder = '/media/nobody/People';
  const listing = startListing(db, addFolder(db, folder));
  const pathOf = (i: number): string => `${folder}/${String(i).padStart(6, '0')}.jpg`;
  listing.record(byPhoto.map((_, i) => ({ path: pathOf(i), bytes: 1000 + i, mtimeMs: i })));
  const files = pendingFiles(db, byPhoto.length);
  db.transaction(() => {
    for (const [i, members] of byPhoto.entries()) {
      const photoId = insertPhoto(db, {
        hash: createHash('sha256').update(String(i)).digest('hex'),
        bytes: 1000 + i,
        format: 'jpeg',
        width: 4000,
        height: 3000,
        takenAt: `${2000 + (i % 24)}-0${1 + (i % 9)}-15T12:00:00`,
        camera: null,
        lens: null,
        exposure: null,
        latitude: null,
        longitude: null,
        mtimeMs: i,
        sketch: new Uint8Array(27),
        pipeline: 'made',
      });
      linkFile(db, files[i]!.id, photoId);
      const made = members.map((face) => ({
        box: [0.1, 0.1, 0.2, 0.2] as [number, number, number, number],
        landmarks: new Float32Array(10),
        score: 0.9,
        quality: { score: faces.founding[face] ? 0.8 : 0.05, sizePx: 200, sharpness: 1, pose: 0 },
        embedding: faces.embeddings.slice(face * faces.dimension, (face + 1) * faces.dimension),
      }));
      insertFaces(db, photoId, made, { models: [pipelineOf(builtInChoice)] });
    }
    more?.(db);
  })();
  close();
}
