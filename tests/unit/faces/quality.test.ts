import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../../app/library/image.ts';
import { faceQuality, frontality, laplacianVariance } from '../../../app/faces/quality.ts';
import { createRandom } from '../../support/random.ts';

const frontal = Float32Array.from([30, 40, 70, 40, 50, 60, 35, 80, 65, 80]);

function checks(cell: number): RgbImage {
  const size = 150;
  const data = new Uint8Array(size * size * 3);
  for (let i = 0; i < size * size; i++) {
    const value = (Math.floor((i % size) / cell) + Math.floor(i / size / cell)) % 2 === 0 ? 60 : 190;
    data.fill(value, 3 * i, 3 * i + 3);
  }
  return { data, width: size, height: size };
}

describe('laplacianVariance', () => {
  it('is 0 for a plain image and for a slope', () => {
    const slope = Uint8Array.from({ length: 150 * 150 * 3 }, (_, i) => Math.floor(i / 3) % 150);
    expect(laplacianVariance({ data: new Uint8Array(150 * 150 * 3).fill(99), width: 150, height: 150 })).toBe(0);
    expect(laplacianVariance({ data: slope, width: 150, height: 150 })).toBeCloseTo(0, 3);
  });

  it('falls as detail gets coarser', () => {
    const [fine, middle, coarse] = [checks(2), checks(5), checks(20)].map(laplacianVariance);
    expect(fine!).toBeGreaterThan(middle!);
    expect(middle!).toBeGreaterThan(coarse!);
  });

  it('is the known value for independent noise: 20 times its variance', () => {
    const random = createRandom(3);
    const data = new Uint8Array(150 * 150 * 3);
    for (let i = 0; i < data.length; i += 3) data.fill(Math.floor(random() * 256), i, i + 3);
    const variance = (256 ** 2 - 1) / 12;
    expect(laplacianVariance({ data, width: 150, height: 150 }) / (20 * variance)).toBeCloseTo(1, 1);
  });
});

describe('frontality', () => {
  it('is 1 from the front and 0 in profile, whatever the size and the tilt of the head', () => {
    expect(frontality(frontal)).toBeCloseTo(1);
    expect(frontality(frontal.map((value) => value * 7))).toBeCloseTo(1);
    const tilted = frontal.slice();
    for (let i = 0; i < 10; i += 2) {
      tilted[i] = frontal[i]! * 0.8 - frontal[i + 1]! * 0.6;
      tilted[i + 1] = frontal[i]! * 0.6 + frontal[i + 1]! * 0.8;
    }
    expect(frontality(tilted)).toBeCloseTo(1);
    const profile = frontal.slice();
    profile[4] = 72;
    expect(frontality(profile)).toBe(0);
  });

  it('is 0 where points coincide', () => {
    expect(frontality(new Float32Array(10))).toBe(0);
  });
});

describe('faceQuality', () => {
  it('is higher for sharper faces, seen more from the front, whose views agree, and stays within 0 and 1', () => {
    const plain: RgbImage = { data: new Uint8Array(150 * 150 * 3), width: 150, height: 150 };
    const best = faceQuality(200, checks(2), frontal, 1);
    const turned = frontal.slice();
    turned[4] = 66;
    for (const worse of [
      faceQuality(200, checks(2), frontal, 2),
      faceQuality(200, plain, frontal, 1),
      faceQuality(200, checks(2), turned, 1),
    ]) {
      expect(worse.score).toBeLessThan(best.score);
      expect(worse.score).toBeGreaterThanOrEqual(0);
    }
    expect(best.score).toBeLessThanOrEqual(1);
    expect(faceQuality(200, checks(2), frontal, 0).score).toBeLessThanOrEqual(1);
  });
});
