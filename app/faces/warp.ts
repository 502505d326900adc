import type { RgbImage } from '../library/image.ts';

/**
 * Similarity transform (x, y) -> (a·x − b·y + tx, b·x + a·y + ty): rotation and uniform scale (a, b), then translation.
 */
export interface Similarity {
  a: number;
  b: number;
  tx: number;
  ty: number;
}

/** Uniform scale of a similarity. */
export function scaleOf({ a, b }: Similarity): number {
  return Math.hypot(a, b);
}

/** @throws RangeError when the transform maps everything to one point */
export function invert({ a, b, tx, ty }: Similarity): Similarity {
  const determinant = a * a + b * b;
  if (determinant === 0) throw new RangeError('A transform of scale 0 has no inverse.');
  const ia = a / determinant;
  const ib = -b / determinant;
  return { a: ia, b: ib, tx: -(ia * tx - ib * ty), ty: -(ib * tx + ia * ty) };
}

export function apply({ a, b, tx, ty }: Similarity, x: number, y: number): [number, number] {
  return [a * x - b * y + tx, b * x + a * y + ty];
}

/**
 * The least-squares similarity that takes `from` to `to` (Umeyama 1991; in the plane it has this closed form and reflections
 * cannot occur).
 *
 * @param from at least two different points as x, y pairs
 * @param to as many points
 * @throws RangeError when all points of `from` coincide
 */
export function fitSimilarity(from: ArrayLike<number>, to: ArrayLike<number>): Similarity {
  const count = from.length / 2;
  let fromX = 0;
  let fromY = 0;
  let toX = 0;
  let toY = 0;
  for (let i = 0; i < count; i++) {
    fromX += from[2 * i]! / count;
    fromY += from[2 * i + 1]! / count;
    toX += to[2 * i]! / count;
    toY += to[2 * i + 1]! / count;
  }
  let variance = 0;
  let dot = 0;
  let cross = 0;
  for (let i = 0; i < count; i++) {
    const x = from[2 * i]! - fromX;
    const y = from[2 * i + 1]! - fromY;
    const u = to[2 * i]! - toX;
    const v = to[2 * i + 1]! - toY;
    variance += x * x + y * y;
    dot += x * u + y * v;
    cross += x * v - y * u;
  }
  if (!(variance > 0)) throw new RangeError('All points coincide.');
  const a = dot / variance;
  const b = cross / variance;
  return { a, b, tx: toX - (a * fromX - b * fromY), ty: toY - (b * fromX + a * fromY) };
}

/**
 * Resamples a square part of an image under a similarity transform. Where it shrinks, each target pixel averages as many
 * samples as it covers source pixels (area filter), so that fine texture does not alias; where it enlarges, it interpolates
 * bilinearly. Outside the image the nearest border pixel is taken.
 *
 * @param toTarget maps source coordinates to target coordinates, both with pixel (0, 0) covering [0, 1) x [0, 1)
 * @param size side of the result in pixels
 */
export function warp(image: RgbImage, toTarget: Similarity, size: number): RgbImage {
  const { data: source, width, height } = image;
  const data = new Uint8Array(size * size * 3);
  const inverse = invert(toTarget);
  const samples = Math.max(1, Math.ceil(scaleOf(inverse) - 0.01));
  const weight = 1 / (samples * samples);
  const maxX = width - 1;
  const maxY = height - 1;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let sy = 0; sy < samples; sy++) {
        const v = row + (sy + 0.5) / samples;
        for (let sx = 0; sx < samples; sx++) {
          const u = column + (sx + 0.5) / samples;
          const x = clamp(inverse.a * u - inverse.b * v + inverse.tx - 0.5, maxX);
          const y = clamp(inverse.b * u + inverse.a * v + inverse.ty - 0.5, maxY);
          const x0 = x | 0;
          const y0 = y | 0;
          const fx = x - x0;
          const fy = y - y0;
          const right = x0 < maxX ? 3 : 0;
          const below = y0 < maxY ? 3 * width : 0;
          const at = 3 * (y0 * width + x0);
          const w00 = (1 - fx) * (1 - fy);
          const w10 = fx * (1 - fy);
          const w01 = (1 - fx) * fy;
          const w11 = fx * fy;
          const across = at + below;
          red += w00 * source[at]! + w10 * source[at + right]! + w01 * source[across]! + w11 * source[across + right]!;
          green +=
            w00 * source[at + 1]! +
            w10 * source[at + right + 1]! +
            w01 * source[across + 1]! +
            w11 * source[across + right + 1]!;
          blue +=
            w00 * source[at + 2]! +
            w10 * source[at + right + 2]! +
            w01 * source[across + 2]! +
            w11 * source[across + right + 2]!;
        }
      }
      const to = 3 * (row * size + column);
      data[to] = red * weight + 0.5;
      data[to + 1] = green * weight + 0.5;
      data[to + 2] = blue * weight + 0.5;
    }
  }
  return { data, width: size, height: size };
}

function clamp(value: number, max: number): number {
  return value < 0 ? 0 : value > max ? max : value;
}

/** A transform to a square of `size` pixels, followed by one that scales and turns (radians, clockwise) about its middle. */
export function aroundCentre({ a, b, tx, ty }: Similarity, scale: number, roll: number, size: number): Similarity {
  const c = scale * Math.cos(roll);
  const d = scale * Math.sin(roll);
  const middle = size / 2;
  return {
    a: c * a - d * b,
    b: d * a + c * b,
    tx: c * (tx - middle) - d * (ty - middle) + middle,
    ty: d * (tx - middle) + c * (ty - middle) + middle,
  };
}

/** The image seen in a mirror: left and right change places. */
export function mirror({ data, width, height }: RgbImage): RgbImage {
  const mirrored = new Uint8Array(data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = 3 * (row * width + column);
      const to = 3 * (row * width + (width - 1 - column));
      mirrored[to] = data[from]!;
      mirrored[to + 1] = data[from + 1]!;
      mirrored[to + 2] = data[from + 2]!;
    }
  }
  return { data: mirrored, width, height };
}

/** The transform that takes the square `[x, x + side) x [y, y + side)` to a target of `size` pixels. */
export function squareToTarget(x: number, y: number, side: number, size: number): Similarity {
  const scale = size / side;
  return { a: scale, b: 0, tx: -x * scale, ty: -y * scale };
}
