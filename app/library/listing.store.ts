import type { Database } from 'better-sqlite3';
import type { PhotoFailureKind } from '../contract/errors.ts';
import { statement } from '../store/statement.ts';

/** A photo file as the listing of a folder finds it. */
export interface ListedFile {
  /** Absolute. */
  path: string;
  bytes: number;
  mtimeMs: number;
}

/** Something that the listing of a folder could not look into. */
export interface ListingProblem {
  /** Absolute path of the folder, link or file. */
  problem: string;
  kind: PhotoFailureKind;
  message: string;
}

/** Recording of one pass over a folder's files. */
export interface Listing {
  /**
   * Records files in one transaction: new and changed ones become pending, the others are left alone, and a missing one
   * that is back needs no work. Failures that may have gone away by themselves are pending again.
   */
  record(files: readonly ListedFile[]): { unchanged: number; pending: number };
  /**
   * Ends the pass: what was there before and was not seen now is missing, except below the problems, where nobody could
   * look. Leave it out when the pass was broken off or the folder is offline.
   */
  finish(problems: readonly ListingProblem[]): { missing: number };
}

interface KnownFile {
  id: number;
  bytes: number;
  mtime: number;
  status: 'pending' | 'indexed' | 'failed' | 'missing';
  photo: number | null;
  kind: PhotoFailureKind | null;
}

/** Failures that the file itself is not to blame for; trying again is cheap. */
const passingKinds: readonly (PhotoFailureKind | null)[] = ['no-permission', 'vanished', 'disk-full'];

const fileByPath = statement<[number, string], KnownFile>(`
  SELECT id, bytes, mtime_ms AS mtime, status, photo_id AS photo, failure_kind AS kind
  FROM files WHERE folder_id = ? AND path = ?`);
const twinPhoto = statement<[string, number, number], { photo: number }>(`
  SELECT photo_id AS photo FROM files
  WHERE path = ? AND bytes = ? AND mtime_ms = ? AND status = 'indexed' AND photo_id IS NOT NULL LIMIT 1`);
const insertFile = statement<[number, string, number, number, string, number | null]>(
  'INSERT INTO files (folder_id, path, bytes, mtime_ms, status, photo_id) VALUES (?, ?, ?, ?, ?, ?)',
);
const queueFile = statement<[number, number, number]>(
  `UPDATE files SET bytes = ?, mtime_ms = ?, status = 'pending', failure_kind = NULL, failure_message = NULL, attempts = 0
   WHERE id = ?`,
);
const retryFile = statement<[number]>(`UPDATE files SET status = 'pending' WHERE id = ?`);
const restoreFile = statement<[number]>(`UPDATE files SET status = 'indexed' WHERE id = ?`);
const presentFiles = statement<[number], { id: number; path: string }>(
  `SELECT id, path FROM files WHERE folder_id = ? AND status <> 'missing'`,
);
// Only a file that was up to date may later come back without work.
const loseFile = statement<[number]>(`
  UPDATE files SET status = 'missing', photo_id = iif(status = 'indexed', photo_id, NULL),
    failure_kind = NULL, failure_message = NULL, attempts = 0
  WHERE id = ?`);
const forgetProblems = statement<[number]>('DELETE FROM listing_problems WHERE folder_id = ?');
const insertProblem = statement<[number, string, string, string]>(
  'INSERT OR REPLACE INTO listing_problems (folder_id, path, kind, message) VALUES (?, ?, ?, ?)',
);

/** Starts to record what lies in a folder of the library; see {@link Listing}. */
export function startListing(db: Database, folderId: number): Listing {
  const seen = new Set<number>();

  /** Returns true when the file needs work. */
  function recordFile(file: ListedFile): boolean {
    const known = fileByPath(db).get(folderId, file.path);
    if (!known) {
      // Folders of the library may lie in one another: what is known under the one need not be read for the other.
      const photo = twinPhoto(db).get(file.path, file.bytes, file.mtimeMs)?.photo ?? null;
      const status = photo === null ? 'pending' : 'indexed';
      const added = insertFile(db).run(folderId, file.path, file.bytes, file.mtimeMs, status, photo);
      seen.add(Number(added.lastInsertRowid));
      return photo === null;
    }
    seen.add(known.id);
    if (known.bytes !== file.bytes || known.mtime !== file.mtimeMs) {
      queueFile(db).run(file.bytes, file.mtimeMs, known.id);
      return true;
    }
    switch (known.status) {
      case 'indexed':
        return false;
      case 'pending':
        return true;
      case 'failed':
        if (!passingKinds.includes(known.kind)) return false;
        retryFile(db).run(known.id);
        return true;
      case 'missing':
        (known.photo === null ? retryFile : restoreFile)(db).run(known.id);
        return known.photo === null;
    }
  }

  return {
    record: (files) => {
      let pending = 0;
      db.transaction(() => {
        for (const file of files) if (recordFile(file)) pending += 1;
      })();
      return { unchanged: files.length - pending, pending };
    },
    finish: (problems) => {
      let missing = 0;
      const unread = problems.map(({ problem }) => problem);
      const isUnread = (path: string): boolean =>
        unread.some((problem) => path.startsWith(problem) && /^[/\\]?$/.test(path.charAt(problem.length)));
      db.transaction(() => {
        for (const { id, path } of presentFiles(db).all(folderId)) {
          if (seen.has(id) || isUnread(path)) continue;
          loseFile(db).run(id);
          missing += 1;
        }
        forgetProblems(db).run(folderId);
        for (const { problem, kind, message } of problems) insertProblem(db).run(folderId, problem, kind, message);
      })();
      return { missing };
    },
  };
}
