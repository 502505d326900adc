import { describe, expect, it } from 'vitest';
import { centreDistances, chooseCover } from '../../../app/people/cover.ts';

describe('centreDistances', () => {
  it('measures to the mean direction of each group', () => {
    const embeddings = Float32Array.of(1, 0, 0, 1, 0.6, 0.8);
    const [a, b, alone] = centreDistances({ embeddings, dimension: 2 }, Int32Array.of(0, 0, 2));
    // The mean of (1, 0) and (0, 1) points at 45 degrees, with a dot product of √½ to both.
    expect(a).toBeCloseTo(2 - Math.SQRT2, 6);
    expect(b).toBeCloseTo(2 - Math.SQRT2, 6);
    expect(alone).toBeCloseTo(0, 6);
  });

  it('takes a group without a middle', () => {
    expect([
      ...centreDistances({ embeddings: Float32Array.of(1, 0, -1, 0), dimension: 2 }, Int32Array.of(0, 0)),
    ]).toEqual([0, 0]);
  });
});

describe('chooseCover', () => {
  it('weighs quality against distance to the centre', () => {
    const sharpStray = { id: 1, quality: 0.9, centreDistance: 0.2 };
    const good = { id: 2, quality: 0.8, centreDistance: 0.05 };
    const blurred = { id: 3, quality: 0.2, centreDistance: 0.02 };
    expect(chooseCover([sharpStray, good, blurred])).toBe(good);
    expect(chooseCover([{ ...good, id: 9 }, good]).id).toBe(2);
  });
});
