import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../app/people/decisions.ts';
import { dayNumber, faceStatements, statementsByIndex } from '../../../app/people/face-statements.ts';
import { gatherKnown } from '../../../app/people/known-people.ts';
import { standing } from './decided-faces.ts';

function naming(id: number, person: string | null, face: number, name: string): Statement {
  return { id, at: '2024-05-01T10:00:00.000Z', kind: 'name', person, face, name };
}

describe('gatherKnown', () => {
  it('gathers names and confirmed faces by person', () => {
    const { people, former } = gatherKnown([
      naming(1, null, 10, 'Ana'),
      naming(2, null, 20, 'Bo'),
      naming(5, 'p1', 11, 'Anna'),
      naming(6, 'p2', 20, ''),
    ]);
    expect(people).toMatchObject([{ id: 'p1', name: 'Anna', confirmed: [10, 11], firstFace: 10 }]);
    expect(former).toMatchObject([{ id: 'p2', name: '', confirmed: [20], firstFace: 20 }]);
  });

  const ana = { kind: 'name', person: null, face: 10, name: 'Ana' } as const;
  const bo = { kind: 'name', person: null, face: 20, name: 'Bo' } as const;

  it('takes the last word about a face', () => {
    const known = gatherKnown(
      standing(
        ana,
        bo,
        { kind: 'is', person: 'p1', face: 10, faces: [11, 12] },
        { kind: 'is-not', person: 'p1', faces: [11] },
        { kind: 'is', person: 'p2', face: 20, faces: [12] },
        { kind: 'is-not', person: 'p2', faces: [21] },
        { kind: 'is', person: 'p2', face: 20, faces: [21] },
      ),
    );
    expect(known.people).toMatchObject([
      { id: 'p1', confirmed: [10], rejected: [11] },
      { id: 'p2', confirmed: [20, 12, 21], rejected: [] },
    ]);
    expect([...known.people[1]!.entryOf]).toEqual([
      [20, 2],
      [12, 5],
      [21, 7],
    ]);
  });

  it('keeps the name with a face that stays when the one that it was given to is rejected', () => {
    const { people } = gatherKnown(standing(ana, { kind: 'is-not', person: 'p1', faces: [10], stays: 11 }));
    expect(people).toMatchObject([{ id: 'p1', name: 'Ana', confirmed: [11], rejected: [10] }]);
  });

  it('follows merges of merges, and what is said by old ids', () => {
    const { people, former } = gatherKnown(
      standing(
        ana,
        bo,
        { kind: 'name', person: null, face: 30, name: 'Cleo' },
        { kind: 'birth', person: 'p2', face: 20, date: '1990-01-02' },
        { kind: 'merge', into: 'p2', from: 'p3' },
        { kind: 'merge', into: 'p1', from: 'p2' },
        { kind: 'is', person: 'p3', face: 30, faces: [31] },
        { kind: 'is-not', person: 'p2', faces: [32] },
        { kind: 'merge', into: 'p3', from: 'p1' },
      ),
    );
    expect(people).toMatchObject([
      { id: 'p1', name: 'Ana', confirmed: [10, 20, 30, 31], rejected: [32], born: '1990-01-02' },
    ]);
    expect(former.map(({ id, mergedInto }) => [id, mergedInto])).toEqual([
      ['p2', 'p1'],
      ['p3', 'p2'],
    ]);
  });

  it('takes over a name by a merge where there is none', () => {
    const said = standing({ kind: 'is', person: null, face: 1, faces: [2] }, ana, {
      kind: 'merge',
      into: 'p1',
      from: 'p2',
    });
    expect(gatherKnown(said).people).toMatchObject([{ id: 'p1', name: 'Ana', confirmed: [1, 2, 10] }]);
  });

  it('keeps those whom more than a name was said about when the name goes', () => {
    const nameless = { kind: 'name', person: 'p1', face: 10, name: '' } as const;
    expect(gatherKnown(standing(ana, nameless)).people).toEqual([]);
    expect(
      gatherKnown(standing(ana, { kind: 'is', person: 'p1', face: 10, faces: [11] }, nameless)).people,
    ).toHaveLength(1);
    expect(
      gatherKnown(standing(ana, { kind: 'hide', person: 'p1', face: 10, hidden: true }, nameless)).people,
    ).toHaveLength(1);
    expect(
      gatherKnown(standing(ana, { kind: 'cover', person: 'p1', face: 10, cover: 11 }, nameless)).people,
    ).toHaveLength(1);
  });

  it('knows a face by its newest box, also in what was said before it moved', () => {
    const known = gatherKnown(
      standing(
        ana,
        { kind: 'same', faces: [10, 12] },
        { kind: 'different', face: 12, faces: [13], people: ['p1'] },
        { kind: 'not-a-face', faces: [14] },
        { kind: 'cover', person: 'p1', face: 10, cover: 12 },
        { kind: 'draw', face: 50 },
        { kind: 'move', face: 10, to: 51 },
        { kind: 'move', face: 12, to: 52 },
        { kind: 'move', face: 52, to: 53 },
        { kind: 'move', face: 14, to: 54 },
      ),
    );
    expect(known.people).toMatchObject([{ id: 'p1', confirmed: [51], rejected: [53], cover: 53, firstFace: 51 }]);
    expect(known.same).toEqual([{ entry: 2, faces: [51, 53] }]);
    expect(known.different).toEqual([{ entry: 3, faces: [53, 13] }]);
    expect(known.notFaces).toEqual(new Set([54]));
    expect(known.drawn).toEqual(new Set([50, 51, 52, 53, 54]));
    expect([...known.replaced.keys()].sort()).toEqual([10, 12, 14, 52]);
  });

  it('takes single faces out of what was said of many', () => {
    const known = gatherKnown(
      standing(
        { kind: 'together', faces: [1, 2, 3] },
        { kind: 'split', faces: [4, 5], from: 6 },
        { kind: 'leave', faces: [2], from: 1, releases: [1] },
        { kind: 'is', person: null, face: 7, faces: [4], releases: [2] },
      ),
    );
    expect(known.same).toEqual([{ entry: 1, faces: [1, 3] }]);
    expect(known.different).toEqual([{ entry: 2, faces: [5, 6] }]);
    expect(known.leaves).toEqual([{ entry: 3, faces: [2, 1] }]);
    expect(known.people).toMatchObject([{ id: 'p4', confirmed: [7, 4] }]);
  });

  it('sets faces aside and brings them back, as was said last', () => {
    const known = gatherKnown(
      standing(
        { kind: 'not-a-face', faces: [1, 2] },
        { kind: 'ignore', faces: [3, 4], whole: true },
        { kind: 'ignore', faces: [2, 5], whole: false },
        { kind: 'restore', faces: [1, 4] },
        { kind: 'restore', faces: [5] },
        { kind: 'ignore', faces: [5], whole: false },
      ),
    );
    expect(known.notFaces).toEqual(new Set());
    expect(known.ignored).toEqual(new Set([2, 5]));
    expect(known.ignoredWhole).toEqual(new Set([3]));
    expect(known.restored).toEqual(new Set([1, 4]));
  });
});

describe('a face that was set aside', () => {
  it('is back when it is said to be somebody, and aside again when that is said later', () => {
    const said = standing(
      { kind: 'name', person: null, face: 10, name: 'Ana' },
      { kind: 'ignore', faces: [11, 12, 13], whole: false },
      { kind: 'not-a-face', faces: [14] },
      { kind: 'is', person: 'p1', face: 10, faces: [11, 14] },
      { kind: 'name', person: null, face: 12, name: 'Bo' },
      { kind: 'ignore', faces: [14], whole: false },
    );
    const { ignored, notFaces } = gatherKnown(said);
    expect([...ignored]).toEqual([13, 14]);
    expect([...notFaces]).toEqual([]);
  });
});

describe('a merge', () => {
  it('keeps what was said not to be either person', () => {
    const said = standing(
      { kind: 'name', person: null, face: 10, name: 'Ana' },
      { kind: 'name', person: null, face: 20, name: 'Bo' },
      { kind: 'is-not', person: 'p1', faces: [30] },
      { kind: 'is-not', person: 'p2', faces: [31, 10, 32] },
      { kind: 'is', person: 'p1', face: 10, faces: [32] },
      { kind: 'merge', into: 'p1', from: 'p2' },
    );
    expect(gatherKnown(said).people).toMatchObject([{ id: 'p1', confirmed: [10, 32, 20], rejected: [30, 31] }]);
  });
});

describe('what is sent to the grouping', () => {
  it('ties the confirmed faces of one person and keeps those of two apart', () => {
    const said = [naming(1, null, 10, 'Ana'), naming(2, null, 20, 'Bo'), naming(3, 'p1', 11, 'Ana')];
    expect(faceStatements(gatherKnown(said), [])).toEqual({
      people: [
        { confirmed: [10, 11], rejected: [], born: null },
        { confirmed: [20], rejected: [], born: null },
      ],
      same: [],
      different: [],
      leaves: [],
      samePhoto: [],
      away: [],
    });
  });

  it('asks nothing for people whose name was taken away', () => {
    const said = [naming(1, null, 10, 'Ana'), naming(2, null, 20, 'Bo'), naming(3, 'p1', 10, '')];
    expect(faceStatements(gatherKnown(said), []).people).toEqual([{ confirmed: [20], rejected: [], born: null }]);
  });

  it('counts a face for whom it was last said to be', () => {
    const said = [naming(1, null, 10, 'Ana'), naming(2, null, 10, 'Bo')];
    expect(faceStatements(gatherKnown(said), []).people).toEqual([{ confirmed: [10], rejected: [], born: null }]);
    expect(gatherKnown(said).people).toMatchObject([{ id: 'p2', name: 'Bo' }]);
  });

  it('leaves out faces that are set aside, have a newer box, or whose drawing does not stand', () => {
    const known = gatherKnown(
      standing(
        { kind: 'not-a-face', faces: [1] },
        { kind: 'ignore', faces: [2], whole: false },
        { kind: 'ignore', faces: [3], whole: true },
        { kind: 'draw', face: 8 },
        { kind: 'move', face: 4, to: 9 },
      ),
    );
    // 7 was drawn and taken back; a whole stranger stays in the groups, to be recognised again.
    expect(faceStatements(known, [7, 8, 9]).away).toEqual([1, 2, 4, 7]);
  });

  it('goes by index, past faces that are not there', () => {
    const statements = faceStatements(
      gatherKnown(
        standing(
          { kind: 'is', person: null, face: 100, faces: [103, 106] },
          { kind: 'is-not', person: 'p1', faces: [109, 5] },
          { kind: 'birth', person: 'p1', face: 100, date: '2019-02-28' },
          { kind: 'together', faces: [5, 112, 115, 118] },
          { kind: 'different', face: 112, faces: [5, 121], people: [] },
          { kind: 'different', face: 5, faces: [121], people: [] },
          { kind: 'same-photo', faces: [103, 5, 106] },
        ),
      ),
      [],
    );
    const indexOf = new Map(Array.from({ length: 10 }, (_, i) => [100 + 3 * i, i]));
    expect(statementsByIndex(statements, indexOf)).toEqual({
      people: [{ confirmed: [0, 1, 2], born: 20190228 }],
      same: [
        [4, 5],
        [4, 6],
      ],
      different: [[4, 7]],
      leaves: [[3, 0]],
      samePhoto: [[1, 2]],
      away: [],
    });
  });

  it('compares days', () => {
    expect(dayNumber('2024-01-31T12:00:00')).toBe(20240131);
    expect(dayNumber('')).toBe(0);
    expect(dayNumber(null)).toBeNull();
  });
});
