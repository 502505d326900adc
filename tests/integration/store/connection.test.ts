import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { KindredError } from '../../../app/contract/errors.ts';
import { openLibraryDatabase, type OpenOptions } from '../../../app/store/connection.ts';
import type { Migration } from '../../../app/store/migrate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const first: Migration = { version: 1, sql: 'CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL)' };
const second: Migration = { version: 2, sql: `ALTER TABLE notes ADD COLUMN mood TEXT NOT NULL DEFAULT 'good'` };
const broken: Migration = { version: 3, sql: 'CREATE TABLE extra (id INTEGER); INSERT INTO nowhere VALUES (1)' };

function failureOf(libraryPath: string, options?: OpenOptions): KindredError {
  try {
    openLibraryDatabase(libraryPath, options).close();
  } catch (error) {
    if (error instanceof KindredError) return error;
    throw error;
  }
  throw new Error('the library was opened');
}

/** A library with one note in the schema of `first`. */
async function libraryOfVersion1(): Promise<string> {
  const folder = await temporaryFolder();
  const { db, close } = openLibraryDatabase(folder, { migrations: [first] });
  db.prepare('INSERT INTO notes (body) VALUES (?)').run('keep me');
  close();
  return folder;
}

describe('openLibraryDatabase', () => {
  it('makes a library where there is none, with the settings that the design asks for', async () => {
    const folder = join(await temporaryFolder(), 'new', 'library');
    const { db, close } = openLibraryDatabase(folder);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(db.pragma('synchronous', { simple: true })).toBe(1);
    expect(db.pragma('application_id', { simple: true })).toBe(0x4b4e4452);
    close();
    openLibraryDatabase(folder).close();
    expect((await readdir(folder)).filter((name) => name.includes('backup'))).toEqual([]);
  });

  it('backs an existing library up before it is migrated, and keeps the backup', async () => {
    const folder = await libraryOfVersion1();
    const { db, close } = openLibraryDatabase(folder, { migrations: [first, second] });
    expect(db.prepare('SELECT body, mood FROM notes').all()).toEqual([{ body: 'keep me', mood: 'good' }]);
    close();
    const backup = new Sqlite(join(folder, 'kindred.db.backup-v1'), { readonly: true });
    expect(backup.pragma('user_version', { simple: true })).toBe(1);
    expect(backup.prepare('SELECT * FROM notes').all()).toEqual([{ id: 1, body: 'keep me' }]);
    backup.close();
  });

  it('leaves a library as it was when a migration fails', async () => {
    const folder = await libraryOfVersion1();
    expect(() => openLibraryDatabase(folder, { migrations: [first, second, broken] })).toThrow(/nowhere/);
    const { db, close } = openLibraryDatabase(folder, { migrations: [first, second] });
    expect(db.pragma('user_version', { simple: true })).toBe(2);
    expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'extra'").all()).toEqual([]);
    expect(db.prepare('SELECT body FROM notes').all()).toEqual([{ body: 'keep me' }]);
    close();
  });

  it('refuses a library of a newer Kindred and leaves every byte of it', async () => {
    const folder = await temporaryFolder();
    openLibraryDatabase(folder, { migrations: [first, second] }).close();
    const before = await readFile(join(folder, 'kindred.db'));
    for (const readOnly of [false, true]) {
      const error = failureOf(folder, { migrations: [first], readOnly });
      expect(error.kind).toBe('library-newer');
      expect(error.message).toMatch(/newer Kindred/);
    }
    expect((await readFile(join(folder, 'kindred.db'))).equals(before)).toBe(true);
  });

  it.each(['text', 'zeros', 'cut', 'scribbled', 'foreign', 'stripped'])(
    'refuses a %s database and leaves every byte',
    async (way) => {
      const folder = await temporaryFolder();
      const file = join(folder, 'kindred.db');
      if (way === 'text') await writeFile(file, 'this is a shopping list, not a database\n'.repeat(200));
      else if (way === 'zeros') await writeFile(file, Buffer.alloc(8192));
      else if (way === 'foreign') new Sqlite(file).exec('CREATE TABLE bookmarks (url TEXT)').close();
      else {
        const { db, close } = openLibraryDatabase(folder);
        const insert = db.prepare('INSERT INTO folders (path) VALUES (?)');
        for (let i = 0; i < 2000; i++) insert.run(`/photos/${i}`);
        close();
        if (way === 'stripped') new Sqlite(file).exec('DROP TABLE embeddings').close();
        else if (way === 'cut') await truncate(file, 40_000);
        else {
          const bytes = await readFile(file);
          await writeFile(file, bytes.fill(0xa5, 8192, bytes.length - 4096));
        }
      }
      const before = await readFile(file);
      for (const readOnly of [false, true]) {
        const error = failureOf(folder, { readOnly, checkAll: true });
        expect(error.kind).toBe('library-damaged');
        expect(error.message).toMatch(/It was left as it is/);
      }
      expect((await readFile(file)).equals(before)).toBe(true);
    },
  );

  it('leaves what a killed process was writing beside a damaged database', async () => {
    const folder = await temporaryFolder();
    const script = `
      import { openLibraryDatabase } from '${resolve('app/store/connection.ts')}';
      const { db } = openLibraryDatabase(process.argv[1]);
      const insert = db.prepare('INSERT INTO folders (path) VALUES (?)');
      for (let i = 0; i < 2000; i++) insert.run('/photos/' + i);
      db.pragma('wal_checkpoint(TRUNCATE)');
      insert.run('/not yet in the database');
      process.kill(process.pid, 'SIGKILL');`;
    await once(spawn(process.execPath, ['--input-type=module-typescript', '-e', script, folder]), 'exit');
    const [file, log] = [join(folder, 'kindred.db'), join(folder, 'kindred.db-wal')];
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xa5, 8192, bytes.length - 4096));
    const before = [await readFile(file), await readFile(log)];
    expect(before[1]!.length).toBeGreaterThan(0);
    expect(failureOf(folder).kind).toBe('library-damaged');
    expect([await readFile(file), await readFile(log)]).toEqual(before);
  });

  it('says so when there is nothing to read, and makes nothing', async () => {
    const folder = await temporaryFolder();
    expect(failureOf(folder, { readOnly: true }).kind).toBe('not-found');
    expect(await readdir(folder)).toEqual([]);
  });

  it('says so when the library cannot be where it is asked to be', async () => {
    const file = join(await temporaryFolder(), 'a file');
    await writeFile(file, '');
    expect(failureOf(file).kind).toBe('library-unreadable');
    expect(failureOf(file, { readOnly: true }).kind).toBe('library-unreadable');
    expect(failureOf(join(file, 'below')).kind).toBe('library-unreadable');
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'kindred.db'));
    for (const readOnly of [false, true]) expect(failureOf(folder, { readOnly }).kind).toBe('library-unreadable');
  });

  it('lets one write and others read meanwhile', async () => {
    const folder = await temporaryFolder();
    const writer = openLibraryDatabase(folder);
    expect(failureOf(folder).kind).toBe('library-in-use');
    writer.db.prepare('INSERT INTO folders (path) VALUES (?)').run('/photos');
    const reader = openLibraryDatabase(folder, { readOnly: true });
    expect(reader.db.prepare('SELECT path FROM folders').all()).toEqual([{ path: '/photos' }]);
    expect(() => reader.db.prepare('DELETE FROM folders').run()).toThrow(/readonly/);
    reader.close();
    writer.close();
    openLibraryDatabase(folder).close();
  });

  it('brings an older library up to date for a reader, unless it is in use', async () => {
    const folder = await libraryOfVersion1();
    const writer = openLibraryDatabase(folder, { migrations: [first] });
    expect(failureOf(folder, { migrations: [first, second], readOnly: true }).kind).toBe('library-in-use');
    writer.close();
    const reader = openLibraryDatabase(folder, { migrations: [first, second], readOnly: true });
    expect(reader.db.prepare('SELECT mood FROM notes').all()).toEqual([{ mood: 'good' }]);
    reader.close();
    expect(existsSync(join(folder, 'kindred.db.backup-v1'))).toBe(true);
  });

  it('is free again, with all that was committed, as soon as the process that had it was killed', async () => {
    const folder = await temporaryFolder();
    const script = `
      import { openLibraryDatabase } from '${resolve('app/store/connection.ts')}';
      const { db } = openLibraryDatabase(process.argv[1]);
      db.prepare('INSERT INTO folders (path) VALUES (?)').run('/photos');
      db.exec('BEGIN');
      db.prepare('INSERT INTO folders (path) VALUES (?)').run('/half done');
      console.log('open');
      setInterval(() => db.open, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(failureOf(folder).kind).toBe('library-in-use');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { db, close } = openLibraryDatabase(folder);
    expect(db.prepare('SELECT path FROM folders').all()).toEqual([{ path: '/photos' }]);
    close();
  });

  it('keeps what the user said from being changed or deleted', async () => {
    const { db, close } = openLibraryDatabase(await temporaryFolder());
    db.prepare("INSERT INTO decisions (at, kind, body) VALUES ('2026-01-01', 'name', '{}')").run();
    expect(() => db.prepare('DELETE FROM decisions').run()).toThrow(/never deleted/);
    expect(() => db.prepare("UPDATE decisions SET body = '[]'").run()).toThrow(/never changed/);
    close();
  });
});
