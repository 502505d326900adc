import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../../app/library/image.ts';
import { apply, fitSimilarity, invert, mirror, scaleOf, squareToTarget, warp } from '../../../app/faces/warp.ts';
import { createRandom } from '../../support/random.ts';

const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
const similarity = fc
  .record({
    scale: fc.double({ min: 0.05, max: 20, noNaN: true }),
    angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    tx: coordinate,
    ty: coordinate,
  })
  .map(({ scale, angle, tx, ty }) => ({ a: scale * Math.cos(angle), b: scale * Math.sin(angle), tx, ty }));

/** Distinct enough for a fit to be well conditioned. */
const points = fc
  .array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 12 })
  .filter(([first, ...others]) => others.some(([x, y]) => Math.hypot(x - first![0], y - first![1]) > 1))
  .map((pairs) => pairs.flat());

function noise(width: number, height: number, seed = 1): RgbImage {
  const random = createRandom(seed);
  return { data: Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256)), width, height };
}

function pixel({ data, width }: RgbImage, x: number, y: number): number[] {
  const at = 3 * (y * width + x);
  return [...data.subarray(at, at + 3)];
}

describe('fitSimilarity', () => {
  it('recovers the transform that made the points', () => {
    fc.assert(
      fc.property(similarity, points, (transform, from) => {
        const to: number[] = [];
        for (let i = 0; i < from.length; i += 2) to.push(...apply(transform, from[i]!, from[i + 1]!));
        const fit = fitSimilarity(from, to);
        const tolerance = 1e-6 * Math.max(1, scaleOf(transform));
        expect(Math.abs(fit.a - transform.a)).toBeLessThan(tolerance);
        expect(Math.abs(fit.b - transform.b)).toBeLessThan(tolerance);
      }),
    );
  });

  it('is the closed form for two points: their difference, turned and scaled', () => {
    const fit = fitSimilarity([1, 2, 4, 6], [10, 10, 10, 20]);
    // As complex numbers: (10i) / (3 + 4i) = (40 + 30i) / 25.
    expect(fit.a).toBeCloseTo(1.6);
    expect(fit.b).toBeCloseTo(1.2);
    expect(apply(fit, 1, 2)[0]).toBeCloseTo(10);
    expect(apply(fit, 4, 6)[1]).toBeCloseTo(20);
  });

  it('has no better neighbour in the least-squares sense', () => {
    const random = createRandom(7);
    const from = Array.from({ length: 10 }, () => random() * 100);
    const to = from.map((value) => value * 0.5 + random() * 10);
    const cost = (transform: ReturnType<typeof fitSimilarity>): number => {
      let sum = 0;
      for (let i = 0; i < from.length; i += 2) {
        const [x, y] = apply(transform, from[i]!, from[i + 1]!);
        sum += (x - to[i]!) ** 2 + (y - to[i + 1]!) ** 2;
      }
      return sum;
    };
    const best = fitSimilarity(from, to);
    for (const key of ['a', 'b', 'tx', 'ty'] as const) {
      for (const step of [-1e-3, 1e-3]) expect(cost({ ...best, [key]: best[key] + step })).toBeGreaterThan(cost(best));
    }
  });

  it('refuses points that all coincide', () => {
    expect(() => fitSimilarity([3, 3, 3, 3], [0, 0, 1, 1])).toThrow(RangeError);
  });
});

describe('invert', () => {
  it('undoes the transform', () => {
    fc.assert(
      fc.property(similarity, coordinate, coordinate, (transform, x, y) => {
        const [u, v] = apply(invert(transform), ...apply(transform, x, y));
        expect(Math.abs(u - x)).toBeLessThan(1e-6);
        expect(Math.abs(v - y)).toBeLessThan(1e-6);
      }),
    );
  });
});

describe('warp', () => {
  it('copies pixels under the identity and under whole shifts', () => {
    const image = noise(16, 16);
    expect(warp(image, { a: 1, b: 0, tx: 0, ty: 0 }, 16).data).toEqual(image.data);
    const shifted = warp(image, { a: 1, b: 0, tx: -3, ty: -5 }, 8);
    for (const [x, y] of [
      [0, 0],
      [7, 7],
      [2, 4],
    ] as const) {
      expect(pixel(shifted, x, y)).toEqual(pixel(image, x + 3, y + 5));
    }
  });

  it('turns by quarters exactly', () => {
    const image = noise(9, 9);
    // (x, y) -> (9 - y, x): a quarter turn clockwise on the screen.
    const turned = warp(image, { a: 0, b: 1, tx: 9, ty: 0 }, 9);
    for (let y = 0; y < 9; y++) {
      for (let x = 0; x < 9; x++) expect(pixel(turned, 8 - y, x)).toEqual(pixel(image, x, y));
    }
  });

  it('averages the pixels that a target pixel covers', () => {
    const image = noise(32, 32);
    const small = warp(image, squareToTarget(0, 0, 32, 8), 8);
    for (const [x, y] of [
      [0, 0],
      [3, 5],
      [7, 7],
    ] as const) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let dy = 0; dy < 4; dy++) {
          for (let dx = 0; dx < 4; dx++) sum += pixel(image, 4 * x + dx, 4 * y + dy)[channel]!;
        }
        expect(Math.abs(pixel(small, x, y)[channel]! - sum / 16)).toBeLessThanOrEqual(0.5);
      }
    }
  });

  it('interpolates linearly where it enlarges', () => {
    const ramp: RgbImage = {
      data: Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => 20 * (Math.floor(i / 3) % 8)),
      width: 8,
      height: 8,
    };
    const large = warp(ramp, { a: 4, b: 0, tx: -4, ty: -4 }, 16);
    for (let x = 0; x < 16; x++) {
      const source = (x + 4 + 0.5) / 4 - 0.5;
      expect(Math.abs(pixel(large, x, 8)[0]! - 20 * source)).toBeLessThanOrEqual(1);
    }
  });

  it('repeats the border outside the image', () => {
    const image = noise(4, 4);
    const wide = warp(image, { a: 1, b: 0, tx: 4, ty: 4 }, 12);
    expect(pixel(wide, 0, 0)).toEqual(pixel(image, 0, 0));
    expect(pixel(wide, 11, 11)).toEqual(pixel(image, 3, 3));
  });
});

describe('mirror', () => {
  it('swaps left and right, and twice is once too often', () => {
    const image = noise(5, 3);
    expect(pixel(mirror(image), 0, 1)).toEqual(pixel(image, 4, 1));
    expect(mirror(mirror(image)).data).toEqual(image.data);
  });
});
