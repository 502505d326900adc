import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  identificationScores,
  nearestPeople,
  type MatedProbe,
  type NearestPerson,
} from '../../../../app/learning/evaluation/identification.ts';

/** Straight from the definition: the best threshold that lets through no more strangers than it may. */
function slowRate(probes: readonly MatedProbe[], strangers: readonly NearestPerson[]): number {
  const allowed = Math.floor(0.01 * strangers.length);
  const thresholds = [...strangers.map(({ distance }) => distance), Infinity];
  const rates = thresholds
    .filter((threshold) => strangers.filter(({ distance }) => distance < threshold).length <= allowed)
    .map((threshold) => probes.filter((p) => p.person === p.truth && p.distance < threshold).length / probes.length);
  return Math.max(...rates);
}

describe('identification at 1 % false positives', () => {
  const distance = fc.integer({ min: 0, max: 30 }).map((value) => value / 10);
  const probe = fc.record({ person: fc.integer({ min: 0, max: 2 }), truth: fc.integer({ min: 0, max: 2 }), distance });

  it('is what the definition gives', () => {
    fc.assert(
      fc.property(
        fc.array(probe, { minLength: 1, maxLength: 40 }),
        fc.array(fc.record({ person: fc.constant(0), distance }), { maxLength: 250 }),
        (probes, strangers) => {
          const { dir } = identificationScores(probes, strangers, { resamples: 1 });
          expect(dir).toBeCloseTo(slowRate(probes, strangers), 12);
        },
      ),
    );
  });

  it('comes with an interval that holds it', () => {
    const probes = Array.from({ length: 200 }, (_, i) => ({
      person: 0,
      truth: i % 5 === 0 ? 1 : 0,
      distance: i / 200,
    }));
    const strangers = Array.from({ length: 300 }, (_, i) => ({ person: 0, distance: 0.5 + i / 300 }));
    const { dir, interval } = identificationScores(probes, strangers);
    expect(interval!.low).toBeLessThan(dir);
    expect(interval!.high).toBeGreaterThan(dir);
    expect(interval!.high - interval!.low).toBeLessThan(0.3);
  });
});

describe('the nearest person', () => {
  it('is by the normalised mean of the confirmed faces', () => {
    const gallery = { embeddings: Float32Array.of(1, 0, 0, 1, -1, 0), people: Int32Array.of(3, 3, 8) };
    const half = Math.SQRT1_2;
    const [between, beside] = nearestPeople(Float32Array.of(half, half, -1, 0), gallery, 2);
    expect(between!.person).toBe(3);
    expect(between!.distance).toBeCloseTo(0, 6);
    expect(beside).toEqual({ person: 8, distance: 0 });
  });

  it('is nobody in an empty gallery', () => {
    const nobody = { embeddings: new Float32Array(0), people: new Int32Array(0) };
    expect(nearestPeople(Float32Array.of(1, 0), nobody, 2)).toEqual([{ person: -1, distance: Infinity }]);
  });
});
