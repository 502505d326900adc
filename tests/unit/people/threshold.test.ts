import { describe, expect, it } from 'vitest';
import { DistanceScale } from '../../../app/people/threshold.ts';

describe('the scale of distances', () => {
  it('leaves the built-in model as it is', () => {
    const scale = new DistanceScale();
    expect(scale.reach).toBe(0.2);
    expect(scale.range()).toEqual({ lowest: 0.06, highest: 0.18 });
    for (const distance of [0, 0.05, 0.1125, 0.13, 0.2, 1.7]) expect(scale.toBuiltIn(distance)).toBe(distance);
  });

  it.each([0.02, 0.11, 0.4, 1.15, 1.6])(
    'takes the threshold %d for what the built-in one calls the same',
    (standard) => {
      const scale = new DistanceScale(standard);
      expect(scale.toBuiltIn(standard)).toBeCloseTo(0.1125, 12);
      expect(scale.toBuiltIn(standard / 2)).toBeCloseTo(0.1125 / 2, 12);
      expect(scale.toBuiltIn(scale.reach)).toBeCloseTo(0.2, 12);
      const { lowest, highest } = scale.range();
      expect(lowest).toBeLessThan(standard);
      expect(highest).toBeGreaterThan(standard);
      expect(highest).toBeLessThan(scale.reach);
      // Where everybody is a stranger nobody is asked about.
      expect(scale.reach).toBeLessThan(2);
      const values = Array.from({ length: 100 }, (_, i) => scale.toBuiltIn((i / 99) * 2));
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    },
  );
});
