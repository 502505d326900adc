import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuseBoxes, iou, scaleBox, suppress } from '../../../../app/faces/detection/box.ts';
import type { Detection } from '../../../../app/faces/detector.ts';

const box = fc.record({
  x: fc.integer({ min: 0, max: 40 }),
  y: fc.integer({ min: 0, max: 40 }),
  width: fc.integer({ min: 1, max: 20 }),
  height: fc.integer({ min: 1, max: 20 }),
});
const detection = fc
  .tuple(box, fc.double({ min: 0.01, max: 1, noNaN: true }))
  .map(([where, score]): Detection => ({ ...where, score }));
const detections = fc.array(detection, { maxLength: 25 });
const overlaps = (a: Detection, b: Detection): boolean => iou(a, b) > 0.3;

describe('iou', () => {
  it('agrees with counting the shared pixels', () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        let shared = 0;
        for (let y = 0; y < 64; y++) {
          for (let x = 0; x < 64; x++) {
            const inside = (c: typeof a): boolean => x >= c.x && x < c.x + c.width && y >= c.y && y < c.y + c.height;
            if (inside(a) && inside(b)) shared++;
          }
        }
        const union = a.width * a.height + b.width * b.height - shared;
        expect(iou(a, b)).toBeCloseTo(shared / union, 10);
      }),
      { numRuns: 50 },
    );
  });

  it('is symmetric, 1 for equal boxes, and does not depend on scale', () => {
    fc.assert(
      fc.property(box, box, fc.double({ min: 0.1, max: 30, noNaN: true }), (a, b, factor) => {
        expect(iou(a, b)).toBe(iou(b, a));
        expect(iou(a, a)).toBeCloseTo(1);
        expect(iou(scaleBox(a, factor), scaleBox(b, factor))).toBeCloseTo(iou(a, b), 9);
      }),
    );
  });

  it('is 0 for empty boxes', () => {
    const empty = { x: 0, y: 0, width: 0, height: 0 };
    expect(iou(empty, empty)).toBe(0);
  });
});

describe('suppress', () => {
  it('keeps boxes that do not overlap, and drops only boxes that overlap a better one', () => {
    fc.assert(
      fc.property(detections, (items) => {
        const kept = suppress(items, overlaps);
        for (const [i, a] of kept.entries()) {
          for (const b of kept.slice(i + 1)) {
            expect(overlaps(a, b)).toBe(false);
            expect(a.score).toBeGreaterThanOrEqual(b.score);
          }
        }
        for (const item of items) {
          if (!kept.includes(item)) expect(kept.some((k) => overlaps(k, item) && k.score >= item.score)).toBe(true);
        }
        expect(suppress(kept, overlaps)).toEqual(kept);
      }),
    );
  });
});

describe('fuseBoxes', () => {
  it('gives each box to one group and keeps the best score', () => {
    fc.assert(
      fc.property(detections, (items) => {
        const fused = fuseBoxes(items, 0.4);
        expect(fused.length).toBeLessThanOrEqual(items.length);
        expect(fused.length === 0).toBe(items.length === 0);
        expect(Math.max(0, ...fused.map(({ score }) => score))).toBe(Math.max(0, ...items.map(({ score }) => score)));
      }),
    );
  });

  it('weighs by score', () => {
    const [fused] = fuseBoxes(
      [
        { x: 0, y: 0, width: 10, height: 10, score: 0.75 },
        { x: 2, y: 0, width: 10, height: 10, score: 0.25 },
      ],
      0.4,
    );
    expect(fused).toEqual({ x: 0.5, y: 0, width: 10, height: 10, score: 0.75 });
  });
});
