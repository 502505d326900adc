import Sqlite, { type Database } from 'better-sqlite3';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { KindredError } from '../contract/errors.ts';

/** One step of the schema. Once released it is never edited: a later change is a later migration. */
export interface Migration {
  /** 1, 2, 3, ...: what `PRAGMA user_version` says after this step. */
  version: number;
  sql: string;
}

/** "KNDR": tells a Kindred library from any other SQLite database. */
export const applicationId = 0x4b4e4452;

/** Version of the schema in an open database; 0 for an empty one. */
export function schemaVersion(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/**
 * Tables and views that a database of this version has, and `db` has not: somebody else has been at work there.
 *
 * @param migrations in ascending order of version
 */
export function missingTables(db: Database, migrations: readonly Migration[]): string[] {
  const version = schemaVersion(db);
  const model = new Sqlite(':memory:');
  try {
    for (const migration of migrations) if (migration.version <= version) model.exec(migration.sql);
    const present = new Set(tableNames(db));
    return tableNames(model).filter((name) => !present.has(name));
  } finally {
    model.close();
  }
}

function tableNames(db: Database): string[] {
  const rows = db.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").all();
  return rows.map(({ name }) => name);
}

/**
 * Brings the schema up to the last migration, each step in a transaction of its own. An existing database is first
 * copied to `<file>.backup-v<version>`, which stays there.
 *
 * @param migrations in ascending order of version, without gaps
 * @throws KindredError `disk-full` when there is no room for the backup or the new tables
 */
export function migrate(db: Database, migrations: readonly Migration[]): void {
  const version = schemaVersion(db);
  const due = migrations.filter((migration) => migration.version > version);
  if (due.length === 0) return;
  if (version > 0) backup(db, version);
  for (const migration of due) {
    db.transaction(() => {
      db.exec(migration.sql);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${migration.version}`);
    }).exclusive();
  }
}

/** Made under another name first, so that a backup that exists is a whole one. */
function backup(db: Database, version: number): void {
  const target = `${db.name}.backup-v${version}`;
  // An earlier attempt at this very migration has saved the same contents already.
  if (existsSync(target)) return;
  const unfinished = `${target}.tmp`;
  try {
    rmSync(unfinished, { force: true });
    db.prepare('VACUUM INTO ?').run(unfinished);
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new KindredError(
      'disk-full',
      `The library could not be backed up before its update, so it was left as it is. Is the disk full? (${String(error)})`,
      { path: target },
    );
  }
}
