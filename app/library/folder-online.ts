import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { markMounted, type StoredFolder } from './folders.store.ts';

/**
 * True when a folder of the library can be looked into. Where a drive is not mounted its folder is gone or, on Unix,
 * may be there and empty: a folder that used to be the root of a drive and is none any more is offline as well, so
 * that its photos are not taken for deleted.
 */
export async function isFolderOnline(db: Database, { id, path, mounted }: StoredFolder): Promise<boolean> {
  try {
    const folder = await stat(path);
    if (!folder.isDirectory()) return false;
    const isMounted = folder.dev !== (await stat(join(path, '..'))).dev;
    if (isMounted && !mounted) markMounted(db, id);
    return isMounted || !mounted;
  } catch {
    return false;
  }
}
