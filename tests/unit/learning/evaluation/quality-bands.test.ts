import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualityThirds } from '../../../../app/learning/evaluation/quality-bands.ts';

describe('qualityThirds', () => {
  it('are three equal parts, poorest first', () => {
    const { bands, of } = qualityThirds([0.9, 0.1, 0.5, 0.2, 0.8, 0.6]);
    expect(bands).toEqual([
      { from: 0.1, to: 0.2 },
      { from: 0.5, to: 0.6 },
      { from: 0.8, to: 0.9 },
    ]);
    expect([...of]).toEqual([2, 0, 1, 0, 2, 1]);
  });

  it('keep equal ones together', () => {
    expect(qualityThirds([0, 0, 0, 0, 0.5, 1]).bands).toEqual([
      { from: 0, to: 0 },
      { from: 0.5, to: 1 },
    ]);
    expect(qualityThirds([0.3, 0.3]).bands).toEqual([{ from: 0.3, to: 0.3 }]);
    expect(qualityThirds([]).bands).toEqual([]);
  });

  it('hold everything, each inside its band', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 }), (tenths) => {
        const qualities = tenths.map((tenth) => tenth / 10);
        const { bands, of } = qualityThirds(qualities);
        for (const [i, quality] of qualities.entries()) {
          const band = bands[of[i]!]!;
          expect(quality).toBeGreaterThanOrEqual(band.from);
          expect(quality).toBeLessThanOrEqual(band.to);
        }
        for (const [i, band] of bands.entries()) {
          expect(of).toContain(i);
          if (i > 0) expect(band.from).toBeGreaterThan(bands[i - 1]!.to);
        }
      }),
    );
  });
});
