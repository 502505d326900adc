import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../../../app/library/image.ts';
import type { FaceDetector } from '../../../../app/faces/detector.ts';
import { detectTiled } from '../../../../app/faces/detection/tiles.ts';

/** Finds every white pixel. */
const whitePixels: FaceDetector = {
  detect({ data, width }) {
    const found = [];
    for (let at = data.indexOf(255); at >= 0; at = data.indexOf(255, at + 3)) {
      found.push({ x: (at / 3) % width, y: Math.floor(at / 3 / width), width: 1, height: 1, score: 1 });
    }
    return Promise.resolve(found);
  },
  dispose: () => Promise.resolve(),
};

describe('detectTiled', () => {
  it('finds everything once, wherever it lies', async () => {
    const length = fc.integer({ min: 1, max: 3000 });
    await fc.assert(
      fc.asyncProperty(
        length,
        length,
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }),
        async (w, h, spots) => {
          const image: RgbImage = { data: new Uint8Array(w * h * 3), width: w, height: h };
          const expected = new Set(spots.map(([x, y]) => `${x % w},${y % h}`));
          for (const [x, y] of spots)
            image.data.fill(255, 3 * ((y % h) * w + (x % w)), 3 * ((y % h) * w + (x % w)) + 3);
          const found = (await detectTiled(whitePixels, image, 0.5)).map(({ x, y }) => `${x},${y}`);
          expect(found.toSorted()).toEqual([...expected].toSorted());
        },
      ),
      { numRuns: 30 },
    );
  });
});
