import { describe, expect, it } from 'vitest';
import type { NewStatement } from '../../../app/people/decisions.ts';
import { describeStatement } from '../../../app/people/wording.ts';

const names = new Map([
  ['p1', 'Ana'],
  ['p2', 'Bo'],
]);

describe('describeStatement', () => {
  it.each<[NewStatement, string]>([
    [{ kind: 'name', person: null, face: 1, name: 'Cleo' }, 'Named Cleo'],
    [{ kind: 'name', person: 'p1', face: 1, name: 'Ana' }, 'Named Ana'],
    [{ kind: 'name', person: 'p1', face: 1, name: 'Anna' }, 'Renamed Ana to Anna'],
    [{ kind: 'name', person: 'p1', face: 1, name: '' }, 'Took the name away from Ana'],
    [{ kind: 'is', person: 'p1', face: 1, faces: [2] }, '1 face is Ana'],
    [{ kind: 'is', person: null, face: 1, faces: [2, 3] }, '2 faces are one person'],
    [{ kind: 'is-not', person: 'p2', faces: [2, 3] }, '2 faces are not Bo'],
    [{ kind: 'is-not', person: 'p9', faces: [2] }, '1 face is not that person'],
    [{ kind: 'same', faces: [1, 2] }, 'Two faces are the same person'],
    [{ kind: 'together', faces: Array.from({ length: 1200 }, (_, i) => i) }, 'Put 1,200 faces together'],
    [{ kind: 'different', face: 1, faces: [2], people: [] }, 'Two faces are different people'],
    [{ kind: 'different', face: 1, faces: [], people: ['p1'] }, 'A face is not Ana'],
    [{ kind: 'different', face: 1, faces: [2], people: ['p1', 'p2'] }, 'A face is none of 3 people'],
    [{ kind: 'leave', faces: [1], from: 2 }, 'Took 1 face out of a person'],
    [{ kind: 'split', faces: [1, 2], from: 3 }, 'Split off 2 faces'],
    [{ kind: 'merge', into: 'p1', from: 'p2' }, 'Merged Bo into Ana'],
    [{ kind: 'merge', into: 'p8', from: 'p9' }, 'Merged a person into another'],
    [{ kind: 'not-a-face', faces: [1] }, 'Marked 1 face as not a face'],
    [{ kind: 'ignore', faces: [1], whole: false }, 'Ignored 1 face'],
    [{ kind: 'ignore', faces: [1], whole: true }, 'Ignored 1 face and whoever is grouped with it'],
    [{ kind: 'ignore', faces: [1, 2], whole: true }, 'Ignored 2 faces and whoever is grouped with them'],
    [{ kind: 'restore', faces: [1, 2] }, 'Brought 2 faces back'],
    [{ kind: 'hide', person: 'p1', face: 1, hidden: true }, 'Hid Ana'],
    [{ kind: 'hide', person: null, face: 1, hidden: false }, 'Showed a person again'],
    [{ kind: 'cover', person: 'p1', face: 1, cover: 2 }, 'Chose a cover for Ana'],
    [{ kind: 'birth', person: 'p1', face: 1, date: '2019-02-28' }, 'Set the birth date of Ana to 2019-02-28'],
    [{ kind: 'birth', person: null, face: 1, date: null }, 'Took the birth date away from a person'],
    [{ kind: 'same-photo', faces: [1, 2] }, '2 faces of one photo may be one person'],
    [{ kind: 'draw', face: 1 }, 'Drew a face that was missed'],
    [{ kind: 'move', face: 1, to: 2 }, 'Moved the box of a face'],
  ])('says %o as a line to read', (statement, text) => {
    expect(describeStatement(statement, (person) => names.get(person) ?? '')).toBe(text);
  });
});
