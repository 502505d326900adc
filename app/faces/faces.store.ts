import type { Database } from 'better-sqlite3';
import type { RelativeBox } from '../contract/dto.ts';
import { statement } from '../store/statement.ts';
import { recordAnalysis } from './analyses.store.ts';
import type { FaceQuality } from './quality.ts';

/** What a model makes of a face. */
export interface FaceVectors {
  /** Unit vector. */
  embedding: Float32Array;
  /** What the model's last layer makes the embedding of, where it tells. */
  features?: Float32Array;
  /** Where a trained head made the embedding of the features: what the models before the head make of the face. */
  parentEmbedding?: Float32Array;
}

/** Under which names the vectors of a face are stored. */
export interface StoredAs {
  /** Each of these names gets the embedding. */
  models: readonly string[];
  /** Where a trained head made it: the models that it follows, which get the features and their own embedding. */
  parent?: string | undefined;
}

/** A face as it is about to be stored. */
export interface NewFace extends FaceVectors {
  box: RelativeBox;
  /** Five points as x, y pairs in relative coordinates of the oriented photo. */
  landmarks: Float32Array;
  /** Detector score 0..1. */
  score: number;
  quality: FaceQuality;
}

/** What grouping needs of a face, besides its embedding. */
export interface FaceRecord {
  id: number;
  photoId: number;
  /** 0..1. */
  quality: number;
  /** Place of its photo in the timeline, `YYYY-MM-DD`. */
  day: string;
  /** Drawn by hand. */
  drawn: boolean;
}

export interface StoredFace {
  id: number;
  photoId: number;
  box: RelativeBox;
  score: number;
  quality: number;
  /** Drawn by hand. */
  drawn: boolean;
}

/** Where a face's cached crop comes from. */
export interface CropSource {
  photoId: number;
  /** Content hash of the photo. */
  hash: string;
  /** Position among the photo's faces. */
  ordinal: number;
}

/** A face of a photo that is read again with another model. */
export interface KnownFace {
  id: number;
  ordinal: number;
  box: RelativeBox;
  /** Drawn by hand. */
  drawn: boolean;
  /** Has an embedding of the model that is in use. */
  shown: boolean;
  /** Has one of the other model. */
  embedded: boolean;
}

type KnownFaceRow = Omit<FaceRow, 'photoId' | 'score' | 'quality'> & {
  ordinal: number;
  shown: number;
  embedded: number;
};

/** Where a face and its points are in its photo. */
export interface FacePlace {
  id: number;
  /** Content hash of the photo. */
  hash: string;
  /** Position among the photo's faces. */
  ordinal: number;
  box: RelativeBox;
  /** Five points as x, y pairs in relative coordinates of the oriented photo. */
  landmarks: Float32Array;
  /** Of the oriented photo, in pixels. */
  width: number;
  height: number;
}

type PictureRow = Omit<FacePlace, 'box' | 'landmarks'> & Pick<FaceRow, 'x' | 'y' | 'w' | 'h'> & { landmarks: Buffer };

interface FaceRow {
  id: number;
  photoId: number;
  x: number;
  y: number;
  w: number;
  h: number;
  score: number;
  quality: number;
  origin: string;
}

const insertFace = statement<(number | string | Buffer)[]>(`
  INSERT INTO faces (photo_id, ordinal, x, y, w, h, landmarks, score, quality, size_px, sharpness, pose, origin)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const insertEmbedding = statement<[number, string, Buffer]>(
  'INSERT OR REPLACE INTO embeddings (face_id, model, vector) VALUES (?, ?, ?)',
);
const insertFeatures = statement<[number, string, Buffer]>(
  'INSERT OR REPLACE INTO features (face_id, model, vector) VALUES (?, ?, ?)',
);
const setQuality = statement<[number, number, number, number, number]>(
  'UPDATE faces SET quality = ?, size_px = ?, sharpness = ?, pose = ? WHERE id = ?',
);
const nextOrdinal = statement<[number], { next: number }>(
  'SELECT coalesce(max(ordinal) + 1, 0) AS next FROM faces WHERE photo_id = ?',
);
const facesByPhoto = statement<[string, number], FaceRow>(`
  SELECT id, photo_id AS photoId, x, y, w, h, score, quality, origin
  FROM faces JOIN embeddings ON embeddings.face_id = faces.id AND embeddings.model = ?
  WHERE photo_id = ? ORDER BY ordinal`);
const knownByPhoto = statement<[string, string, number], KnownFaceRow>(`
  SELECT id, ordinal, x, y, w, h, origin,
    EXISTS (SELECT 1 FROM embeddings WHERE face_id = id AND model = ?) AS shown,
    EXISTS (SELECT 1 FROM embeddings WHERE face_id = id AND model = ?) AS embedded
  FROM faces WHERE photo_id = ? ORDER BY ordinal`);
const boxById = statement<[number], Pick<FaceRow, 'x' | 'y' | 'w' | 'h'>>('SELECT x, y, w, h FROM faces WHERE id = ?');
const boxesOf = statement<[string], Pick<FaceRow, 'x' | 'y' | 'w' | 'h'>>(`
  SELECT x, y, w, h FROM json_each(?) JOIN faces ON faces.id = json_each.value ORDER BY json_each.key`);
const recordsAfter = statement<[string, number], Omit<FaceRecord, 'drawn'> & { origin: string }>(`
  SELECT faces.id, faces.photo_id AS photoId, faces.quality, faces.origin, substr(photos.timeline_at, 1, 10) AS day
  FROM faces JOIN photos ON photos.id = faces.photo_id JOIN embeddings ON embeddings.face_id = faces.id AND embeddings.model = ?
  WHERE faces.id > ? ORDER BY faces.id`);
const vectorsAfter = statement<[string, number], { vector: Buffer }>(
  'SELECT vector FROM embeddings WHERE model = ? AND face_id > ? ORDER BY face_id',
);
const vectorById = statement<[number, string], { vector: Buffer }>(
  'SELECT vector FROM embeddings WHERE face_id = ? AND model = ?',
);
const facesWithPictures = statement<[string], PictureRow>(`
  SELECT faces.id, photos.hash, faces.ordinal, x, y, w, h, landmarks, photos.width, photos.height FROM json_each(?)
  JOIN faces ON faces.id = json_each.value JOIN photos ON photos.id = faces.photo_id ORDER BY json_each.key`);
const cropById = statement<[number], CropSource>(`
  SELECT faces.photo_id AS photoId, photos.hash, faces.ordinal
  FROM faces JOIN photos ON photos.id = faces.photo_id WHERE faces.id = ?`);

/**
 * Adds a photo's detected faces with their embeddings, after those that it has; call it inside the transaction that adds the
 * photo.
 */
export function insertFaces(db: Database, photoId: number, faces: readonly NewFace[], as: StoredAs): void {
  for (const face of faces) insert(db, photoId, face, as, 'detected');
  for (const model of as.models) recordAnalysis(db, photoId, model);
  if (as.parent !== undefined) recordAnalysis(db, photoId, as.parent);
}

/** Adds a face that was drawn by hand, after the photo's others. @returns its id */
export function insertDrawnFace(db: Database, photoId: number, face: NewFace, as: StoredAs): number {
  return db.transaction(() => insert(db, photoId, face, as, 'drawn'))();
}

/** Stores what models make of a face, in the place of what may be there. */
export function storeVectors(db: Database, faceId: number, as: StoredAs, vectors: FaceVectors): void {
  const { embedding, features, parentEmbedding } = vectors;
  for (const model of as.models) insertEmbedding(db).run(faceId, model, toBlob(embedding));
  if (as.parent !== undefined && parentEmbedding) {
    insertEmbedding(db).run(faceId, as.parent, toBlob(parentEmbedding));
  }
  if (!features) return;
  for (const model of as.parent === undefined ? as.models : [as.parent]) {
    insertFeatures(db).run(faceId, model, toBlob(features));
  }
}

/** Takes the place of how good the face was found to be before. */
export function updateQuality(db: Database, faceId: number, { score, sizePx, sharpness, pose }: FaceQuality): void {
  setQuality(db).run(score, sizePx, sharpness, pose, faceId);
}

function insert(
  db: Database,
  photoId: number,
  { box, landmarks, score, quality, ...vectors }: NewFace,
  as: StoredAs,
  origin: 'detected' | 'drawn',
): number {
  const { next: ordinal } = nextOrdinal(db).get(photoId)!;
  const { lastInsertRowid } = insertFace(db).run(
    photoId,
    ordinal,
    ...box,
    toBlob(landmarks),
    score,
    quality.score,
    quality.sizePx,
    quality.sharpness,
    quality.pose,
    origin,
  );
  storeVectors(db, Number(lastInsertRowid), as, vectors);
  return Number(lastInsertRowid);
}

/** A photo's faces that have an embedding of this model, in their stored order: others are not shown. */
export function facesOfPhoto(db: Database, photoId: number, model: string): StoredFace[] {
  return facesByPhoto(db)
    .all(model, photoId)
    .map(({ x, y, w, h, origin, ...face }) => ({ ...face, box: [x, y, w, h], drawn: origin === 'drawn' }));
}

/** Every face that is stored of a photo, whatever model found it. */
export function knownFaces(db: Database, photoId: number, inUse: string, other: string): KnownFace[] {
  return knownByPhoto(db)
    .all(inUse, other, photoId)
    .map(({ id, ordinal, x, y, w, h, origin, shown, embedded }) => {
      const flags = { drawn: origin === 'drawn', shown: shown === 1, embedded: embedded === 1 };
      return { id, ordinal, box: [x, y, w, h], ...flags };
    });
}

export function faceBox(db: Database, faceId: number): RelativeBox | undefined {
  const row = boxById(db).get(faceId);
  return row && [row.x, row.y, row.w, row.h];
}

/** The boxes of these faces, in their order. */
export function faceBoxes(db: Database, faces: readonly number[]): RelativeBox[] {
  return boxesOf(db).raw().all(JSON.stringify(faces)) as unknown as RelativeBox[];
}

/** Every face that has an embedding under `model`, those of hidden photos too, by id, after the face `afterId`. */
export function faceRecords(db: Database, model: string, afterId: number): FaceRecord[] {
  return recordsAfter(db)
    .all(model, afterId)
    .map(({ origin, ...record }) => ({ ...record, drawn: origin === 'drawn' }));
}

/** The embeddings of {@link faceRecords}, row by row in one array. */
export function faceEmbeddings(db: Database, model: string, afterId: number): Float32Array {
  return fromBlob(
    Buffer.concat(
      vectorsAfter(db)
        .all(model, afterId)
        .map(({ vector }) => vector),
    ),
  );
}

export function faceEmbedding(db: Database, faceId: number, model: string): Float32Array | undefined {
  const row = vectorById(db).get(faceId, model);
  return row && fromBlob(row.vector);
}

/** Where these faces are, in their order. */
export function facePlaces(db: Database, faces: readonly number[]): FacePlace[] {
  return facesWithPictures(db)
    .all(JSON.stringify(faces))
    .map(({ x, y, w, h, landmarks, ...place }) => ({ ...place, box: [x, y, w, h], landmarks: fromBlob(landmarks) }));
}

export function cropSource(db: Database, faceId: number): CropSource | undefined {
  return cropById(db).get(faceId);
}

function toBlob(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** Copies, because a blob need not start at a multiple of four bytes. */
function fromBlob(blob: Buffer): Float32Array {
  return new Float32Array(new Uint8Array(blob).buffer);
}
