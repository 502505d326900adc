import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignedChip, faceBox, fivePoints, placeFace } from '../../../app/faces/alignment.ts';
import type { LandmarkFinder } from '../../../app/faces/detector.ts';
import { placeInBox } from '../../../app/faces/placing.ts';
import { apply } from '../../../app/faces/warp.ts';
import type { RgbImage } from '../../../app/library/image.ts';

/** A made-up face: all that alignment looks at, as (number, x, y) with the eyes 100 apart, upright and symmetric. */
const drawing: readonly (readonly [number, number, number])[] = [
  ...[2, 22, 41, 58].map((y, i) => [27 + i, 0, y] as const),
  ...[-18, -10, 0, 10, 18].map((x, i) => [31 + i, x, 70] as const),
  ...[-66, -56, -42, -30, -41, -55].map((x, i) => [36 + i, x, i === 1 || i === 2 ? -5 : i > 3 ? 5 : 0] as const),
  ...[30, 42, 56, 66, 55, 41].map((x, i) => [42 + i, x, i === 1 || i === 2 ? -5 : i > 3 ? 5 : 0] as const),
  ...[-41, -27, -9, 0, 9, 27, 41].map((x, i) => [48 + i, x, 93 + 4 * Math.abs(3 - i)] as const),
  ...[-38, -13, 0, 13, 38, 12, 0, -12].map((x, i) => [60 + i, x, i > 4 ? 111 : 103] as const),
];

function landmarksOf(scale: number, angle: number, x: number, y: number): Float32Array {
  const points = new Float32Array(136);
  const transform = { a: scale * Math.cos(angle), b: scale * Math.sin(angle), tx: x, ty: y };
  for (const [index, u, v] of drawing) points.set(apply(transform, u, v), 2 * index);
  return points;
}

const placement = fc.record({
  scale: fc.double({ min: 0.2, max: 5, noNaN: true }),
  angle: fc.double({ min: -3, max: 3, noNaN: true }),
  x: fc.double({ min: -300, max: 300, noNaN: true }),
  y: fc.double({ min: -300, max: 300, noNaN: true }),
});

describe('placeFace', () => {
  it('puts a face in the same place whatever its size, tilt and position', () => {
    const upright = placeFace(landmarksOf(1, 0, 0, 0));
    fc.assert(
      fc.property(placement, ({ scale, angle, x, y }) => {
        const landmarks = landmarksOf(scale, angle, x, y);
        const pose = placeFace(landmarks);
        expect(pose.misfit).toBeCloseTo(upright.misfit, 4);
        const nose = apply(pose.toMean, landmarks[60]!, landmarks[61]!);
        expect(nose[0]).toBeCloseTo(apply(upright.toMean, 0, 58)[0], 3);
        expect(nose[1]).toBeCloseTo(apply(upright.toMean, 0, 58)[1], 3);
      }),
    );
  });

  it('tells a face from points that lie anyhow', () => {
    expect(placeFace(landmarksOf(1, 0, 0, 0)).misfit).toBeLessThan(0.06);
    const shuffled = landmarksOf(1, 0, 0, 0);
    for (let i = 27; i < 68; i++) shuffled.set([(i * 37) % 100, (i * 61) % 150], 2 * i);
    expect(placeFace(shuffled).misfit).toBeGreaterThan(0.12);
  });
});

describe('alignedChip', () => {
  it('puts eyes and mouth where the recognition network expects them', () => {
    // One red spot per eye and a green one for the mouth, on a face that is small and tilted.
    const landmarks = landmarksOf(0.8, 0.5, 150, 120);
    const image: RgbImage = { data: new Uint8Array(300 * 300 * 3), width: 300, height: 300 };
    const paint = (u: number, v: number, channel: number): void => {
      const [x, y] = apply({ a: 0.8 * Math.cos(0.5), b: 0.8 * Math.sin(0.5), tx: 150, ty: 120 }, u, v);
      for (let dy = -6; dy <= 6; dy++) {
        for (let dx = -6; dx <= 6; dx++)
          image.data[3 * ((Math.round(y) + dy) * 300 + Math.round(x) + dx) + channel] = 255;
      }
    };
    paint(-48, 0, 0);
    paint(48, 0, 0);
    paint(0, 103, 1);
    const chip = alignedChip(image, placeFace(landmarks), 150);
    const level = (x: number, y: number, channel: number): number =>
      chip.data[3 * (Math.round(y) * 150 + Math.round(x)) + channel]!;
    expect(level(0.315 * 150, 0.31 * 150, 0)).toBeGreaterThan(200);
    expect(level(0.685 * 150, 0.31 * 150, 0)).toBeGreaterThan(200);
    expect(level(0.5 * 150, 0.69 * 150, 1)).toBeGreaterThan(200);
  });
});

describe('faceBox', () => {
  it('is a square that grows and moves with the face and holds eyes and mouth', () => {
    fc.assert(
      fc.property(placement, ({ scale, x, y }) => {
        const box = faceBox(placeFace(landmarksOf(scale, 0, x, y)));
        const base = faceBox(placeFace(landmarksOf(1, 0, 0, 0)));
        expect(box.width).toBeCloseTo(box.height, 6);
        expect(box.width / scale).toBeCloseTo(base.width, 1);
        expect((box.x - x) / scale).toBeCloseTo(base.x, 1);
        expect(box.x).toBeLessThan(x - 66 * scale);
        expect(box.x + box.width).toBeGreaterThan(x + 66 * scale);
        expect(box.y + box.height).toBeGreaterThan(y + 111 * scale);
      }),
    );
  });
});

describe('fivePoints', () => {
  it('are the middle of the eyes, the tip of the nose and the corners of the mouth', () => {
    const expected = [-290 / 6, 0, 290 / 6, 0, 0, 58, -41, 105, 41, 105];
    fivePoints(landmarksOf(1, 0, 0, 0)).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
  });
});

describe('placeInBox', () => {
  const image: RgbImage = { data: new Uint8Array(3), width: 1, height: 1 };
  const box = { x: -100, y: -80, width: 200, height: 260 };
  const bad = Float32Array.from({ length: 136 }, (_, i) => (i * 53) % 90);

  it('is content with landmarks that look like a face', async () => {
    let calls = 0;
    const finder: LandmarkFinder = {
      find: () => {
        calls++;
        return Promise.resolve(landmarksOf(1, 0, 0, 0));
      },
      dispose: () => Promise.resolve(),
    };
    await placeInBox(finder, image, box, 0);
    expect(calls).toBe(1);
  });

  it('tries other framings otherwise, and takes the best', async () => {
    const finder: LandmarkFinder = {
      find: (_, framing) => Promise.resolve(framing.y === box.y + 0.15 * box.height ? landmarksOf(1, 0, 0, 0) : bad),
      dispose: () => Promise.resolve(),
    };
    expect((await placeInBox(finder, image, box, 0)).pose.misfit).toBeLessThan(0.06);
  });
});
