import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../app/people/decisions.ts';
import { gatherKnown } from '../../../app/people/known-people.ts';
import { decideName, findPerson, foldPeople, type FaceEntry, type People } from '../../../app/people/people.ts';
import { createRandom } from '../../support/random.ts';
import { makeFaces } from '../../support/synthetic-faces.ts';
import { DecidedFaces, faceEntry as face, standing } from './decided-faces.ts';

const at = '2024-05-01T10:00:00.000Z';

function naming(id: number, person: string | null, anchor: number, name: string): Statement {
  return { id, at, kind: 'name', person, face: anchor, name };
}

function fold(faces: readonly FaceEntry[], labels: readonly number[], decisions: readonly Statement[] = []): People {
  return foldPeople({ faces, labels, known: gatherKnown(decisions) });
}

const summary = (people: People): [string, string, number[]][] =>
  people.list.map(({ id, name, faceIds }) => [id, name, faceIds]);

describe('foldPeople', () => {
  it('makes a person of every group, the largest first, then the older', () => {
    const faces = [9, 3, 5, 7, 4].map((id) => face(id));
    const people = fold(faces, [3, 3, 5, 4, 4]);
    expect(summary(people)).toEqual([
      ['f3', '', [3, 9]],
      ['f4', '', [4, 7]],
      ['f5', '', [5]],
    ]);
  });

  it('gives the group of the anchor the last name, and puts the named first', () => {
    const faces = [1, 2, 3, 4, 5].map((id) => face(id));
    const decisions = [naming(7, null, 5, 'Ana'), naming(8, 'p7', 5, 'Anna'), naming(9, null, 4, 'Bo')];
    const people = fold(faces, [1, 1, 1, 4, 5], decisions);
    expect(summary(people)).toEqual([
      ['p7', 'Anna', [5]],
      ['p9', 'Bo', [4]],
      ['f1', '', [1, 2, 3]],
    ]);
  });

  it('takes a name away, and still finds the person by the id of then', () => {
    const faces = [1, 2].map((id) => face(id));
    const decisions = [naming(7, null, 2, 'Ana'), naming(8, 'p7', 2, '')];
    const people = fold(faces, [1, 1], decisions);
    expect(summary(people)).toEqual([['f1', '', [1, 2]]]);
    expect(findPerson(people, 'p7')?.id).toBe('f1');
  });

  it('still finds whoever has another box now, also when it was moved twice', () => {
    const faces = [1, 2, 3].map((id) => face(id));
    const moves = standing({ kind: 'move', face: 1, to: 2 }, { kind: 'move', face: 1, to: 3 });
    const people = fold(faces, [-1, -1, 3], moves);
    expect(summary(people)).toEqual([['f3', '', [3]]]);
    for (const id of ['f1', 'f2', 'f3']) expect(findPerson(people, id)?.id).toBe('f3');
    // Whatever the grouping knows, there is one box.
    expect(summary(fold(faces, [1, 2, 3], moves))).toEqual([['f3', '', [3]]]);
  });

  it('enforces decisions that are younger than the grouping', () => {
    const faces = [1, 2, 3, 4].map((id) => face(id));
    const decisions = [naming(7, null, 1, 'Ana'), naming(8, null, 3, 'Bo'), naming(9, 'p7', 4, 'Ana')];
    // 1, 2 and 3 share a group with two people's anchors, 4 is another anchor of Ana.
    const people = fold(faces, [1, 1, 1, 4], decisions);
    expect(summary(people)).toEqual([
      ['p7', 'Ana', [1, 2, 4]],
      ['p8', 'Bo', [3]],
    ]);
  });

  it('lets a face be the anchor of whom it was last said to be', () => {
    const decisions = [naming(7, null, 1, 'Ana'), naming(8, null, 1, 'Bo')];
    const people = fold([face(1), face(2)], [1, 1], decisions);
    expect(summary(people)).toEqual([['p8', 'Bo', [1, 2]]]);
    expect(findPerson(people, 'p7')?.name).toBe('Bo');
  });

  it('leaves hidden faces out, but lets them carry names', () => {
    const faces = [face(1, { visible: false }), face(2), face(3, { visible: false })];
    const decisions = [naming(7, null, 1, 'Ana'), naming(8, null, 3, 'Bo')];
    const people = fold(faces, [1, 1, 3], decisions);
    expect(summary(people)).toEqual([['p7', 'Ana', [2]]]);
    expect(people.list[0]!.coverFaceId).toBe(2);
    expect(people.byFace.get(1)?.id).toBe('p7');
    expect(findPerson(people, 'p8')).toBeUndefined();
  });

  it('covers a person with a good face near the centre', () => {
    const faces = [face(1), face(2, { quality: 0.9 }), face(3, { quality: 1, centreDistance: 0.2 })];
    expect(fold(faces, [1, 1, 1]).list[0]!.coverFaceId).toBe(2);
    expect(fold([face(9), face(8)], [8, 8]).list[0]!.coverFaceId).toBe(8);
  });

  it('does not depend on the order of the faces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ label: fc.nat(6), quality: fc.nat(3), key: fc.nat() }), { maxLength: 30 }),
        (rows) => {
          const faces = rows.map(({ quality }, id) => face(id, { quality }));
          const decisions = [naming(1, null, 2, 'Ana'), naming(2, null, 5, 'Bo'), naming(3, 'p1', 7, 'Ann')];
          const labels = rows.map(({ label }) => label);
          const order = [...rows.keys()].sort((a, b) => rows[a]!.key - rows[b]!.key || a - b);
          const shuffled = fold(
            order.map((i) => faces[i]!),
            order.map((i) => labels[i]!),
            decisions,
          );
          expect(shuffled.list).toEqual(fold(faces, labels, decisions).list);
        },
      ),
    );
  });

  it('shows every visible face once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ label: fc.nat(4), visible: fc.boolean() }), { maxLength: 30 }),
        fc.array(fc.record({ person: fc.option(fc.nat(3)), face: fc.nat(29), name: fc.constantFrom('', 'A', 'B') }), {
          maxLength: 6,
        }),
        (rows, said) => {
          const faces = rows.map(({ visible }, id) => face(id, { visible }));
          const decisions = said.map(({ person, face: anchor, name }, id) =>
            naming(id, person === null || person >= id ? null : `p${person}`, anchor, name),
          );
          const labels = rows.map(({ label }) => label);
          const { list } = fold(faces, labels, decisions);
          const shown = list.flatMap(({ faceIds }) => faceIds).sort((a, b) => a - b);
          expect(shown).toEqual(faces.filter(({ visible }) => visible).map(({ id }) => id));
          for (const { faceIds, coverFaceId } of list) expect(faceIds).toContain(coverFaceId);
        },
      ),
    );
  });
});

describe('decideName', () => {
  it('anchors a new person at the cover face, and keeps the anchor of a person named before', () => {
    const faces = [face(1), face(2, { quality: 0.9 })];
    const unnamed = fold(faces, [1, 1]).list[0]!;
    expect(decideName(unnamed, 'Ana')).toEqual({ kind: 'name', person: null, face: 2, name: 'Ana' });
    expect(decideName(unnamed, '')).toBeUndefined();
    const decisions = [naming(7, null, 1, 'Ana')];
    const named = fold(faces, [1, 1], decisions).list[0]!;
    expect(decideName(named, 'Anna')).toEqual({ kind: 'name', person: 'p7', face: 1, name: 'Anna' });
    expect(decideName(named, 'Ana')).toBeUndefined();
  });
});

describe('people over groupings', () => {
  const faces = makeFaces({ sizes: [12, 9, 7, 5, 4, 2, 1], seed: 11, spread: 0.5, crowd: 2, poor: 0.2 });
  const count = faces.truth.length;
  const library = new DecidedFaces(faces);
  const peopleAt = (threshold: number, decisions: readonly Statement[]): People => library.people(decisions, threshold);

  type Naming = Extract<Statement, { kind: 'name' }>;

  /** Names some people, as a user would who looks at the groups of one threshold. */
  function nameSome(seed: number): { decisions: Naming[]; anchors: Map<string, number> } {
    const random = createRandom(seed);
    const decisions: Naming[] = [];
    const anchors = new Map<string, number>();
    for (let i = 1; i <= 4; i++) {
      const people = peopleAt(0.05 + 0.2 * random(), decisions);
      const person = people.list[Math.floor(random() * people.list.length)]!;
      const decision = { ...(decideName(person, `name ${i}`) as Naming), id: i, at };
      decisions.push(decision);
      anchors.set(decision.person ?? `p${i}`, decision.face);
    }
    return { decisions, anchors };
  }

  it('keeps every name at its anchor, whatever the threshold unites or parts', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.01, max: 0.9, noNaN: true }), (seed, threshold) => {
        const { decisions, anchors } = nameSome(seed);
        const people = peopleAt(threshold, decisions);
        for (const [id, anchor] of anchors) {
          const person = people.list.find((one) => one.id === id)!;
          expect(person.name).toBe(decisions.findLast((one) => (one.person ?? `p${one.id}`) === id)!.name);
          expect(person.faceIds).toContain(anchor);
          expect(findPerson(people, id)).toBe(person);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('never breaks a link: an old id leads to whoever has that face now', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.01, max: 0.9, noNaN: true }), (seed, threshold) => {
        const before = peopleAt(0.1, []);
        const after = peopleAt(threshold, nameSome(seed).decisions);
        for (const { id } of before.list) {
          expect(findPerson(after, id)!.faceIds).toContain(Number(id.slice(1)));
        }
      }),
      { numRuns: 30 },
    );
    expect(findPerson(peopleAt(0.1, []), `f${count}`)).toBeUndefined();
  });
});
