import type { Database, Statement } from 'better-sqlite3';

/**
 * A statement as a module-level constant: prepared at its first use on a connection and kept for as long as the
 * connection lives, so that plain functions taking a `Database` cost no parsing per call.
 */
export function statement<Params extends unknown[], Row = unknown>(
  sql: string,
): (db: Database) => Statement<Params, Row> {
  const prepared = new WeakMap<Database, Statement<Params, Row>>();
  return (db) => {
    let found = prepared.get(db);
    if (!found) {
      found = db.prepare<Params, Row>(sql);
      prepared.set(db, found);
    }
    return found;
  };
}
