import type { Database } from 'better-sqlite3';
import { statement } from '../store/statement.ts';

/** The last grouping of a library. */
export interface StoredGroups {
  /** What it was computed from; a grouping of anything else is out of date. */
  fingerprint: string;
  /** Face ids, ascending. */
  faceIds: number[];
  /** For each face the smallest face id of its group. */
  labels: number[];
  /** For each face the squared L2 distance (0..4) to the centre of its group. */
  centreDistances: number[];
}

const allRows = statement<[], { faceId: number; label: number; centreDistance: number }>(
  'SELECT face_id AS faceId, label, centre_distance AS centreDistance FROM groups ORDER BY face_id',
);
const fingerprintRow = statement<[], { fingerprint: string }>('SELECT fingerprint FROM grouping');
const deleteRows = statement<[]>('DELETE FROM groups');
const deleteFingerprint = statement<[]>('DELETE FROM grouping');
const insertRow = statement<[number, number, number]>(
  'INSERT INTO groups (face_id, label, centre_distance) VALUES (?, ?, ?)',
);
const insertFingerprint = statement<[string]>('INSERT INTO grouping (fingerprint) VALUES (?)');

/** The last grouping that was saved, or undefined before the first. */
export function readGroups(db: Database): StoredGroups | undefined {
  const row = fingerprintRow(db).get();
  if (!row) return undefined;
  const rows = allRows(db).all();
  return {
    fingerprint: row.fingerprint,
    faceIds: rows.map(({ faceId }) => faceId),
    labels: rows.map(({ label }) => label),
    centreDistances: rows.map(({ centreDistance }) => centreDistance),
  };
}

/** Replaces the saved grouping, so that the next start need not wait for a new one. */
export function saveGroups(db: Database, groups: StoredGroups): void {
  db.transaction(() => {
    deleteRows(db).run();
    deleteFingerprint(db).run();
    groups.faceIds.forEach((faceId, i) => {
      insertRow(db).run(faceId, groups.labels[i]!, groups.centreDistances[i]!);
    });
    insertFingerprint(db).run(groups.fingerprint);
  })();
}
