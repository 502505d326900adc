import type { RgbImage } from '../../library/image.ts';
import type { Box } from '../detector.ts';

/** Spreads the grey values between the darkest and the brightest percent over the whole range. */
export function stretchContrast({ data, width, height }: RgbImage): RgbImage {
  const histogram = new Uint32Array(256);
  for (const value of data) histogram[value]!++;
  const low = percentile(histogram, data.length * 0.01);
  const high = Math.max(low + 1, percentile(histogram, data.length * 0.99));
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.round(Math.min(1, Math.max(0, (value - low) / (high - low))) * 255),
  );
  return { data: data.map((value) => table[value]!), width, height };
}

function percentile(histogram: Uint32Array, count: number): number {
  let seen = 0;
  return histogram.findIndex((n) => (seen += n) > count);
}

/** Turns an image clockwise by quarter turns. */
export function turn(image: RgbImage, turns: number): RgbImage {
  if (turns === 0) return image;
  const { data, width, height } = turn(image, turns - 1);
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 3 * (y * width + x);
      const to = 3 * (x * height + (height - 1 - y));
      turned[to] = data[from]!;
      turned[to + 1] = data[from + 1]!;
      turned[to + 2] = data[from + 2]!;
    }
  }
  return { data: turned, width: height, height: width };
}

/**
 * Where a box of an image turned clockwise lies in the image as it was.
 *
 * @param size of the image before it was turned
 */
export function turnBack<T extends Box>(box: T, turns: number, size: { width: number; height: number }): T {
  if (turns === 0) return box;
  const inner = turns % 2 === 0 ? { width: size.height, height: size.width } : size;
  // Undo the last quarter turn: (x, y) of the turned image was (y, height - x) before.
  const undone = { ...box, x: box.y, y: inner.height - box.x - box.width, width: box.height, height: box.width };
  return turnBack(undone, turns - 1, size);
}
