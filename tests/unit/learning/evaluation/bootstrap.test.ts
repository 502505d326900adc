import { describe, expect, it } from 'vitest';
import { bootstrapIntervals, percentileInterval } from '../../../../app/learning/evaluation/bootstrap.ts';

const units = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('percentileInterval', () => {
  it('lies between the 2.5th and the 97.5th percentile, in any order', () => {
    const values = Array.from({ length: 201 }, (_, i) => ((i * 100) % 201) / 10);
    const { low, high } = percentileInterval(values)!;
    expect(low).toBeCloseTo(0.5, 12);
    expect(high).toBeCloseTo(19.5, 12);
  });

  it('interpolates between neighbours', () => {
    const { low, high } = percentileInterval([0, 1])!;
    expect(low).toBeCloseTo(0.025, 12);
    expect(high).toBeCloseTo(0.975, 12);
  });

  it('is a point for one value, and nothing for none', () => {
    expect(percentileInterval([3])).toEqual({ low: 3, high: 3 });
    expect(percentileInterval([])).toBeNull();
  });
});

describe('bootstrapIntervals', () => {
  it('is as wide for a share as the binomial distribution says', () => {
    const count = 400;
    const hits = (draws: Uint32Array): number => draws.subarray(0, 100).reduce((sum, times) => sum + times, 0);
    const { share } = bootstrapIntervals([units(count)], (draws) => ({ share: hits(draws) / count }), {
      resamples: 4000,
    });
    const deviation = Math.sqrt((0.25 * 0.75) / count);
    expect(share!.low).toBeCloseTo(0.25 - 1.96 * deviation, 2);
    expect(share!.high).toBeCloseTo(0.25 + 1.96 * deviation, 2);
  });

  it('draws each stratum to its size', () => {
    bootstrapIntervals([[0, 2, 4], [1], [3, 5]], (draws) => {
      expect(draws[0]! + draws[2]! + draws[4]!).toBe(3);
      expect(draws[1]).toBe(1);
      expect(draws[3]! + draws[5]!).toBe(2);
      return { nothing: 0 };
    });
  });

  it('is the same for the same seed only', () => {
    const run = (seed: number): unknown =>
      bootstrapIntervals([units(30)], (draws) => ({ first: draws.reduce((sum, n, i) => sum + n * i, 0) }), { seed });
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });

  it('leaves out samples without a value', () => {
    const intervals = bootstrapIntervals([[0, 1]], (draws) => ({
      sometimes: draws[0] === 0 ? NaN : 7,
      never: 0 / 0,
    }));
    expect(intervals).toEqual({ sometimes: { low: 7, high: 7 }, never: null });
  });

  it('has an answer where there is nothing to draw', () => {
    expect(bootstrapIntervals([[]], () => ({ share: 0 / 0 }))).toEqual({ share: null });
  });
});
