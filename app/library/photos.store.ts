import type { Database } from 'better-sqlite3';
import type { PhotoFailure, Timeline } from '../contract/dto.ts';
import type { PhotoFailureKind } from '../contract/errors.ts';
import { statement } from '../store/statement.ts';
import { localWallClock, type PhotoMetadata } from './metadata.ts';

/** A file waiting to be read. */
export interface PendingFile {
  id: number;
  path: string;
  bytes: number;
}

/** A photo as indexed: what its bytes say. */
export interface IndexedPhoto extends PhotoMetadata {
  /** SHA-256 of the file's bytes, in hex. */
  hash: string;
  bytes: number;
  format: string;
  /** Oriented pixels. */
  width: number;
  height: number;
  /** Date of the file, for the timeline where the photo itself has no date. */
  mtimeMs: number;
  /** What {@link makeSketch} made of it. */
  sketch: Uint8Array;
  /** Version of the pipeline that found the faces. */
  pipeline: string;
}

/** A photo's own row. */
export interface StoredPhoto extends PhotoMetadata {
  id: number;
  hash: string;
  format: string;
  bytes: number;
  width: number;
  height: number;
}

export interface PhotoCounts {
  /** Visible ones. */
  photos: number;
  /** Files and folders that could not be read. */
  failed: number;
  /** Photos whose files are all gone from folders of the library. */
  missing: number;
}

const pending = statement<[number, number], PendingFile>(`
  SELECT files.id, files.path, files.bytes FROM files JOIN folders ON folders.id = files.folder_id
  WHERE files.status = 'pending' AND files.id > ? AND folders.removed = 0 ORDER BY files.id LIMIT ?`);
const pendingCount = statement<[], { n: number }>(`
  SELECT count(*) AS n FROM files JOIN folders ON folders.id = files.folder_id
  WHERE files.status = 'pending' AND folders.removed = 0`);
const markFailed = statement<[string, string, number]>(`
  UPDATE files SET status = 'failed', failure_kind = ?, failure_message = ?, attempts = attempts + 1 WHERE id = ?`);
const markIndexed = statement<[number, number]>(`
  UPDATE files SET status = 'indexed', photo_id = ?, failure_kind = NULL, failure_message = NULL, attempts = 0
  WHERE id = ?`);
const retryAll = statement<[]>(`UPDATE files SET status = 'pending' WHERE status = 'failed'`);
const photoByHash = statement<[string], { id: number; pipeline: string }>(
  'SELECT id, pipeline FROM photos WHERE hash = ?',
);
const photoBySize = statement<[number], { found: number }>('SELECT 1 AS found FROM photos WHERE bytes = ? LIMIT 1');
const addPhoto = statement<[Record<string, string | number | Uint8Array | null>]>(`
  INSERT INTO photos (hash, bytes, format, width, height, taken_at, camera, lens, exposure, latitude, longitude,
    sketch, timeline_at, pipeline)
  VALUES (@hash, @bytes, @format, @width, @height, @takenAt, @camera, @lens, @exposure, @latitude, @longitude,
    @sketch, @timelineAt, @pipeline)`);
const visiblePhotos = statement<[], [id: number, aspect: number, day: string, sketch: Buffer]>(`
  SELECT id, CAST(width AS REAL) / height, substr(timeline_at, 1, 10), sketch FROM photos
  WHERE id IN (SELECT photo_id FROM visible_files)
  ORDER BY timeline_at DESC, id DESC`);
const visibleIds = statement<[], { id: number }>('SELECT DISTINCT photo_id AS id FROM visible_files');
const visiblePaths = statement<[], { photoId: number; path: string }>(`
  SELECT photo_id AS photoId, path FROM visible_files GROUP BY photo_id, path ORDER BY photo_id, path`);
const folderFiles = statement<[number], { photoId: number; path: string }>(`
  SELECT photo_id AS photoId, path FROM files WHERE folder_id = ? AND status = 'indexed' ORDER BY path`);
const photoById = statement<[number], StoredPhoto>(`
  SELECT id, hash, format, bytes, width, height, taken_at AS takenAt, camera, lens, exposure, latitude, longitude
  FROM photos WHERE id = ?`);
const photoPaths = statement<[number], { path: string }>(`
  SELECT files.path FROM files JOIN folders ON folders.id = files.folder_id
  WHERE photo_id = ? AND status <> 'failed'
  GROUP BY files.path ORDER BY min(removed), min(status = 'missing'), files.path`);
const allFailures = statement<[], PhotoFailure>(`
  SELECT files.path, failure_kind AS kind, failure_message AS message, max(attempts) AS attempts
  FROM files JOIN folders ON folders.id = files.folder_id
  WHERE status = 'failed' AND removed = 0 GROUP BY files.path
  UNION ALL
  SELECT listing_problems.path, kind, message, 1
  FROM listing_problems JOIN folders ON folders.id = listing_problems.folder_id
  WHERE removed = 0 GROUP BY listing_problems.path
  ORDER BY 1`);
const allCounts = statement<[], PhotoCounts>(`
  SELECT
    (SELECT count(DISTINCT photo_id) FROM visible_files) AS photos,
    (SELECT count(DISTINCT files.path) FROM files JOIN folders ON folders.id = files.folder_id
     WHERE status = 'failed' AND removed = 0)
    + (SELECT count(DISTINCT listing_problems.path) FROM listing_problems
       JOIN folders ON folders.id = listing_problems.folder_id WHERE removed = 0) AS failed,
    (SELECT count(DISTINCT photo_id) FROM files JOIN folders ON folders.id = files.folder_id
     WHERE status = 'missing' AND removed = 0
       AND photo_id NOT IN (SELECT photo_id FROM visible_files)) AS missing`);

/** Files of the library's folders that wait to be read, in the order they were listed, after the file `afterId`. */
export function pendingFiles(db: Database, limit: number, afterId = 0): PendingFile[] {
  return pending(db).all(afterId, limit);
}

/** How many files of the library's folders wait to be read. */
export function countPendingFiles(db: Database): number {
  return pendingCount(db).get()?.n ?? 0;
}

/** Lists a file as failed, with a plain reason, and counts the attempt. */
export function failFile(db: Database, fileId: number, kind: PhotoFailureKind, message: string): void {
  markFailed(db).run(kind, message, fileId);
}

/** A file turned out to hold this photo: read now, or moved or copied from a place where it was read before. */
export function linkFile(db: Database, fileId: number, photoId: number): void {
  markIndexed(db).run(photoId, fileId);
}

/** Puts every failed file back in the queue; returns how many. */
export function retryFailedFiles(db: Database): number {
  return retryAll(db).run().changes;
}

/** The photo with these contents, whatever it is called and wherever it lies. */
export function findPhotoByHash(db: Database, hash: string): { id: number; pipeline: string } | undefined {
  return photoByHash(db).get(hash);
}

/** False means that a file of this size cannot be a copy of a photo in the library, so its hash need not be asked for. */
export function hasPhotoOfSize(db: Database, bytes: number): boolean {
  return photoBySize(db).get(bytes) !== undefined;
}

/** Stores a photo and returns its id. Call it in one transaction with {@link linkFile} and the photo's faces. */
export function insertPhoto(db: Database, photo: IndexedPhoto): number {
  const { mtimeMs, ...columns } = photo;
  const timelineAt = photo.takenAt ?? localWallClock(mtimeMs);
  return Number(addPhoto(db).run({ ...columns, timelineAt }).lastInsertRowid);
}

/** Every visible photo, newest first, in columns. */
export function readTimeline(db: Database): Timeline {
  const timeline: Timeline = { ids: [], aspects: [], days: [], sketches: [] };
  for (const [id, aspect, day, sketch] of visiblePhotos(db).raw().iterate()) {
    timeline.ids.push(id);
    timeline.aspects.push(aspect);
    timeline.days.push(day);
    timeline.sketches.push(sketch.toString('base64'));
  }
  return timeline;
}

export function visiblePhotoIds(db: Database): Set<number> {
  return new Set(
    visibleIds(db)
      .all()
      .map(({ id }) => id),
  );
}

/** Every visible photo with every path that it lies at, by photo. */
export function visiblePhotoPaths(db: Database): { photoId: number; path: string }[] {
  return visiblePaths(db).all();
}

/** The files of one folder that have been read, by path. */
export function indexedFiles(db: Database, folderId: number): { photoId: number; path: string }[] {
  return folderFiles(db).all(folderId);
}

/** A photo with all its paths, reachable ones first; undefined where there is none with this id. */
export function findPhoto(db: Database, id: number): (StoredPhoto & { paths: string[] }) | undefined {
  const photo = photoById(db).get(id);
  return (
    photo && {
      ...photo,
      paths: photoPaths(db)
        .all(id)
        .map(({ path }) => path),
    }
  );
}

/** What could not be read, files and folders, by path. */
export function listFailures(db: Database): PhotoFailure[] {
  return allFailures(db).all();
}

export function countPhotos(db: Database): PhotoCounts {
  return allCounts(db).get() ?? { photos: 0, failed: 0, missing: 0 };
}
