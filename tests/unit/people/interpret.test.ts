import { describe, expect, it } from 'vitest';
import type { DecisionRequest } from '../../../app/contract/procedures.ts';
import type { NewStatement } from '../../../app/people/decisions.ts';
import { interpret } from '../../../app/people/interpret.ts';
import { gatherKnown } from '../../../app/people/known-people.ts';
import { foldPeople } from '../../../app/people/people.ts';
import { faceEntry, standing } from './decided-faces.ts';

/** Ana is 1, 2 and 3 (1 confirmed), Bo 4 and 5 (4 confirmed), strangers are 6, 7 and 8, and 9; 10 is ignored. */
const labels = [1, 1, 1, 4, 4, 6, 6, 6, 9, 10];
const named: NewStatement[] = [
  { kind: 'name', person: null, face: 1, name: 'Ana' },
  { kind: 'name', person: null, face: 4, name: 'Bo' },
  { kind: 'ignore', faces: [10], whole: false },
];
const photos = new Map([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((face) => [face, face === 7 ? 106 : 100 + face]));

function said(request: DecisionRequest, ...more: readonly NewStatement[]): NewStatement | undefined {
  const known = gatherKnown(standing(...named, ...more));
  const people = foldPeople({ faces: labels.map((_, i) => faceEntry(i + 1)), labels, known });
  return interpret(request, {
    people,
    photoOf: (face) => photos.get(face),
    facesOfPhoto: (photo) => [...photos.keys()].filter((face) => photos.get(face) === photo),
  });
}

describe('interpret', () => {
  it.each<[string, DecisionRequest, NewStatement | undefined]>([
    ['confirm', { kind: 'confirm', person: 'p1', faces: [1, 2, 2] }, { kind: 'is', person: 'p1', face: 1, faces: [2] }],
    ['what is certain already', { kind: 'confirm', person: 'p1', faces: [1] }, undefined],
    ['a stranger', { kind: 'confirm', person: 'f6', faces: [7] }, { kind: 'is', person: null, face: 6, faces: [7] }],
    ['reject', { kind: 'reject', person: 'p1', faces: [2] }, { kind: 'is-not', person: 'p1', faces: [2] }],
    [
      'reject the face that the name was given to',
      { kind: 'reject', person: 'p1', faces: [1, 2] },
      { kind: 'is-not', person: 'p1', faces: [1, 2], stays: 3 },
    ],
    [
      'reject everybody',
      { kind: 'reject', person: 'p1', faces: [1, 2, 3] },
      { kind: 'is-not', person: 'p1', faces: [1, 2, 3] },
    ],
    ['reject from a stranger', { kind: 'reject', person: 'f6', faces: [6] }, { kind: 'leave', faces: [6], from: 7 }],
    ['the same, inside a person', { kind: 'same', a: 1, b: 2 }, { kind: 'same', faces: [1, 2] }],
    ['the same, both known', { kind: 'same', a: 2, b: 5 }, { kind: 'merge', into: 'p1', from: 'p2' }],
    ['the same, one known', { kind: 'same', a: 9, b: 5 }, { kind: 'is', person: 'p2', face: 4, faces: [9] }],
    ['the same, known first', { kind: 'same', a: 5, b: 9 }, { kind: 'is', person: 'p2', face: 4, faces: [9] }],
    ['the same, strangers', { kind: 'same', a: 9, b: 6 }, { kind: 'same', faces: [9, 6] }],
    [
      'different, inside a person',
      { kind: 'different', a: 1, b: 2 },
      { kind: 'different', face: 1, faces: [2], people: [] },
    ],
    [
      'different from a known one',
      { kind: 'different', a: 9, b: 2 },
      { kind: 'different', face: 9, faces: [], people: ['p1'] },
    ],
    [
      'a known one is different',
      { kind: 'different', a: 2, b: 9 },
      { kind: 'different', face: 9, faces: [], people: ['p1'] },
    ],
    [
      'none of several',
      { kind: 'different', a: 9, b: 2, others: [3, 5, 6] },
      { kind: 'different', face: 9, faces: [6], people: ['p1', 'p2'] },
    ],
    ['merge known', { kind: 'merge', into: 'p2', from: 'p1' }, { kind: 'merge', into: 'p2', from: 'p1' }],
    ['merge a stranger', { kind: 'merge', into: 'f6', from: 'p1' }, { kind: 'together', faces: [1, 6, 7, 8] }],
    ['merge with oneself', { kind: 'merge', into: 'f6', from: 'f7' }, undefined],
    ['split', { kind: 'split', person: 'p1', faces: [2, 3] }, { kind: 'split', faces: [2, 3], from: 1 }],
    ['not a face', { kind: 'not-a-face', faces: [9] }, { kind: 'not-a-face', faces: [9] }],
    ['ignore', { kind: 'ignore', faces: [9, 9] }, { kind: 'ignore', faces: [9], whole: false }],
    ['ignore a stranger', { kind: 'ignore-person', person: 'f6' }, { kind: 'ignore', faces: [6, 7, 8], whole: true }],
    [
      'ignore a known one',
      { kind: 'ignore-person', person: 'p1' },
      { kind: 'hide', person: 'p1', face: 1, hidden: true },
    ],
    // 6 and 7 are in one photo.
    ['ignore the rare', { kind: 'ignore-rare', photos: 2 }, { kind: 'ignore', faces: [9], whole: true }],
    ['ignore the less rare', { kind: 'ignore-rare', photos: 3 }, { kind: 'ignore', faces: [6, 7, 8, 9], whole: true }],
    [
      'ignore the others of a photo',
      { kind: 'ignore-others', photo: 106 },
      { kind: 'ignore', faces: [6, 7, 8], whole: true },
    ],
    ['ignore nobody', { kind: 'ignore-others', photo: 101 }, undefined],
    ['restore', { kind: 'restore', faces: [10] }, { kind: 'restore', faces: [10] }],
    ['hide', { kind: 'hide', person: 'p1', hidden: true }, { kind: 'hide', person: 'p1', face: 1, hidden: true }],
    ['show whom nobody hid', { kind: 'hide', person: 'p1', hidden: false }, undefined],
    ['cover', { kind: 'cover', person: 'p1', face: 3 }, { kind: 'cover', person: 'p1', face: 1, cover: 3 }],
    [
      'birth',
      { kind: 'birth', person: 'f9', date: '2019-02-28' },
      { kind: 'birth', person: null, face: 9, date: '2019-02-28' },
    ],
    ['no birth where none was known', { kind: 'birth', person: 'p1', date: null }, undefined],
    ['same photo', { kind: 'same-photo', faces: [6, 7] }, { kind: 'same-photo', faces: [6, 7] }],
  ])('turns what is meant into what is said of faces: %s', (_, request, expected) => {
    expect(said(request)).toEqual(expected);
  });

  it('keeps the only name in a merge', () => {
    const nameless: NewStatement = { kind: 'is', person: null, face: 6, faces: [7] };
    expect(said({ kind: 'merge', into: 'p4', from: 'p1' }, nameless)).toEqual({
      kind: 'merge',
      into: 'p1',
      from: 'p4',
    });
  });

  it.each<[string, DecisionRequest]>([
    ['not-found', { kind: 'confirm', person: 'p77', faces: [1] }],
    ['not-found', { kind: 'confirm', person: 'p1', faces: [77] }],
    ['not-found', { kind: 'merge', into: 'p1', from: 'f77' }],
    ['not-found', { kind: 'same', a: 1, b: 77 }],
    ['not-found', { kind: 'restore', faces: [77] }],
    ['invalid-input', { kind: 'same', a: 1, b: 1 }],
    ['invalid-input', { kind: 'different', a: 1, b: 1 }],
    ['invalid-input', { kind: 'same-photo', faces: [6, 6] }],
    ['invalid-input', { kind: 'same-photo', faces: [6, 8] }],
    ['invalid-input', { kind: 'cover', person: 'p1', face: 9 }],
    ['invalid-input', { kind: 'split', person: 'f9', faces: [9] }],
    ['invalid-input', { kind: 'reject', person: 'f6', faces: [6, 7, 8] }],
  ])('answers with %s to what cannot be meant: %o', (kind, request) => {
    expect(() => said(request)).toThrow(expect.objectContaining({ kind }));
  });
});
