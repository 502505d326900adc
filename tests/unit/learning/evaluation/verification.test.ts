import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  areaUnderRoc,
  bestThreshold,
  evaluateVerification,
  foldThresholds,
  parsePairs,
  scoreFolds,
  sortPairs,
  thresholdAtFar,
  type ScoredPair,
} from '../../../../app/learning/evaluation/verification.ts';

function pairsOf(same: readonly number[], different: readonly number[]): ScoredPair[] {
  return [
    ...same.map((distance) => ({ distance, same: true })),
    ...different.map((distance) => ({ distance, same: false })),
  ];
}

/** Nearest first, each pair once. */
function once(pairs: readonly ScoredPair[]): [ReturnType<typeof sortPairs>, Uint32Array] {
  return [sortPairs([pairs]), new Uint32Array(pairs.length).fill(1)];
}

/** Few distinct distances, so that ties are common. */
const distances = fc.array(
  fc.integer({ min: 1, max: 15 }).map((step) => step / 5),
  { minLength: 1, maxLength: 20 },
);

describe('parsePairs', () => {
  it("reads LFW's format", () => {
    expect(parsePairs('2\t1\nAna_Bo\t1\t12\nAna_Bo\t2\tCy\t3\nCy\t1\t2\nCy\t1\tAna_Bo\t1234\n')).toEqual([
      [
        { a: 'Ana_Bo_0001', b: 'Ana_Bo_0012', same: true },
        { a: 'Ana_Bo_0002', b: 'Cy_0003', same: false },
      ],
      [
        { a: 'Cy_0001', b: 'Cy_0002', same: true },
        { a: 'Cy_0001', b: 'Ana_Bo_1234', same: false },
      ],
    ]);
  });

  it('takes spaces for tabs, and Windows line ends', () => {
    expect(parsePairs('1 1\r\nAna 1 2\r\nAna 1 Bo 1\r\n')[0]!.map(({ b }) => b)).toEqual(['Ana_0002', 'Bo_0001']);
  });

  it.each([
    ['', 'Line 1'],
    ['ten\t300\n', 'Line 1'],
    ['1\t1\nAna\t1\t2\n', '1 × 2 × 1 pairs'],
    ['1\t1\nAna\t1\t2\nAna\tone\tBo\t1\n', 'Line 3'],
    ['1\t1\nAna\t1\nAna\t1\tBo\t1\n', 'Line 2'],
    ['1\t1\nAna\t1\t2\nAna\t1\tBo\t1\t9\n', 'Line 3'],
  ])('says what is wrong with %j', (text, message) => {
    expect(() => parsePairs(text)).toThrow(message);
  });
});

describe('bestThreshold', () => {
  it('is in the middle of the widest gap that judges best', () => {
    expect(bestThreshold(...once(pairsOf([0.1, 0.2], [0.6, 0.8])))).toBeCloseTo(0.4, 12);
    // Between .1 and .2, and between .3 and .7, three of four are right; the second gap is wider.
    expect(bestThreshold(...once(pairsOf([0.1, 0.3], [0.2, 0.7])))).toBeCloseTo(0.5, 12);
  });

  it('judges as many pairs right as any threshold does', () => {
    fc.assert(
      fc.property(distances, distances, (same, different) => {
        const pairs = pairsOf(same, different);
        const right = (t: number): number => pairs.filter((pair) => pair.distance < t === pair.same).length;
        const candidates = [0, ...pairs.flatMap(({ distance }) => [distance, distance + 0.01])];
        expect(right(bestThreshold(...once(pairs)))).toBe(Math.max(...candidates.map(right)));
      }),
    );
  });
});

describe('thresholdAtFar', () => {
  it('is the largest that accepts no more than the share', () => {
    const different = Array.from({ length: 2000 }, (_, i) => 0.1 + i / 1000);
    const threshold = thresholdAtFar(...once(pairsOf([0.05], different)), 1e-3);
    expect(different.filter((distance) => distance < threshold)).toHaveLength(2);
    expect(different.filter((distance) => distance <= threshold)).toHaveLength(3);
  });

  it('accepts no different pair at all where there are too few for the share', () => {
    expect(thresholdAtFar(...once(pairsOf([], [0.5, 0.4])), 1e-3)).toBe(0.4);
  });
});

describe('areaUnderRoc', () => {
  it('is the chance that a same pair is nearer, ties counting half', () => {
    fc.assert(
      fc.property(distances, distances, (same, different) => {
        const wins = same.flatMap((s) => different.map((d) => (s < d ? 1 : s === d ? 0.5 : 0)));
        const expected = wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
        expect(areaUnderRoc(...once(pairsOf(same, different)))).toBeCloseTo(expected, 12);
      }),
    );
  });
});

describe('evaluateVerification', () => {
  it('judges each fold at thresholds chosen on the others', () => {
    const scores = evaluateVerification([pairsOf([0.1, 0.2], [0.6, 0.8]), pairsOf([0.1, 0.5], [0.55, 0.9])]);
    // Fold 1 is judged at (.5 + .55) / 2, all four right; fold 2 at (.2 + .6) / 2, three of four right.
    expect(scores.accuracy).toBeCloseTo((1 + 0.75) / 2, 12);
    expect(scores.threshold).toBeCloseTo((0.525 + 0.4) / 2, 12);
    // Sample standard deviation of (1, .75) over √2.
    expect(scores.standardError).toBeCloseTo(0.25 / 2, 12);
    // Thresholds .55 and .6 accept no different pair of the other fold, and every same pair.
    expect(scores.valAtFar1e3).toBe(1);
    expect(scores.auc).toBe(1);
  });

  it('needs another fold to choose on', () => {
    expect(() => evaluateVerification([pairsOf([0.1], [0.2])])).toThrow('two folds');
  });
});

describe('weights', () => {
  it('are the same as a pair that is there so many times', () => {
    const weighted = fc.array(
      fc.record({
        distance: fc.integer({ min: 1, max: 15 }).map((step) => step / 5),
        same: fc.boolean(),
        times: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: 15 },
    );
    // Both kinds in both folds, so that no share is one of nothing.
    const base = pairsOf([0.4], [1.2]).map((pair) => ({ ...pair, times: 1 }));
    fc.assert(
      fc.property(weighted, weighted, (first, second) => {
        const folds = [first, second].map((fold) => [...base, ...fold]);
        const pairs = sortPairs(folds);
        const weights = Uint32Array.from(pairs.order, (i) => folds.flat()[i]!.times);
        const repeated = folds.map((fold) => fold.flatMap((pair) => Array.from({ length: pair.times }, () => pair)));
        const scores = scoreFolds(pairs, weights, foldThresholds(pairs, weights));
        const expected = evaluateVerification(repeated);
        for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
          expect(scores[name]).toBeCloseTo(expected[name], 12);
        }
      }),
    );
  });
});
