import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLog } from '../../../app/people/decision-log.ts';
import type { NewDecision } from '../../../app/people/decisions.ts';
import { logOf } from './decided-faces.ts';

const said: NewDecision = { kind: 'same', faces: [1, 2] };
const undo = (...entries: number[]): NewDecision => ({ kind: 'undo', entries });
const redo = (...entries: number[]): NewDecision => ({ kind: 'redo', entries });

function standingIn(...decisions: readonly NewDecision[]): number[] {
  return readLog(logOf(...decisions)).standing.map(({ id }) => id);
}

describe('readLog', () => {
  it('takes back and brings back one by one, across many steps', () => {
    const log = readLog(logOf(said, said, said, undo(3), undo(2), redo(2)));
    expect(log.standing.map(({ id }) => id)).toEqual([1, 2]);
    expect(log.statements.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(log.undoable).toEqual([1, 2]);
    expect(log.redoable).toEqual([[3]]);
  });

  it('forgets what could be done again when something new is said', () => {
    expect(readLog(logOf(said, said, undo(2), undo(1), said))).toMatchObject({ undoable: [5], redoable: [] });
  });

  it('takes back an entry in the middle, and many at once', () => {
    expect(standingIn(said, said, said, undo(2))).toEqual([1, 3]);
    expect(standingIn(said, said, said, undo(2), undo(3), redo(3), redo(2))).toEqual([1, 2, 3]);
    const jumped = [said, said, said, said, undo(2, 3, 4)];
    expect(standingIn(...jumped)).toEqual([1]);
    expect(readLog(logOf(...jumped)).redoable).toEqual([[2, 3, 4]]);
    expect(standingIn(...jumped, redo(2, 3, 4))).toEqual([1, 2, 3, 4]);
  });

  it('lets an entry take the place of others while it stands', () => {
    const instead = (...entries: number[]): NewDecision => ({ kind: 'same', faces: [1, 2], instead: entries });
    expect(standingIn(said, said, instead(1, 2))).toEqual([3]);
    expect(standingIn(said, said, instead(1, 2), undo(3))).toEqual([1, 2]);
    expect(standingIn(said, said, instead(1, 2), undo(3), redo(3))).toEqual([3]);
    // What was replaced does not come back with the next replacement, only when its own is undone.
    expect(standingIn(said, instead(1), instead(2))).toEqual([3]);
    expect(standingIn(said, instead(1), instead(2), undo(3))).toEqual([2]);
    expect(standingIn(said, instead(1), instead(2), undo(3), undo(2))).toEqual([1]);
    // What is said later cannot be replaced beforehand.
    expect(standingIn(instead(1, 2, 3), said, said)).toEqual([1, 2, 3]);
  });

  it('undoes a replacement before what it replaced', () => {
    const { undoable } = readLog(logOf(said, { kind: 'same', faces: [1, 2], instead: [1] }));
    expect(undoable).toEqual([1, 2]);
  });

  it('is two stacks, whatever is said, undone and done again', () => {
    const steps = fc.array(fc.constantFrom('say', 'undo', 'redo', 'jump'), { maxLength: 40 });
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.nat(5)), (commands, numbers) => {
        const decisions: NewDecision[] = [];
        let done: number[] = [];
        let undone: number[][] = [];
        for (const command of commands) {
          const id = decisions.length + 1;
          if (command === 'say') {
            decisions.push(said);
            [done, undone] = [[...done, id], []];
          } else if (command === 'redo') {
            const step = undone.pop();
            if (!step) continue;
            decisions.push(redo(...step));
            done = [...done, ...step].sort((a, b) => a - b);
          } else {
            const count = command === 'undo' ? 1 : 1 + Number(numbers.next().value);
            const step = done.slice(-count);
            if (step.length === 0) continue;
            decisions.push(undo(...step));
            done = done.slice(0, -count);
            undone.push(step);
          }
          const log = readLog(logOf(...decisions));
          expect(log.standing.map((statement) => statement.id)).toEqual(done);
          expect(log.undoable).toEqual(done);
          expect(log.redoable).toEqual(undone);
        }
      }),
    );
  });
});
