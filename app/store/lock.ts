import Sqlite from 'better-sqlite3';
import { KindredError } from '../contract/errors.ts';

/**
 * Makes this process the only one that writes a library. The lock is SQLite's own on an empty second database: the
 * operating system drops it when the process ends, however it ends, so a killed process leaves nothing stale behind.
 *
 * @returns a function that gives the lock back
 * @throws KindredError `library-in-use` while another connection, in this or another process, holds it
 */
export function lockLibrary(file: string, libraryPath: string): () => void {
  const lock = new Sqlite(file, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new KindredError(
        'library-in-use',
        `Another Kindred is using the library in ${libraryPath}. Close it, or choose another library.`,
        { path: libraryPath },
      );
    }
    throw error;
  }
  return () => lock.close();
}
