import type { Database } from 'better-sqlite3';
import type { HistoryEntry } from '../contract/dto.ts';
import { readLog, type DecisionLog } from '../people/decision-log.ts';
import { facesIn, type Decision, type NewDecision, type Statement } from '../people/decisions.ts';
import { appendDecision, listDecisions } from '../people/decisions.store.ts';
import { gatherKnown, type Known } from '../people/known-people.ts';
import { describeStatement } from '../people/wording.ts';

/** The log of decisions of an open library, read once and kept in step with what is appended. */
export interface DecisionHistory {
  log(): DecisionLog;
  /** What the decisions that stand add up to. */
  known(): Known;
  append(decision: NewDecision): Decision;
  /** Statements as lines to read, oldest first. */
  entries(): HistoryEntry[];
  entry(id: number): HistoryEntry | undefined;
}

/** Crops beside a line of the history. */
const shownFaces = 8;

export function openDecisionHistory(db: Database): DecisionHistory {
  const decisions = listDecisions(db);
  let log: DecisionLog | undefined;
  let known: Known | undefined;

  const readNow = (): DecisionLog => (log ??= readLog(decisions));

  // A line speaks of what was said before it only, so it is never another one later.
  const lines: Omit<HistoryEntry, 'active'>[] = [];
  const lineOf = new Map<number, number>();
  const names = new Map<string, string>();

  function describeNew(): void {
    const { statements } = readNow();
    for (const statement of statements.slice(lines.length)) {
      const text = describeStatement(statement, (person) => names.get(person) ?? '');
      if (statement.kind === 'name') names.set(statement.person ?? `p${statement.id}`, statement.name);
      const { id, at } = statement;
      lineOf.set(id, lines.push({ id, at, text, faceIds: shown(statement) }) - 1);
    }
  }

  const entryOf = (line: Omit<HistoryEntry, 'active'>): HistoryEntry => {
    return { ...line, active: readNow().stands.has(line.id) };
  };

  return {
    log: readNow,
    known: () => (known ??= gatherKnown(readNow().standing)),
    append(decision) {
      const appended = appendDecision(db, decision, new Date());
      decisions.push(appended);
      log = known = undefined;
      return appended;
    },
    entries() {
      describeNew();
      return lines.map(entryOf);
    },
    entry(id) {
      describeNew();
      const line = lines[lineOf.get(id) ?? -1];
      return line && entryOf(line);
    },
  };
}

function shown(statement: Statement): number[] {
  return [...new Set(facesIn(statement))].slice(0, shownFaces);
}
