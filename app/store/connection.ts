import Sqlite, { type Database } from 'better-sqlite3';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KindredError } from '../contract/errors.ts';
import { lockLibrary } from './lock.ts';
import { applicationId, migrate, missingTables, schemaVersion, type Migration } from './migrate.ts';
import { migration as photosFacesDecisions } from './migrations/0001-photos-faces-decisions.ts';
import { migration as models } from './migrations/0002-models.ts';
import { migration as modelVersions } from './migrations/0003-model-versions.ts';
import { migration as search } from './migrations/0004-search.ts';

const databaseFile = 'kindred.db';
const lockFile = 'kindred.lock';

/** In ascending order. */
const migrations: readonly Migration[] = [photosFacesDecisions, models, modelVersions, search];

/** Checking every page of a database of this size takes well under a second. */
const cheapCheckBytes = 64 * 1024 * 1024;

const busyTimeoutMs = 5000;

export interface LibraryDatabase {
  db: Database;
  /** Closes the connection and gives the lock back. */
  close(): void;
}

export interface OpenOptions {
  /** Takes no lock and writes nothing, so that it works while another process scans. */
  readOnly?: boolean;
  /** Makes no library where there is none. */
  mustExist?: boolean;
  /** Checks every page of a database that is opened read-only, however long that takes. */
  checkAll?: boolean;
  /** The schema's steps, in ascending order. Tests pass others. */
  migrations?: readonly Migration[];
}

/**
 * Opens the database in the folder `libraryPath`; for writing it is made when absent, brought up to date, and locked
 * against other writers. A database that is damaged, foreign or from a newer Kindred is left untouched.
 *
 * @throws KindredError `library-in-use`, `library-newer`, `library-damaged`, `library-unreadable`, `disk-full`, or
 *   `not-found` when there is no library and none is to be made
 */
export function openLibraryDatabase(libraryPath: string, options: OpenOptions = {}): LibraryDatabase {
  const steps = options.migrations ?? migrations;
  return translating(libraryPath, () =>
    options.readOnly
      ? openReadOnly(libraryPath, steps, options.checkAll)
      : openForWriting(libraryPath, steps, options.mustExist),
  );
}

function openForWriting(libraryPath: string, steps: readonly Migration[], mustExist = false): LibraryDatabase {
  if (mustExist && !hasDatabase(libraryPath)) throw noLibrary(libraryPath);
  mkdirSync(libraryPath, { recursive: true });
  const unlock = lockLibrary(join(libraryPath, lockFile), libraryPath);
  let db: Database | undefined;
  try {
    const file = join(libraryPath, databaseFile);
    if (hasDatabase(libraryPath)) checkUntouched(file, libraryPath, steps);
    db = new Sqlite(file, { timeout: busyTimeoutMs });
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    migrate(db, steps);
    return closing(db, unlock);
  } catch (error) {
    db?.close();
    unlock();
    throw error;
  }
}

function openReadOnly(libraryPath: string, steps: readonly Migration[], checkAll = false): LibraryDatabase {
  const file = join(libraryPath, databaseFile);
  if (!hasDatabase(libraryPath)) throw noLibrary(libraryPath);
  let db = new Sqlite(file, { readonly: true, timeout: busyTimeoutMs });
  try {
    if (checkIdentity(db, libraryPath, steps) < latest(steps)) {
      // Reading needs today's tables: bring the library up to date first, which waits for nobody and asks for the lock.
      db.close();
      openForWriting(libraryPath, steps).close();
      db = new Sqlite(file, { readonly: true, timeout: busyTimeoutMs });
    }
    if (checkAll) checkPages(db, libraryPath);
    return closing(db, () => undefined);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** @throws KindredError `library-unreadable` where there can be no library, because a file is a folder or a folder a file */
function hasDatabase(libraryPath: string): boolean {
  const folder = statSync(libraryPath, { throwIfNoEntry: false });
  if (folder && !folder.isDirectory()) throw unreadable(libraryPath, 'This is a file, not a folder.');
  const file = statSync(join(libraryPath, databaseFile), { throwIfNoEntry: false });
  if (file && !file.isFile()) throw unreadable(libraryPath, `Its database ${databaseFile} is not a file.`);
  return file !== undefined;
}

function closing(db: Database, unlock: () => void): LibraryDatabase {
  return {
    db,
    close() {
      db.close();
      unlock();
    },
  };
}

function latest(steps: readonly Migration[]): number {
  return steps.at(-1)?.version ?? 0;
}

/**
 * Looks at a database before anything may write to it. A connection that may write moves the log that a killed process
 * left into the database when it is closed, even where all it did was to find it damaged.
 */
function checkUntouched(file: string, libraryPath: string, steps: readonly Migration[]): void {
  // Only a process killed before the library's very first write was done leaves a journal; undoing it takes a writer.
  const db = new Sqlite(file, { readonly: !existsSync(`${file}-journal`), timeout: busyTimeoutMs });
  try {
    const version = checkIdentity(db, libraryPath, steps);
    if (statSync(file).size <= cheapCheckBytes || version < latest(steps)) checkPages(db, libraryPath);
  } finally {
    db.close();
  }
}

/** Returns the schema's version. */
function checkIdentity(db: Database, libraryPath: string, steps: readonly Migration[]): number {
  const id = db.pragma('application_id', { simple: true }) as number;
  const version = schemaVersion(db);
  const tables = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM sqlite_schema').get()?.n ?? 0;
  const empty = id === 0 && version === 0 && tables === 0;
  if (empty) return 0;
  if (id !== applicationId) {
    throw new KindredError(
      'library-damaged',
      `${db.name} is not a Kindred library but another program's database. It was left as it is; choose another folder for the library.`,
      { path: libraryPath },
    );
  }
  if (version > latest(steps)) {
    throw new KindredError(
      'library-newer',
      `The library in ${libraryPath} was made by a newer Kindred (version ${version} of the library, this Kindred knows ${latest(steps)}). Update Kindred, or choose another library.`,
      { path: libraryPath, version },
    );
  }
  const [missing] = missingTables(db, steps);
  if (missing !== undefined) throw damaged(libraryPath, `its table ${missing} is missing`);
  return version;
}

function checkPages(db: Database, libraryPath: string): void {
  const result = db.pragma('quick_check(1)', { simple: true }) as string;
  if (result !== 'ok') throw damaged(libraryPath, result);
}

function noLibrary(libraryPath: string): KindredError {
  return new KindredError('not-found', `There is no Kindred library in ${libraryPath} yet. Scan a folder first.`, {
    path: libraryPath,
  });
}

function damaged(libraryPath: string, reason: string): KindredError {
  return new KindredError(
    'library-damaged',
    `The library's database in ${libraryPath} is damaged (${reason}). It was left as it is: put a backup in its place, or move it away and scan again.`,
    { path: libraryPath },
  );
}

function unreadable(libraryPath: string, reason: string): KindredError {
  return new KindredError('library-unreadable', `The library in ${libraryPath} cannot be opened. ${reason}`, {
    path: libraryPath,
  });
}

/** SQLite's and the file system's own errors, as what they mean for the library. */
function translating<T>(libraryPath: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof KindredError) throw error;
    const { code, message } = error as { code?: string; message: string };
    switch (code) {
      case 'SQLITE_NOTADB':
        throw damaged(libraryPath, 'the file is not a database');
      case 'SQLITE_FULL':
      case 'ENOSPC':
        throw new KindredError('disk-full', `The disk is full: the library in ${libraryPath} cannot be opened.`);
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
      case 'ENOTDIR':
      case 'EEXIST':
      case 'SQLITE_READONLY':
      case 'SQLITE_READONLY_DIRECTORY':
        throw unreadable(libraryPath, `Kindred cannot write there (${message}).`);
    }
    if (code?.startsWith('SQLITE_CORRUPT') || code?.startsWith('SQLITE_IOERR')) throw damaged(libraryPath, message);
    if (code?.startsWith('SQLITE_CANTOPEN')) {
      throw unreadable(libraryPath, `Kindred is not allowed to read or write its database ${databaseFile}.`);
    }
    throw error;
  }
}
