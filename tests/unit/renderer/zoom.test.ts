import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clampZoom, fitSize, fitted, largestScale, zoomAbout } from '../../../renderer/features/photo/zoom.ts';

const stage = { width: 1200, height: 800 };

test('a picture fills the stage one way and keeps its shape', () => {
  expect(fitSize(stage, { width: 6000, height: 4000 })).toEqual({ width: 1200, height: 800 });
  expect(fitSize(stage, { width: 4000, height: 6000 })).toEqual({ width: 4000 / 7.5, height: 800 });
  expect(fitSize(stage, { width: 1, height: 1 })).toEqual({ width: 8, height: 8 });
});

test('zooming keeps the point under the pointer in its place', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 6, noNaN: true }),
      fc.integer({ min: -600, max: 600 }),
      fc.integer({ min: -400, max: 400 }),
      fc.double({ min: 0.3, max: 3, noNaN: true }),
      (scale, px, py, factor) => {
        const before = { scale, x: 30, y: -20 };
        const after = zoomAbout(before, factor, px, py, 8);
        // The picture's own coordinates of the pointer, before and after.
        expect((px - after.x) / after.scale).toBeCloseTo((px - before.x) / before.scale, 6);
        expect((py - after.y) / after.scale).toBeCloseTo((py - before.y) / before.scale, 6);
        expect(after.scale).toBeGreaterThanOrEqual(1);
        expect(after.scale).toBeLessThanOrEqual(8);
      },
    ),
  );
});

test('the picture cannot leave the stage', () => {
  const fit = { width: 1200, height: 600 };
  expect(clampZoom({ scale: 0.2, x: 50, y: 50 }, stage, fit, 8)).toEqual(fitted);
  // Twice as large: 600 px of room sideways, 200 up and down.
  expect(clampZoom({ scale: 2, x: 5000, y: -5000 }, stage, fit, 8)).toEqual({ scale: 2, x: 600, y: -200 });
  expect(clampZoom({ scale: 99, x: 0, y: 0 }, stage, fit, 8).scale).toBe(8);
});

test('large photos can be seen to their pixels, small ones still grow', () => {
  expect(largestScale({ width: 1200, height: 800 }, { width: 6000, height: 4000 })).toBe(20);
  expect(largestScale({ width: 1200, height: 800 }, { width: 600, height: 400 })).toBe(4);
});
