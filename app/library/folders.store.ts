import type { Database } from 'better-sqlite3';
import { statement } from '../store/statement.ts';

/** A folder of the library, as stored; whether it is online is for the file system to say. */
export interface StoredFolder {
  id: number;
  /** Absolute. */
  path: string;
  /** Photos that it shows, each counted once. */
  photos: number;
  /** 1 for a folder that has been seen to be the root of a drive. */
  mounted: 0 | 1;
}

const insertFolder = statement<[string]>(
  'INSERT INTO folders (path) VALUES (?) ON CONFLICT (path) DO UPDATE SET removed = 0, mounted = 0',
);
const folderIdByPath = statement<[string], { id: number }>('SELECT id FROM folders WHERE path = ? AND removed = 0');
const hideFolder = statement<[number]>('UPDATE folders SET removed = 1 WHERE id = ? AND removed = 0');
const mountFolder = statement<[number]>('UPDATE folders SET mounted = 1 WHERE id = ?');
const allFolders = statement<[], StoredFolder>(`
  SELECT id, path, mounted,
    (SELECT count(DISTINCT photo_id) FROM visible_files WHERE visible_files.folder_id = folders.id) AS photos
  FROM folders WHERE removed = 0 ORDER BY path`);

/**
 * Adds a folder, or brings a removed one back with everything it had.
 *
 * @param path absolute, without a trailing separator
 * @returns its id
 */
export function addFolder(db: Database, path: string): number {
  insertFolder(db).run(path);
  const row = folderIdByPath(db).get(path);
  if (!row) throw new Error(`folder ${path} was not stored`);
  return row.id;
}

/** Hides a folder and its photos; nothing is deleted. Returns false where there is no such folder. */
export function removeFolder(db: Database, id: number): boolean {
  return hideFolder(db).run(id).changes > 0;
}

/** Every folder that was added and not removed, by path. */
export function listFolders(db: Database): StoredFolder[] {
  return allFolders(db).all();
}

/** Remembers that a folder is the root of a drive. */
export function markMounted(db: Database, id: number): void {
  mountFolder(db).run(id);
}
