import type { Database } from 'better-sqlite3';
import { statement } from '../store/statement.ts';

/** A photo that has to be read with a model. */
export interface DuePhoto {
  id: number;
  /** Content hash. */
  hash: string;
}

const insertAnalysis = statement<[number, string]>('INSERT OR IGNORE INTO analyses (photo_id, model) VALUES (?, ?)');

/**
 * Photos that are shown and either have not been read with the model, or show a face that must not be lost and has no
 * embedding of it.
 */
const due = `
  FROM photos WHERE id IN (SELECT photo_id FROM visible_files) AND (
    NOT EXISTS (SELECT 1 FROM analyses WHERE photo_id = photos.id AND model = @model)
    OR id IN (
      SELECT faces.photo_id FROM json_each(@keep) JOIN faces ON faces.id = json_each.value
      WHERE NOT EXISTS (SELECT 1 FROM embeddings WHERE face_id = faces.id AND model = @model)))`;
interface DueParams {
  model: string;
  /** Ids of faces, as JSON. */
  keep: string;
}
const dueAfter = statement<[DueParams & { after: number; limit: number }], DuePhoto>(
  `SELECT id, hash ${due} AND id > @after ORDER BY id LIMIT @limit`,
);
const dueCount = statement<[DueParams], { n: number }>(`SELECT count(*) AS n ${due}`);
const mostUsed = statement<[], { model: string; bytes: number }>(`
  SELECT model, length(vector) AS bytes FROM embeddings GROUP BY model ORDER BY count(*) DESC, model LIMIT 1`);
const drawn = statement<[], { id: number }>(`SELECT id FROM faces WHERE origin = 'drawn'`);

/** Remembers that the model has looked for faces in this photo. */
export function recordAnalysis(db: Database, photoId: number, model: string): void {
  insertAnalysis(db).run(photoId, model);
}

/**
 * Photos to be read with the model, by id, after the photo `after`.
 *
 * @param keep ids of faces that must have an embedding of it
 */
export function duePhotos(
  db: Database,
  model: string,
  keep: Iterable<number>,
  after: number,
  limit: number,
): DuePhoto[] {
  return dueAfter(db).all({ model, keep: JSON.stringify([...keep]), after, limit });
}

export function countDuePhotos(db: Database, model: string, keep: Iterable<number>): number {
  return dueCount(db).get({ model, keep: JSON.stringify([...keep]) })?.n ?? 0;
}

/** The model with the most embeddings, and how long these are; undefined in a library without faces. */
export function mostUsedModel(db: Database): { model: string; dimension: number } | undefined {
  const row = mostUsed(db).get();
  return row && { model: row.model, dimension: row.bytes / Float32Array.BYTES_PER_ELEMENT };
}

/** Every face that was drawn by hand, those that were taken back too. */
export function drawnFaceIds(db: Database): number[] {
  return drawn(db)
    .all()
    .map(({ id }) => id);
}
