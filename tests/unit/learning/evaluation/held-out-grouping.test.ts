import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusteringScores } from '../../../../app/learning/evaluation/clustering.ts';
import {
  bcubedF,
  calibratedThreshold,
  differentDistances,
  groupingScore,
} from '../../../../app/learning/evaluation/held-out-grouping.ts';
import { unitRowsOf } from '../../../support/learning.ts';
import { createRandom, gaussian } from '../../../support/random.ts';

describe('grouping of held-out faces', () => {
  const faces = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
    minLength: 1,
    maxLength: 30,
  });

  it('is BCubed F where all faces are known', () => {
    fc.assert(
      fc.property(faces, (drawn) => {
        const labels = drawn.map(([label]) => label);
        const truth = Int32Array.from(drawn, ([, person]) => person);
        expect(bcubedF(labels, truth, [])).toBeCloseTo(clusteringScores(labels, truth).bcubed.f, 10);
      }),
    );
  });

  it('counts others as wrong, but for those who may be right', () => {
    const truth = Int32Array.of(0, 0);
    expect(bcubedF([1, 1, 1, 1], truth, [[], []])).toBeCloseTo((2 * 0.5) / 1.5, 10);
    expect(bcubedF([1, 1, 1, 1], truth, [[0], [0, 3]])).toBe(1);
    expect(bcubedF([1, 1, 2, 2], truth, [[], []])).toBe(1);
  });

  it('is measured among the others', () => {
    const random = createRandom(12);
    const dimension = 16;
    const face = (centre: readonly number[], spread: number): number[] =>
      centre.map((value) => value + spread * gaussian(random));
    const base = Array.from({ length: dimension }, () => 1);
    const centres = Array.from({ length: 8 }, () => face(base, 0.5));
    const heldOut = unitRowsOf(
      Float32Array.from(centres.flatMap((centre) => Array.from({ length: 6 }, () => face(centre, 0.15)).flat())),
      dimension,
    );
    const truth = Int32Array.from({ length: 48 }, (_, i) => Math.floor(i / 6));
    const others = unitRowsOf(Float32Array.from(Array.from({ length: 300 }, () => face(base, 0.5)).flat()), dimension);
    const alone = { heldOut, truth, others: new Float32Array(0), mayBe: [] };
    const among = { heldOut, truth, others, mayBe: Array.from({ length: 300 }, () => []) };
    expect(groupingScore(alone, 0.08)).toBeGreaterThan(0.9);
    expect(groupingScore(among, 0.2)).toBeLessThan(groupingScore(alone, 0.2) - 0.02);
    expect(differentDistances(alone)).toHaveLength((48 * 42) / 2);
  });

  it('lets three pairs of different people in 10,000 through', () => {
    const different = Array.from({ length: 20_000 }, (_, i) => 1 + ((i * 7919) % 20_000) / 20_000);
    const threshold = calibratedThreshold(different, { different: [], threshold: 0.1 });
    expect(different.filter((distance) => distance < threshold)).toHaveLength(6);
  });

  it('follows the scale where there are few pairs', () => {
    const different = Array.from({ length: 200 }, (_, i) => 0.2 + i / 1000);
    const wider = different.map((distance) => 3 * distance);
    expect(calibratedThreshold(wider, { different, threshold: 0.1 })).toBeCloseTo(0.3, 6);
    expect(calibratedThreshold([], { different: [], threshold: 0.1 })).toBeCloseTo(0.1, 6);
  });
});
