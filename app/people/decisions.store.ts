import type { Database } from 'better-sqlite3';
import { statement } from '../store/statement.ts';
import { parseDecision, type Decision, type NewDecision } from './decisions.ts';

const allDecisions = statement<[], { id: number; at: string; kind: string; body: string }>(
  'SELECT id, at, kind, body FROM decisions ORDER BY id',
);
const appendRow = statement<[string, string, string]>('INSERT INTO decisions (at, kind, body) VALUES (?, ?, ?)');

/** The log of what the user said, in the order in which it was said. */
export function listDecisions(db: Database): Decision[] {
  return allDecisions(db).all().map(parseDecision);
}

/** Adds to the log; nothing is ever changed or removed there. */
export function appendDecision(db: Database, decision: NewDecision, at: Date): Decision {
  const { kind, ...body } = decision;
  const time = at.toISOString();
  const { lastInsertRowid } = appendRow(db).run(time, kind, JSON.stringify(body));
  return { ...decision, id: Number(lastInsertRowid), at: time };
}
