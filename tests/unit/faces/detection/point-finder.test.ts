import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../../../app/library/image.ts';
import { createPointFinder } from '../../../../app/faces/detection/point-finder.ts';
import type { Detection, FaceDetector } from '../../../../app/faces/detector.ts';
import { PhotoViews } from '../../../../app/faces/views.ts';

/** A photo that is black but for white squares, each a face to {@link whiteSquares}. */
function photo(
  width: number,
  height: number,
  squares: readonly (readonly [x: number, y: number, side: number])[],
): PhotoViews {
  const render = (maxSide: number): Promise<RgbImage> => {
    const scale = Math.min(1, maxSide / Math.max(width, height));
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    const data = new Uint8Array(w * h * 3);
    for (const [x, y, side] of squares) {
      for (let row = Math.round(y * scale); row < (y + side) * scale; row++) {
        for (let column = Math.round(x * scale); column < (x + side) * scale; column++) {
          data.fill(255, 3 * (row * w + column), 3 * (row * w + column) + 3);
        }
      }
    }
    return Promise.resolve({ data, width: w, height: h });
  };
  return new PhotoViews({ format: 'jpeg', width, height, render });
}

/** Finds white squares of at least `smallest` pixels, at the given score. */
function whiteSquares(smallest: number, scoreOf: (image: RgbImage) => number): FaceDetector & { seen: number[] } {
  const seen: number[] = [];
  return {
    seen,
    detect(image, minScore) {
      seen.push(Math.max(image.width, image.height));
      const { data, width, height } = image;
      const found: Detection[] = [];
      const isWhite = (x: number, y: number): boolean =>
        x >= 0 && y >= 0 && x < width && y < height && data[3 * (y * width + x)]! > 200;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          if (!isWhite(x, y) || isWhite(x - 1, y) || isWhite(x, y - 1)) continue;
          let side = 1;
          while (isWhite(x + side, y)) side += 1;
          const points = Float32Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? x : y));
          if (side >= smallest) found.push({ x, y, width: side, height: side, score: scoreOf(image), points });
        }
      }
      return Promise.resolve(found.filter(({ score }) => score >= minScore));
    },
    dispose: () => Promise.resolve(),
  };
}

describe('createPointFinder', () => {
  it('finds small faces of a large photo in a large image, and gives everything in pixels of the photo', async () => {
    const detector = whiteSquares(10, () => 0.9);
    const squares = [
      [300, 300, 600],
      [3000, 1500, 40],
    ] as const;
    const found = await createPointFinder(detector, 'careful').find(photo(6000, 4000, squares));
    expect(found).toHaveLength(2);
    for (const [x, y, side] of squares) {
      const face = found.find((box) => Math.abs(box.width - side) < 10)!;
      expect(Math.abs(face.x - x)).toBeLessThan(5);
      expect(Math.abs(face.y - y)).toBeLessThan(5);
      expect(Math.abs(face.points![0]! - x)).toBeLessThan(5);
      expect(Math.abs(face.points![1]! - y)).toBeLessThan(5);
    }
  });

  it('looks once at a small photo', async () => {
    const detector = whiteSquares(10, () => 0.9);
    expect(await createPointFinder(detector, 'careful').find(photo(250, 250, [[50, 50, 100]]))).toHaveLength(1);
    expect(detector.seen).toEqual([250]);
  });

  it.each([
    [0.75, 1],
    [0.6, 0],
  ])('takes what it is unsure of for a face where a closer look scores %f: %i', async (score, count) => {
    const detector = whiteSquares(10, ({ width }) => (width === 160 ? score : 0.5));
    const found = await createPointFinder(detector, 'quick').find(photo(600, 400, [[200, 100, 80]]));
    expect(found).toHaveLength(count);
  });

  it('turns the photo where there is nothing, and leaves the points to the landmarks', async () => {
    // Only in a photo that stands on its side.
    const detector = whiteSquares(10, ({ width, height }) => (height > width ? 0.9 : 0));
    const views = photo(400, 200, [[40, 20, 60]]);
    const [face, ...others] = await createPointFinder(detector, 'careful').find(views);
    expect(others).toEqual([]);
    expect(face).toMatchObject({ turns: 1 });
    expect(face!.points).toBeUndefined();
    for (const [value, wanted] of [
      [face!.x, 40],
      [face!.y, 20],
      [face!.width, 60],
    ] as const) {
      expect(Math.abs(value - wanted)).toBeLessThan(4);
    }
    expect(await createPointFinder(detector, 'quick').find(views)).toEqual([]);
  });

  it('leaves out faces that are too small to be of use', async () => {
    const detector = whiteSquares(5, () => 0.9);
    expect(await createPointFinder(detector, 'careful').find(photo(300, 300, [[100, 100, 12]]))).toEqual([]);
  });
});
