import { describe, expect, it } from 'vitest';
import {
  verificationDetail,
  type ScoredPairWithQuality,
} from '../../../../app/learning/evaluation/verification-detail.ts';
import { evaluateVerification } from '../../../../app/learning/evaluation/verification.ts';
import { createRandom, gaussian } from '../../../support/random.ts';

/** Folds in which poor pairs are harder to tell. */
function makeFolds(count: number, pairs: number, seed: number): ScoredPairWithQuality[][] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: 2 * pairs }, (_, i) => {
      const quality = random();
      const spread = 0.35 - 0.2 * quality;
      const same = i < pairs;
      return { distance: Math.max(0.01, (same ? 0.6 : 1.4) + spread * gaussian(random)), same, quality };
    }),
  );
}

const pair = (distance: number, same: boolean, quality: number): ScoredPairWithQuality => ({ distance, same, quality });

describe('verificationDetail', () => {
  it('gives the values worked out by hand', () => {
    // Fold 1 is judged at .525, fold 2 at .4 (see evaluateVerification); one same pair of fold 2 is rejected.
    const folds = [
      [pair(0.1, true, 0.1), pair(0.2, true, 0.9), pair(0.6, false, 0.1), pair(0.8, false, 0.9)],
      [pair(0.1, true, 0.9), pair(0.5, true, 0.1), pair(0.55, false, 0.5), pair(0.9, false, 0.5)],
    ];
    const { byQuality } = verificationDetail(folds, { resamples: 50 });
    expect(byQuality).toMatchObject([
      { from: 0.1, to: 0.5, pairs: 5, same: 2, different: 3, accuracy: 4 / 5, val: 0.5, far: 0, valAtFar1e3: 1 },
      { from: 0.9, to: 0.9, pairs: 3, same: 2, different: 1, accuracy: 1, val: 1, far: 0, valAtFar1e3: 1 },
    ]);
  });

  it('has no shares of nothing', () => {
    const fold = [pair(0.1, true, 0.2), pair(0.2, true, 0.2), pair(0.6, false, 0.7), pair(0.8, false, 0.7)];
    const { byQuality } = verificationDetail([fold, fold], { resamples: 20 });
    expect(byQuality).toMatchObject([
      { same: 4, different: 0, val: 1, far: null, intervals: { far: null } },
      { same: 0, different: 4, val: null, far: 0, valAtFar1e3: null, intervals: { val: null } },
    ]);
  });

  it('agrees with the scores of all pairs', () => {
    const folds = makeFolds(5, 60, 1);
    const { byQuality, intervals } = verificationDetail(folds, { resamples: 300 });
    const scores = evaluateVerification(folds);
    // Folds are of one size, so their mean is the share of all pairs.
    const right = byQuality.reduce((sum, { pairs, accuracy }) => sum + pairs * accuracy!, 0);
    expect(right / folds.flat().length).toBeCloseTo(scores.accuracy, 12);
    expect(byQuality.map(({ pairs }) => pairs)).toEqual([200, 200, 200]);
    expect(byQuality[0]!.accuracy).toBeLessThan(byQuality[2]!.accuracy!);
    for (const name of ['accuracy', 'valAtFar1e3', 'auc', 'threshold'] as const) {
      expect(intervals[name]!.low).toBeLessThanOrEqual(scores[name]);
      expect(intervals[name]!.high).toBeGreaterThanOrEqual(scores[name]);
    }
  });

  it('is as wide as the scores of other samples differ', () => {
    const samples = Array.from({ length: 60 }, (_, seed) => evaluateVerification(makeFolds(5, 60, seed)).accuracy);
    const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
    const deviation = Math.sqrt(samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (samples.length - 1));
    const { low, high } = verificationDetail(makeFolds(5, 60, 1), { resamples: 500 }).intervals.accuracy!;
    expect((high - low) / (2 * 1.96 * deviation)).toBeGreaterThan(0.7);
    expect((high - low) / (2 * 1.96 * deviation)).toBeLessThan(1.4);
  });

  it('needs another fold to choose on', () => {
    expect(() => verificationDetail([[pair(0.1, true, 1)]])).toThrow('two folds');
  });
});
