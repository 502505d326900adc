import type { Database } from 'better-sqlite3';
import { statement } from '../store/statement.ts';

/** Under whose name the features are, and under whose what is made of them is to be. */
interface FromTo {
  parent: string;
  model: string;
}

/** Photos that the parent has read and the model has not, and whose faces all have features. */
const photosToEmbed = statement<[FromTo & { after: number; limit: number }], { id: number }>(`
  SELECT photo_id AS id FROM analyses AS read WHERE model = @parent AND photo_id > @after
    AND NOT EXISTS (SELECT 1 FROM analyses WHERE photo_id = read.photo_id AND model = @model)
    AND NOT EXISTS (
      SELECT 1 FROM faces JOIN embeddings ON face_id = faces.id AND model = @parent
      WHERE photo_id = read.photo_id
        AND NOT EXISTS (SELECT 1 FROM features WHERE face_id = faces.id AND model = @parent))
  ORDER BY photo_id LIMIT @limit`);
const featuresOfPhotos = statement<[{ parent: string; photos: string }], { id: number; vector: Buffer }>(`
  SELECT faces.id, features.vector FROM json_each(@photos)
  JOIN faces ON photo_id = json_each.value
  JOIN features ON face_id = faces.id AND model = @parent ORDER BY faces.id`);
const facesAfter = statement<[string, number, number], { id: number; photoId: number; quality: number }>(`
  SELECT faces.id, faces.photo_id AS photoId, faces.quality
  FROM features JOIN faces ON faces.id = face_id WHERE model = ? AND face_id > ? ORDER BY face_id LIMIT ?`);
const featuresByIds = statement<[{ model: string; faces: string }], { vector: Buffer }>(`
  SELECT features.vector FROM json_each(@faces)
  JOIN features ON face_id = json_each.value AND model = @model ORDER BY json_each.key`);

const facesByIds = statement<[{ model: string; faces: string }], { id: number; photoId: number; quality: number }>(`
  SELECT faces.id, faces.photo_id AS photoId, faces.quality FROM json_each(@faces)
  JOIN faces ON faces.id = json_each.value JOIN features ON face_id = faces.id AND model = @model`);

/** Photos, after the photo `after`, whose faces can have embeddings of the model without being read again. */
export function photosWithFeatures(db: Database, names: FromTo, after: number, limit: number): number[] {
  return photosToEmbed(db)
    .all({ ...names, after, limit })
    .map(({ id }) => id);
}

/** The features of all faces of these photos, row by row. */
export function featuresOf(
  db: Database,
  parent: string,
  photos: readonly number[],
): { faceIds: number[]; features: Float32Array } {
  const rows = featuresOfPhotos(db).all({ parent, photos: JSON.stringify(photos) });
  return { faceIds: rows.map(({ id }) => id), features: concatenated(rows) };
}

/** A face whose features are stored. */
export interface FaceWithFeatures {
  id: number;
  photoId: number;
  /** 0..1. */
  quality: number;
}

/** Faces that have features under this name, by id, after the face `after`. */
export function facesWithFeatures(db: Database, model: string, after: number, limit: number): FaceWithFeatures[] {
  return facesAfter(db).all(model, after, limit);
}

/** Those of these faces that have features under this name. */
export function whichHaveFeatures(db: Database, model: string, faces: readonly number[]): FaceWithFeatures[] {
  return facesByIds(db).all({ model, faces: JSON.stringify(faces) });
}

/** The features of these faces, row by row; each must have some. */
export function featuresOfFaces(db: Database, model: string, faces: readonly number[]): Float32Array {
  return concatenated(featuresByIds(db).all({ model, faces: JSON.stringify(faces) }));
}

function concatenated(rows: readonly { vector: Buffer }[]): Float32Array {
  // Copied, because a blob need not start at a multiple of four bytes.
  return new Float32Array(new Uint8Array(Buffer.concat(rows.map(({ vector }) => vector))).buffer);
}
