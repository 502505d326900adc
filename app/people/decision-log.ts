import type { Decision, Statement } from './decisions.ts';

/** The log as it stands after every undo and redo. */
export interface DecisionLog {
  /** Statements that hold, in the order in which they were made. */
  standing: Statement[];
  /** Ids of those. */
  stands: Set<number>;
  /** All statements, oldest first. */
  statements: Statement[];
  /** Ids of the statements that undo would take back one by one, the last one last. */
  undoable: number[];
  /** What redo would bring back, step by step, the next step last. */
  redoable: number[][];
}

/**
 * Reads the log: undo and redo are entries too, so nothing is ever taken out of it.
 *
 * @param decisions in the order of their ids
 */
export function readLog(decisions: readonly Decision[]): DecisionLog {
  const statements: Statement[] = [];
  const stands = new Set<number>();
  let redoable: number[][] = [];
  for (const decision of decisions) {
    if (decision.kind === 'undo') {
      for (const id of decision.entries) stands.delete(id);
      redoable.push(decision.entries);
    } else if (decision.kind === 'redo') {
      for (const id of decision.entries) stands.add(id);
      redoable = redoable.filter((entries) => entries.join() !== decision.entries.join());
    } else {
      statements.push(decision as Statement);
      stands.add(decision.id);
      redoable = [];
    }
  }
  const undoable = statements.filter(({ id }) => stands.has(id)).map(({ id }) => id);
  // What was replaced does not come back when the same happens to what replaced it: nobody has asked for it again. And
  // nothing makes room for itself beforehand.
  const replaced = statements.flatMap(({ id, instead = [] }) =>
    stands.has(id) ? instead.filter((other) => other < id) : [],
  );
  for (const id of replaced) stands.delete(id);
  return {
    standing: statements.filter(({ id }) => stands.has(id)),
    stands,
    statements,
    undoable,
    redoable,
  };
}
