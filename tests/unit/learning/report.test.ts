import { describe, expect, it } from 'vitest';
import type { FoldResult } from '../../../app/learning/gate.ts';
import { histogram, countDistances, recognitionChanges, rocCurve, shownRange } from '../../../app/learning/report.ts';
import { createRandom, gaussian } from '../../support/random.ts';

const random = createRandom(3);
const dimension = 8;

/** Held-out faces of five people around their middles. */
function fold(): FoldResult {
  const truth = Int32Array.from({ length: 40 }, (_, i) => i % 5);
  const heldOut = new Float32Array(truth.length * dimension);
  for (const [face, person] of truth.entries()) {
    const row = Float64Array.from({ length: dimension }, (_, i) => Number(i === person) + 0.25 * gaussian(random));
    const length = Math.hypot(...row);
    heldOut.set(
      row.map((value) => value / length),
      face * dimension,
    );
  }
  return { heldOut, truth } as FoldResult;
}

describe('the report of a training', () => {
  const results = [fold(), fold()];
  const pairs = countDistances(results);

  it('counts the pairs within each fold by their distance', () => {
    expect(pairs.same.reduce((a, b) => a + b)).toBe(2 * 5 * 28);
    expect(pairs.different.reduce((a, b) => a + b)).toBe(2 * (780 - 140));
  });

  it('has a curve that tells the shares of pairs within each threshold', () => {
    const all: { distance: number; same: boolean }[] = [];
    for (const { heldOut, truth } of results) {
      for (let a = 0; a < truth.length; a++) {
        for (let b = 0; b < a; b++) {
          let distance = 0;
          for (let i = 0; i < dimension; i++)
            distance += (heldOut[a * dimension + i]! - heldOut[b * dimension + i]!) ** 2;
          all.push({ distance, same: truth[a] === truth[b] });
        }
      }
    }
    const share = (same: boolean, threshold: number): number => {
      const kind = all.filter((pair) => pair.same === same);
      return kind.filter(({ distance }) => distance < threshold).length / kind.length;
    };
    const curve = rocCurve(pairs);
    expect(curve.length).toBeGreaterThan(30);
    for (const { threshold, val, far } of curve) {
      expect(val).toBeCloseTo(share(true, threshold), 2);
      expect(far).toBeCloseTo(share(false, threshold), 2);
    }
  });

  it('has histograms that leave nothing out', () => {
    const { edges, same, different } = histogram(pairs, shownRange([pairs]));
    expect(edges).toHaveLength(same.length + 1);
    for (const shares of [same, different]) expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const mean = (shares: number[]): number => shares.reduce((sum, value, i) => sum + value * edges[i]!, 0);
    expect(mean(same)).toBeLessThan(mean(different));
  });

  it('names the faces that are right now or wrong now, and no others', () => {
    const strangers = Array.from({ length: 100 }, () => ({ person: 0, distance: 1 }));
    const result = (...probes: [truth: number, person: number, distance: number][]): FoldResult =>
      ({ probes: probes.map(([truth, person, distance]) => ({ truth, person, distance })), strangers }) as FoldResult;
    const before = result([1, 1, 0.2], [2, 1, 0.2], [3, 3, 1.5], [4, 1, 0.3]);
    const after = result([1, 2, 0.2], [2, 2, 0.2], [3, 3, 0.5], [4, 1, 1.5]);
    expect(recognitionChanges([[11, 12, 13, 14]], [before], [after])).toEqual([
      { faceId: 11, truth: 1, before: 1, after: 2 },
      { faceId: 12, truth: 2, before: 1, after: 2 },
      { faceId: 13, truth: 3, before: -1, after: 3 },
    ]);
  });
});
