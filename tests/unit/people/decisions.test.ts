import { describe, expect, it } from 'vitest';
import { facesIn, facesNamedIn, parseDecision, type NewDecision } from '../../../app/people/decisions.ts';

const at = '2024-05-01T10:00:00.000Z';

describe('parseDecision', () => {
  it('reads what was written', () => {
    const said: NewDecision[] = [
      { kind: 'name', person: null, face: 4, name: 'Ana <b>"x"</b> 👩' },
      { kind: 'is', person: 'p1', face: 4, faces: [5, 6] },
      { kind: 'is-not', person: 'p1', faces: [7], instead: [2], releases: [3] },
      { kind: 'same', faces: [4, 5] },
      { kind: 'together', faces: [4, 5, 6] },
      { kind: 'different', face: 4, faces: [5], people: ['p1'] },
      { kind: 'leave', faces: [4], from: 5 },
      { kind: 'split', faces: [4], from: 5 },
      { kind: 'merge', into: 'p1', from: 'p2' },
      { kind: 'not-a-face', faces: [4] },
      { kind: 'ignore', faces: [4], whole: true },
      { kind: 'restore', faces: [4] },
      { kind: 'hide', person: 'p1', face: 4, hidden: true },
      { kind: 'cover', person: null, face: 4, cover: 5 },
      { kind: 'birth', person: 'p1', face: 4, date: '2019-02-28' },
      { kind: 'birth', person: 'p1', face: 4, date: null },
      { kind: 'same-photo', faces: [4, 5] },
      { kind: 'draw', face: 4 },
      { kind: 'move', face: 4, to: 5 },
      { kind: 'undo', entries: [1, 2] },
      { kind: 'redo', entries: [1, 2] },
    ];
    for (const decision of said) {
      const { kind, ...body } = decision;
      expect(parseDecision({ id: 3, at, kind, body: JSON.stringify(body) })).toEqual({ ...decision, id: 3, at });
    }
  });

  it.each([
    ['name', 'not JSON'],
    ['name', '{"person":"f3","face":4,"name":"Ana"}'],
    ['name', '{"person":null,"name":"Ana"}'],
    ['dance', '{"person":null,"face":4,"name":"Ana"}'],
    ['is-not', '{"person":null,"faces":[4]}'],
    ['is', '{"person":null,"face":4,"faces":[]}'],
    ['same', '{"faces":[4]}'],
    ['birth', '{"person":"p1","face":4,"date":"2019-02-30"}'],
    ['undo', '{"entries":[]}'],
  ])('refuses a damaged entry of kind %s: %s', (kind, body) => {
    expect(() => parseDecision({ id: 3, at, kind, body })).toThrow(
      expect.objectContaining({ kind: 'library-damaged', message: expect.stringContaining('3') }),
    );
  });
});

describe('facesIn', () => {
  it('lists the faces that a statement is about, first those that it says something of', () => {
    expect(facesIn({ kind: 'name', person: null, face: 4, name: 'Ana' })).toEqual([4]);
    expect(facesIn({ kind: 'is', person: 'p1', face: 4, faces: [5, 6] })).toEqual([5, 6, 4]);
    expect(facesIn({ kind: 'is-not', person: 'p1', faces: [5, 6] })).toEqual([5, 6]);
    expect(facesIn({ kind: 'different', face: 4, faces: [5], people: ['p1'] })).toEqual([4, 5]);
    expect(facesIn({ kind: 'leave', faces: [4], from: 5 })).toEqual([4, 5]);
    expect(facesIn({ kind: 'split', faces: [4, 6], from: 5 })).toEqual([4, 6, 5]);
    expect(facesIn({ kind: 'merge', into: 'p1', from: 'p2' })).toEqual([]);
    expect(facesIn({ kind: 'cover', person: 'p1', face: 4, cover: 5 })).toEqual([5]);
    expect(facesIn({ kind: 'draw', face: 4 })).toEqual([4]);
    expect(facesIn({ kind: 'move', face: 4, to: 5 })).toEqual([5]);
  });
});

describe('facesNamedIn', () => {
  it('leaves out nobody, and takes no person for a face', () => {
    expect(facesNamedIn({ kind: 'name', person: null, face: 4, name: 'Ana' })).toEqual([4]);
    expect(facesNamedIn({ kind: 'is', person: 'p1', face: 4, faces: [5, 6] })).toEqual([4, 5, 6]);
    expect(facesNamedIn({ kind: 'is-not', person: 'p1', faces: [7], stays: 8 })).toEqual([7, 8]);
    expect(facesNamedIn({ kind: 'split', faces: [4, 6], from: 5 })).toEqual([4, 6, 5]);
    expect(facesNamedIn({ kind: 'merge', into: 'p1', from: 'p2' })).toEqual([]);
    expect(facesNamedIn({ kind: 'cover', person: 'p1', face: 4, cover: 5 })).toEqual([4, 5]);
    expect(facesNamedIn({ kind: 'move', face: 4, to: 5 })).toEqual([4, 5]);
  });
});
