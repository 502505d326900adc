import { describe, expect, it } from 'vitest';
import { gatherKnown } from '../../../../app/people/known-people.ts';
import { foldPeople, type People } from '../../../../app/people/people.ts';
import { libraryChanges } from '../../../../app/service/learning/library-changes.ts';

/** Faces 1, 2 … in these groups; face 1 is Anna. */
function grouped(...labels: number[]): People {
  const at = '2024-01-01T00:00:00Z';
  return foldPeople({
    faces: labels.map((_, i) => ({ id: i + 1, quality: 1, centreDistance: 0, visible: true })),
    labels,
    known: gatherKnown([{ kind: 'name', id: 1, at, person: null, face: 1, name: 'Anna' }]),
  });
}

const anna = { id: 'p1', name: 'Anna' };

describe('what another model changes in a library', () => {
  it('is nothing where the groups are the same ones', () => {
    expect(libraryChanges(grouped(1, 1, 3, 3), grouped(1, 1, 3, 3))).toEqual({ changed: 0, faces: [] });
  });

  it('is nothing for those who stay when the first face of an unknown group leaves it', () => {
    // Face 3, by whose number the group goes, comes to Anna; the others are the group of before.
    expect(libraryChanges(grouped(1, 1, 3, 3, 3), grouped(1, 1, 1, 4, 4))).toEqual({
      changed: 1,
      faces: [{ faceId: 3, before: { id: 'f3', name: '' }, after: anna }],
    });
  });

  it('is the smaller part where a group falls in two, and faces that leave somebody known come first', () => {
    const { changed, faces } = libraryChanges(grouped(1, 1, 3, 3, 3, 3), grouped(1, 2, 3, 3, 3, 6));
    expect(changed).toBe(2);
    expect(faces).toEqual([
      { faceId: 2, before: anna, after: { id: 'f2', name: '' } },
      { faceId: 6, before: { id: 'f3', name: '' }, after: { id: 'f6', name: '' } },
    ]);
  });

  it('is everybody of the smaller group where two become one', () => {
    const { faces } = libraryChanges(grouped(1, 2, 2, 2, 5, 5), grouped(1, 2, 2, 2, 2, 2));
    expect(faces.map(({ faceId }) => faceId)).toEqual([5, 6]);
  });
});
