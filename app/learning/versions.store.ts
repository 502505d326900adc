import type { Database } from 'better-sqlite3';
import type { VersionStatus } from '../contract/learning.ts';
import type { VersionInfo } from '../faces/models/version-file.ts';
import { statement } from '../store/statement.ts';

/** A model version of a library. */
export interface StoredVersion {
  id: string;
  /** In the order in which they came, from 1. */
  number: number;
  status: VersionStatus;
  /** It came from a file. */
  imported: boolean;
  /** The name of its embeddings, see `pipelineOf`. */
  model: string;
  info: VersionInfo;
  /** Of its file; 0 where there is none any more. */
  bytes: number;
  /** What was in use before it was last activated; null for the models as they came, undefined where it never was. */
  replaced: string | null | undefined;
}

interface Row {
  id: string;
  number: number;
  status: string;
  imported: number;
  model: string;
  info: string;
  bytes: number;
  replaced: string | null;
}

const columns = 'id, number, status, imported, model, info, bytes, replaced';
const allRows = statement<[], Row>(
  `SELECT ${columns} FROM model_versions WHERE status <> 'removing' ORDER BY number DESC`,
);
const removingRows = statement<[], { id: string; model: string }>(
  `SELECT id, model FROM model_versions WHERE status = 'removing'`,
);
const upsert = statement<[string, string, string, number, string, string, number]>(`
  INSERT INTO model_versions (id, number, kind, status, imported, model, info, bytes)
    VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM model_versions), ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    status = excluded.status, imported = excluded.imported, info = excluded.info, bytes = excluded.bytes`);
const setStatus = statement<[string, string]>('UPDATE model_versions SET status = ? WHERE id = ?');
const dropFile = statement<[string, string]>('UPDATE model_versions SET status = ?, bytes = 0 WHERE id = ?');
const setReplaced = statement<[string, string]>('UPDATE model_versions SET replaced = ? WHERE id = ?');
const deleteRow = statement<[string]>('DELETE FROM model_versions WHERE id = ?');
const deleteEmbeddings = statement<[string, number, number]>(
  'DELETE FROM embeddings WHERE model = ? AND face_id >= ? AND face_id < ?',
);
const deleteFeatures = statement<[string, number, number]>(
  'DELETE FROM features WHERE model = ? AND face_id >= ? AND face_id < ?',
);
const deleteAnalyses = statement<[string]>('DELETE FROM analyses WHERE model = ?');
const lastFace = statement<[], { id: number | null }>('SELECT max(id) AS id FROM faces');

/** Newest first. */
export function listVersions(db: Database): StoredVersion[] {
  return allRows(db)
    .all()
    .map(({ status, imported, info, replaced, ...row }) => ({
      ...row,
      status: status as VersionStatus,
      imported: imported === 1,
      info: JSON.parse(info) as VersionInfo,
      replaced: replaced === null ? undefined : replaced === '' ? null : replaced,
    }));
}

/** Adds a version, or takes the place of what is left of one that was refused or discarded. */
export function saveVersion(
  db: Database,
  info: VersionInfo,
  { status, imported, model, bytes }: Pick<StoredVersion, 'status' | 'imported' | 'model' | 'bytes'>,
): void {
  upsert(db).run(info.id, info.kind, status, Number(imported), model, JSON.stringify(info), bytes);
}

export function setVersionStatus(db: Database, id: string, status: VersionStatus | 'removing'): void {
  setStatus(db).run(status, id);
}

/** Its file is gone. */
export function setVersionGone(db: Database, id: string, status: VersionStatus): void {
  dropFile(db).run(status, id);
}

/** @param before what was in use; null for the models as they came */
export function rememberReplaced(db: Database, id: string, before: string | null): void {
  setReplaced(db).run(before ?? '', id);
}

/** Versions whose removal was begun. */
export function versionsToRemove(db: Database): { id: string; model: string }[] {
  return removingRows(db).all();
}

export function deleteVersion(db: Database, id: string): void {
  deleteRow(db).run(id);
}

/**
 * Removes a model's embeddings and features of some faces; and with the last ones, which photos it has read.
 *
 * @param first id of a face to begin with
 * @returns the face to go on with; null where none is left
 */
export function deleteVectors(db: Database, model: string, first: number, count: number): number | null {
  const end = first + count;
  return db.transaction(() => {
    // First, so that no photo counts as read whose faces are gone.
    if (first === 0) deleteAnalyses(db).run(model);
    deleteEmbeddings(db).run(model, first, end);
    deleteFeatures(db).run(model, first, end);
    return end > (lastFace(db).get()?.id ?? 0) ? null : end;
  })();
}
