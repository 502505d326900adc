import type { Database } from 'better-sqlite3';
import type { LearningReport, RunKind } from '../contract/learning.ts';
import { statement } from '../store/statement.ts';

/** `done`: its version passed the gate. */
export type RunState = 'running' | 'paused' | 'done' | 'refused' | 'failed' | 'cancelled';

/** What a run is started with. */
export interface RunOptions {
  seed: number;
}

export interface StoredRun {
  id: number;
  /** ISO time. */
  started: string;
  state: RunState;
  kind: RunKind;
  options: RunOptions;
  /** The last entry of the history that it takes into account. */
  lastDecision: number;
  /** Seconds of work. */
  seconds: number;
  /** What came of it. */
  version: string | null;
  /** Why it failed. */
  message: string | null;
}

/** All of a report but what can change later. */
export type StoredReport = Omit<LearningReport, 'version'>;

const columns = 'id, started, state, kind, options, last_decision AS lastDecision, seconds, version, message';
const lastRow = statement<[], Omit<StoredRun, 'options'> & { options: string }>(
  `SELECT ${columns} FROM training_runs ORDER BY id DESC LIMIT 1`,
);
const insertRow = statement<[string, string, string, number]>(
  `INSERT INTO training_runs (started, state, kind, options, last_decision) VALUES (?, 'running', ?, ?, ?)`,
);
const setState = statement<[string, number, number]>('UPDATE training_runs SET state = ?, seconds = ? WHERE id = ?');
const setFailure = statement<[string, string, number]>('UPDATE training_runs SET state = ?, message = ? WHERE id = ?');
const setResult = statement<[string, string, string, number]>(
  'UPDATE training_runs SET state = ?, version = ?, report = ? WHERE id = ?',
);
const reportRow = statement<[string], { report: string | null }>(
  'SELECT report FROM training_runs WHERE version = ? ORDER BY id DESC LIMIT 1',
);
const dropReport = statement<[string]>('UPDATE training_runs SET report = NULL WHERE version = ?');
const lastDone = statement<[], { lastDecision: number }>(`
  SELECT last_decision AS lastDecision FROM training_runs WHERE state IN ('done', 'refused') ORDER BY id DESC LIMIT 1`);
const meanSeconds = statement<[string], { seconds: number | null }>(`
  SELECT avg(seconds) AS seconds FROM (
    SELECT seconds FROM training_runs WHERE kind = ? AND state IN ('done', 'refused') ORDER BY id DESC LIMIT 3)`);

export function startRun(
  db: Database,
  run: { started: string; kind: RunKind; options: RunOptions; lastDecision: number },
): number {
  const { lastInsertRowid } = insertRow(db).run(run.started, run.kind, JSON.stringify(run.options), run.lastDecision);
  return Number(lastInsertRowid);
}

/** The newest run, whatever came of it. */
export function lastRun(db: Database): StoredRun | undefined {
  const row = lastRow(db).get();
  return row && { ...row, options: JSON.parse(row.options) as RunOptions };
}

export function setRunState(db: Database, id: number, state: RunState, seconds: number): void {
  setState(db).run(state, seconds, id);
}

/** @param message in plain words */
export function failRun(db: Database, id: number, message: string): void {
  setFailure(db).run('failed', message, id);
}

export function finishRun(
  db: Database,
  id: number,
  state: 'done' | 'refused',
  version: string,
  report: StoredReport,
): void {
  setResult(db).run(state, version, JSON.stringify(report), id);
}

/** The report of the run that a version came of. */
export function readReport(db: Database, version: string): StoredReport | undefined {
  const report = reportRow(db).get(version)?.report ?? null;
  return report === null ? undefined : (JSON.parse(report) as StoredReport);
}

export function deleteReport(db: Database, version: string): void {
  dropReport(db).run(version);
}

/** The last entry of the history that the last finished run took into account; 0 where there was none. */
export function lastLearnedDecision(db: Database): number {
  return lastDone(db).get()?.lastDecision ?? 0;
}

/** Of the last runs of this kind; undefined where there was none. */
export function usualSeconds(db: Database, kind: RunKind): number | undefined {
  return meanSeconds(db).get(kind)?.seconds ?? undefined;
}
