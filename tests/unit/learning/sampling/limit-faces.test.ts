import { describe, expect, it } from 'vitest';
import { limitFaces } from '../../../../app/learning/sampling/limit-faces.ts';

const faces = (...counts: number[]): { id: number; person: number }[] =>
  counts.flatMap((count, person) => Array.from({ length: count }, () => person)).map((person, id) => ({ id, person }));
const counts = (chosen: readonly { person: number }[]): number[] =>
  [...Map.groupBy(chosen, ({ person }) => person).values()].map(({ length }) => length);

describe('limitFaces', () => {
  it('takes all where there are few', () => {
    const all = faces(3, 50, 1);
    expect(limitFaces(all, { perPerson: 50, inAll: 100 }, 1)).toEqual(all);
  });

  it('takes so many of each person, none twice, in their order', () => {
    const chosen = limitFaces(faces(3, 500, 80), { perPerson: 50, inAll: 1000 }, 1);
    expect(counts(chosen)).toEqual([3, 50, 50]);
    const ids = chosen.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(Math.max(...ids)).toBeGreaterThan(100);
  });

  it('takes from those with many where all together are too many', () => {
    expect(counts(limitFaces(faces(2, 40, 40, 40), { perPerson: 50, inAll: 32 }, 1))).toEqual([2, 10, 10, 10]);
  });

  it('chooses by the seed', () => {
    const all = faces(500);
    const ids = (seed: number): number[] => limitFaces(all, { perPerson: 5, inAll: 50 }, seed).map(({ id }) => id);
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
  });

  it('leaves each person one face, however many people there are', () => {
    expect(limitFaces(faces(...Array.from({ length: 30 }, () => 4)), { perPerson: 5, inAll: 10 }, 1)).toHaveLength(30);
  });
});
