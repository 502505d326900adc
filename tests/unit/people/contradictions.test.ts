import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkStatement } from '../../../app/people/contradictions.ts';
import type { NewStatement, Statement } from '../../../app/people/decisions.ts';
import { gatherKnown, type Known } from '../../../app/people/known-people.ts';
import { createRandom } from '../../support/random.ts';
import { standing } from './decided-faces.ts';

const same = (a: number, b: number): NewStatement => ({ kind: 'same', faces: [a, b] });
const different = (face: number, ...faces: number[]): NewStatement => ({ kind: 'different', face, faces, people: [] });
const ana: NewStatement = { kind: 'name', person: null, face: 10, name: 'Ana' };
const bo: NewStatement = { kind: 'name', person: null, face: 20, name: 'Bo' };
const is = (person: string | null, face: number, ...faces: number[]): NewStatement => {
  return { kind: 'is', person, face, faces };
};

function conflictOf(statement: NewStatement, ...said: readonly NewStatement[]): number[] | undefined {
  return checkStatement(standing(...said), statement).conflict?.entries;
}

describe('checkStatement', () => {
  it('finds A same B, B same C, A different C, whichever is said last', () => {
    expect(checkStatement(standing(same(1, 2), same(2, 3)), different(1, 3)).conflict).toEqual({
      entries: [2],
      faces: expect.arrayContaining([1, 2, 3]),
    });
    expect(conflictOf(same(2, 3), same(1, 2), different(1, 3))).toEqual([2]);
    expect(conflictOf(same(1, 2), different(1, 3), same(2, 3))).toEqual([1]);
    expect(conflictOf(different(3, 1), is(null, 1, 2), same(2, 3))).toEqual([2]);
  });

  it('finds what is told by way of named people', () => {
    // Two people who have names are two people, until they are merged.
    expect(conflictOf(same(10, 20), ana, bo)).toEqual([2]);
    expect(conflictOf(same(11, 21), ana, bo, is('p1', 10, 11), is('p2', 20, 21))).toEqual([4]);
    expect(conflictOf({ kind: 'merge', into: 'p1', from: 'p2' }, ana, bo, different(10, 20))).toEqual([3]);
    expect(conflictOf({ kind: 'is-not', person: 'p1', faces: [12] }, ana, is('p1', 10, 11), same(11, 12))).toEqual([3]);
    const notAna: NewStatement = { kind: 'different', face: 5, faces: [], people: ['p1'] };
    expect(conflictOf(same(5, 11), ana, notAna, is('p1', 10, 11))).toEqual([2]);
  });

  it('finds nothing where nothing is', () => {
    expect(conflictOf(different(1, 4), same(1, 2), same(2, 3))).toBeUndefined();
    expect(conflictOf(same(10, 20), ana, bo, { kind: 'merge', into: 'p1', from: 'p2' })).toBeUndefined();
    // The last word about who a face is wins without a question: people change their mind.
    expect(conflictOf(is('p2', 20, 11), ana, bo, is('p1', 10, 11))).toBeUndefined();
    expect(conflictOf({ kind: 'is-not', person: 'p1', faces: [11] }, ana, is('p1', 10, 11))).toBeUndefined();
    expect(conflictOf({ kind: 'not-a-face', faces: [1] }, same(1, 2))).toBeUndefined();
  });

  it('lets a face leave a group that was put together as a whole', () => {
    const together: NewStatement = { kind: 'together', faces: [1, 2, 3] };
    const { statement, conflict } = checkStatement(standing(together), { kind: 'leave', faces: [2], from: 1 });
    expect(conflict).toBeNull();
    expect(statement.releases).toEqual([1]);
    // But not where the very pair was spoken of.
    expect(conflictOf({ kind: 'leave', faces: [2], from: 1 }, together, same(1, 2))).toEqual([2]);
    expect(conflictOf(different(1, 2), together)).toEqual([1]);
    const named = checkStatement(standing(together, is(null, 1, 9), bo), is('p3', 20, 2));
    expect(named).toMatchObject({ conflict: null, statement: { releases: [1] } });
  });

  it('does not count what the statement takes the place of', () => {
    const said = standing(same(1, 2), same(2, 3));
    expect(checkStatement(said, { ...different(1, 3), instead: [2] })).toEqual({
      statement: { ...different(1, 3), instead: [2] },
      conflict: null,
    });
  });

  it('finds exactly what a search of all ties finds, and room when that is taken back', () => {
    let contradictory = 0;
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 14 }), (seed, length) => {
        const random = createRandom(seed);
        const below = (limit: number): number => Math.floor(random() * limit);
        const said: Statement[] = [];
        while (said.length < length) {
          const [a, b] = [below(9), below(9)];
          if (a === b) continue;
          const known = gatherKnown(said).people;
          const person = known[below(known.length)]?.id ?? null;
          const wanted: NewStatement[] = [
            same(a, b),
            different(a, b),
            is(random() < 0.5 ? null : person, known.find(({ id }) => id === person)?.confirmed[0] ?? a, b),
            { kind: 'name', person: null, face: a, name: 'Ana' },
            { kind: 'leave', faces: [a], from: b },
            ...(person === null ? [] : [{ kind: 'is-not' as const, person, faces: [a] }]),
            ...(known.length < 2 ? [] : [{ kind: 'merge' as const, into: known[0]!.id, from: known.at(-1)!.id }]),
          ];
          const statement = wanted[below(wanted.length)]!;
          const entry = { ...statement, id: said.length + 1, at: '' };
          const { conflict } = checkStatement(said, statement);
          expect(conflict !== null).toBe(isContradictory(gatherKnown([...said, entry])));
          if (!conflict) {
            said.push(entry);
            continue;
          }
          contradictory += 1;
          expect(conflict.faces.length).toBeGreaterThan(1);
          const made = said.filter(({ id }) => !conflict.entries.includes(id));
          expect(isContradictory(gatherKnown([...made, entry]))).toBe(false);
          expect(checkStatement(said, { ...statement, instead: conflict.entries }).conflict).toBeNull();
          length -= 1;
        }
      }),
      // Always the same histories: how many of them contradict themselves is counted below.
      { numRuns: 500, seed: 20_261_124 },
    );
    expect(contradictory).toBeGreaterThan(100);
  });
});

/** Whether anybody would have to be one person and two, by painting all that is tied in one colour. */
function isContradictory({ people, same: ties, different: parted, leaves }: Known): boolean {
  const colour = new Map<string, string>();
  const of = (node: string): string => colour.get(node) ?? node;
  const tie = (a: string, b: string): void => {
    const [from, to] = [of(a), of(b)];
    colour.set(a, from).set(b, to);
    for (const [node, painted] of colour) if (painted === from) colour.set(node, to);
  };
  for (const { id, confirmed } of people) for (const face of confirmed) tie(id, String(face));
  for (const { faces } of ties) for (const face of faces) tie(String(faces[0]), String(face));
  return (
    new Set(people.map(({ id }) => of(id))).size < people.length ||
    people.some(({ id, rejected }) => rejected.some((face) => of(String(face)) === of(id))) ||
    [...parted, ...leaves].some(({ faces: [a, ...others] }) => others.some((b) => of(String(a)) === of(String(b))))
  );
}
