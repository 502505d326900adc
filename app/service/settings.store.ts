import type { Database } from 'better-sqlite3';
import { statement } from '../store/statement.ts';

const valueByKey = statement<[string], { value: string }>('SELECT value FROM settings WHERE key = ?');
const upsert = statement<[string, string]>(
  'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
);

/** A small value that belongs to a library. */
export function readSetting(db: Database, key: string): string | undefined {
  return valueByKey(db).get(key)?.value;
}

export function writeSetting(db: Database, key: string, value: string): void {
  upsert(db).run(key, value);
}
