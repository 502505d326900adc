import type { Database } from 'better-sqlite3';
import type { RelativeBox } from '../contract/dto.ts';
import { statement } from '../store/statement.ts';

/** A face as it is about to be stored. */
export interface NewFace {
  box: RelativeBox;
  /** Five points as x, y pairs in relative coordinates of the oriented photo. */
  landmarks: Float32Array;
  /** Detector score 0..1. */
  score: number;
  quality: { score: number; sizePx: number; sharpness: number; pose: number };
  /** Unit vector. */
  embedding: Float32Array;
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
  'INSERT INTO embeddings (face_id, model, vector) VALUES (?, ?, ?)',
);
const nextOrdinal = statement<[number], { next: number }>(
  'SELECT coalesce(max(ordinal) + 1, 0) AS next FROM faces WHERE photo_id = ?',
);
const facesByPhoto = statement<[number], FaceRow>(
  'SELECT id, photo_id AS photoId, x, y, w, h, score, quality, origin FROM faces WHERE photo_id = ? ORDER BY ordinal',
);
const boxById = statement<[number], Pick<FaceRow, 'x' | 'y' | 'w' | 'h'>>('SELECT x, y, w, h FROM faces WHERE id = ?');
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
const cropById = statement<[number], CropSource>(`
  SELECT faces.photo_id AS photoId, photos.hash, faces.ordinal
  FROM faces JOIN photos ON photos.id = faces.photo_id WHERE faces.id = ?`);

/** Adds a photo's detected faces with their embeddings; call it inside the transaction that adds the photo. */
export function insertFaces(db: Database, photoId: number, faces: readonly NewFace[], model: string): void {
  for (const [ordinal, face] of faces.entries()) insert(db, photoId, ordinal, face, model, 'detected');
}

/** Adds a face that was drawn by hand, after the photo's others. @returns its id */
export function insertDrawnFace(db: Database, photoId: number, face: NewFace, model: string): number {
  return db.transaction(() => {
    const { next } = nextOrdinal(db).get(photoId)!;
    return insert(db, photoId, next, face, model, 'drawn');
  })();
}

function insert(
  db: Database,
  photoId: number,
  ordinal: number,
  { box, landmarks, score, quality, embedding }: NewFace,
  model: string,
  origin: 'detected' | 'drawn',
): number {
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
  insertEmbedding(db).run(Number(lastInsertRowid), model, toBlob(embedding));
  return Number(lastInsertRowid);
}

/** A photo's faces in their stored order. */
export function facesOfPhoto(db: Database, photoId: number): StoredFace[] {
  return facesByPhoto(db)
    .all(photoId)
    .map(({ x, y, w, h, origin, ...face }) => ({ ...face, box: [x, y, w, h], drawn: origin === 'drawn' }));
}

export function faceBox(db: Database, faceId: number): RelativeBox | undefined {
  const row = boxById(db).get(faceId);
  return row && [row.x, row.y, row.w, row.h];
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
