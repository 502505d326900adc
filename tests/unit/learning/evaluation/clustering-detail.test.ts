import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusteringDetail } from '../../../../app/learning/evaluation/clustering-detail.ts';
import { clusteringScores } from '../../../../app/learning/evaluation/clustering.ts';

const faces = fc.array(
  fc.record({
    label: fc.integer({ min: -3, max: 4 }),
    identity: fc.integer({ min: 0, max: 5 }),
    quality: fc.integer({ min: 0, max: 9 }).map((tenth) => tenth / 10),
  }),
  { minLength: 1, maxLength: 30 },
);

describe('clusteringDetail', () => {
  it('gives the values worked out by hand', () => {
    // Clusters {a a b} {b b}; the poor faces are the b among the a and one of the others.
    const { byQuality } = clusteringDetail([0, 0, 0, 1, 1], [7, 7, 8, 8, 8], [0.9, 0.9, 0.1, 0.1, 0.9]);
    expect(byQuality).toHaveLength(2);
    expect(byQuality[0]).toMatchObject({ from: 0.1, to: 0.1, faces: 2 });
    // Precision (1/3 + 1) / 2, recall (1/3 + 2/3) / 2.
    expect(byQuality[0]!.bcubed.precision).toBeCloseTo(2 / 3, 12);
    expect(byQuality[0]!.bcubed.recall).toBeCloseTo(1 / 2, 12);
    expect(byQuality[0]!.bcubed.f).toBeCloseTo(4 / 7, 12);
    // Precision (2/3 + 2/3 + 1) / 3, recall (1 + 1 + 2/3) / 3.
    expect(byQuality[1]!.bcubed.precision).toBeCloseTo(7 / 9, 12);
    expect(byQuality[1]!.bcubed.recall).toBeCloseTo(8 / 9, 12);
  });

  it('averages to the scores of all faces', () => {
    fc.assert(
      fc.property(faces, (list) => {
        const labels = list.map(({ label }) => label);
        const truth = list.map(({ identity }) => identity);
        const qualities = list.map(({ quality }) => quality);
        const { byQuality } = clusteringDetail(labels, truth, qualities, { resamples: 5 });
        const { bcubed } = clusteringScores(labels, truth);
        expect(byQuality.reduce((sum, band) => sum + band.faces, 0)).toBe(list.length);
        for (const name of ['precision', 'recall'] as const) {
          const mean = byQuality.reduce((sum, band) => sum + band.faces * band.bcubed[name], 0) / list.length;
          expect(mean).toBeCloseTo(bcubed[name], 12);
        }
      }),
    );
  });

  it('is certain where there is one identity, or all are alike', () => {
    const one = clusteringDetail([0, 0, 1], [3, 3, 3], [1, 1, 1]);
    const scores = clusteringScores([0, 0, 1], [3, 3, 3]);
    for (const measure of ['bcubed', 'pairwise'] as const) {
      for (const name of ['precision', 'recall', 'f'] as const) {
        expect(one.intervals[measure][name]!.low).toBeCloseTo(scores[measure][name], 12);
        expect(one.intervals[measure][name]!.high).toBeCloseTo(scores[measure][name], 12);
      }
    }
  });

  it('is as wide as identities differ', () => {
    // Of 100 identities with two faces, 40 are torn apart: recall .8, ± 1.96 × .5 × √(.4 × .6 / 100).
    const labels = Array.from({ length: 200 }, (_, i) => (i < 80 ? i : 1000 + Math.floor(i / 2)));
    const truth = labels.map((_, i) => Math.floor(i / 2));
    const qualities = labels.map(() => 1);
    const { bcubed, pairwise } = clusteringDetail(labels, truth, qualities, { resamples: 2000 }).intervals;
    expect(bcubed.recall!.low).toBeCloseTo(0.8 - 0.048, 2);
    expect(bcubed.recall!.high).toBeCloseTo(0.8 + 0.048, 2);
    expect(bcubed.precision).toEqual({ low: 1, high: 1 });
    expect(pairwise.recall!.low).toBeCloseTo(0.6 - 0.096, 1);
    expect(pairwise.precision).toEqual({ low: 1, high: 1 });
  });

  it('counts a wrong pair for both of its identities', () => {
    // One cluster of two pairs of faces: 2 of 6 pairs belong together, whichever identities are drawn.
    const { pairwise } = clusteringDetail([0, 0, 0, 0], [1, 1, 2, 2], [1, 1, 1, 1]).intervals;
    expect(pairwise.precision!.low).toBeCloseTo(1 / 3, 12);
    expect(pairwise.precision!.high).toBeCloseTo(1 / 3, 12);
  });

  it('has no pairwise interval where nothing is grouped', () => {
    const { pairwise } = clusteringDetail([0, 1], [0, 1], [1, 1]).intervals;
    expect(pairwise).toEqual({ precision: null, recall: null, f: null });
  });
});
