import { existsSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { DecisionResult, RelativeBox } from '../contract/dto.ts';
import { KindredError } from '../contract/errors.ts';
import { cropSource, insertDrawnFace, type StoredAs } from '../faces/faces.store.ts';
import type { PhotoPool } from '../faces/photo-pool.ts';
import { findPhoto } from '../library/photos.store.ts';
import type { Decider } from './decide.ts';

/** Boxes that somebody draws: a face that was missed, or one that was found badly. */
export interface DrawnFaces {
  /** @throws KindredError `not-found`, `invalid-input` */
  draw(photo: number, box: RelativeBox): Promise<DecisionResult & { faceId: number }>;
  /** @throws KindredError `not-found`, `invalid-input` */
  move(face: number, box: RelativeBox): Promise<DecisionResult & { faceId: number }>;
}

/** @param storedAs names under which what the pool embeds is stored now */
export function createDrawnFaces(
  db: Database,
  pool: PhotoPool,
  storedAs: () => StoredAs,
  decider: Decider,
): DrawnFaces {
  /** Embeds what is in the box and stores it; it counts only with the decision that follows. */
  async function add(photoId: number, box: RelativeBox): Promise<number> {
    const photo = findPhoto(db, photoId);
    if (!photo) throw new KindredError('not-found', 'That photo is not in the library.');
    const [x, y, width, height] = box;
    if (x + width <= 0 || y + height <= 0 || x >= 1 || y >= 1) {
      throw new KindredError('invalid-input', 'The box lies outside the photo.');
    }
    const path = photo.paths.find((candidate) => existsSync(candidate));
    if (path === undefined) {
      throw new KindredError('not-found', 'The photo cannot be reached now; is its drive connected?');
    }
    // The models may be others by the time that the face has been looked at.
    const as = storedAs();
    const described = await pool.describe(path, photo.hash, box);
    if (!described.ok) throw new KindredError('invalid-input', described.failure.message);
    return insertDrawnFace(db, photoId, described.value, as);
  }

  return {
    async draw(photo, box) {
      const faceId = await add(photo, box);
      return { ...(await decider.state({ kind: 'draw', face: faceId }, null)), faceId };
    },
    async move(face, box) {
      const source = cropSource(db, face);
      if (!source) throw new KindredError('not-found', 'That face is not in the library any more.');
      const faceId = await add(source.photoId, box);
      return { ...(await decider.state({ kind: 'move', face, to: faceId }, null)), faceId };
    },
  };
}
