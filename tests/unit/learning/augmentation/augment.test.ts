import { describe, expect, it } from 'vitest';
import {
  augment,
  blur,
  coarser,
  compressed,
  grey,
  jitter,
  noise,
  relight,
  usualAugmentation,
  type Augmentation,
} from '../../../../app/learning/augmentation/augment.ts';
import { mirror } from '../../../../app/faces/warp.ts';
import type { RgbImage } from '../../../../app/library/image.ts';
import { createRandom } from '../../../support/random.ts';

const side = 32;
const random = createRandom(4);
const picture: RgbImage = {
  data: Uint8Array.from({ length: side * side * 3 }, () => 256 * random()),
  width: side,
  height: side,
};
const nothing: Augmentation = {
  mirror: 0,
  shift: 0,
  size: 0,
  turn: 0,
  light: 0,
  grey: 0,
  blur: [0, 0],
  lowResolution: [0, 1],
  noise: [0, 0],
  jpeg: [0, 100],
};

const meanOf = ({ data }: RgbImage): number => data.reduce((sum, value) => sum + value, 0) / data.length;
const roughness = ({ data }: RgbImage): number => {
  let sum = 0;
  for (let i = 3; i < data.length; i++) sum += Math.abs(data[i]! - data[i - 3]!);
  return sum / data.length;
};

describe('augment', () => {
  it('changes nothing where nothing is to change', async () => {
    expect((await augment(picture, side, nothing, createRandom(1))).data).toEqual(picture.data);
  });

  it('gives the same picture for the same numbers, and others for others', async () => {
    const all = (seed: number): Promise<RgbImage[]> => {
      const draws = createRandom(seed);
      return Promise.all(Array.from({ length: 30 }, () => augment(picture, 24, usualAugmentation, draws)));
    };
    const five = await all(5);
    expect(await all(5)).toEqual(five);
    expect(await all(6)).not.toEqual(five);
    for (const { data } of five) expect(data).toHaveLength(24 * 24 * 3);
  });

  it('mirrors about half of all', async () => {
    const draws = createRandom(9);
    const mirrored = mirror(picture).data.join();
    const all = Array.from({ length: 200 }, () => augment(picture, side, { ...nothing, mirror: 0.5 }, draws));
    const count = (await Promise.all(all)).filter(({ data }) => data.join() === mirrored).length;
    expect(count).toBeGreaterThan(70);
    expect(count).toBeLessThan(130);
  });

  it('leaves the picture that it is given as it was', async () => {
    const before = picture.data.slice();
    for (let seed = 0; seed < 20; seed++) await augment(picture, side, usualAugmentation, createRandom(seed));
    expect(picture.data).toEqual(before);
  });
});

describe('the single changes', () => {
  it('shifts by no more than told', () => {
    const dot: RgbImage = { data: new Uint8Array(side * side * 3), width: side, height: side };
    dot.data.fill(255, 3 * (16 * side + 16), 3 * (16 * side + 16) + 3);
    const draws = createRandom(3);
    for (let i = 0; i < 30; i++) {
      const { data } = jitter(dot, side, { shift: 0.1, size: 0, turn: 0 }, draws);
      const at = data.indexOf(Math.max(...data)) / 3;
      expect(Math.abs(Math.floor(at / side) - 16)).toBeLessThanOrEqual(4);
      expect(Math.abs((at % side) - 16)).toBeLessThanOrEqual(4);
    }
  });

  it('lights, and widens contrast about the middle', () => {
    const flat = (value: number): RgbImage => ({ data: new Uint8Array(12).fill(value), width: 2, height: 2 });
    expect(relight(flat(100), 1.5, 1).data[0]).toBe(150);
    expect(relight(flat(128), 1, 1.7).data[0]).toBe(128);
    expect(relight(flat(200), 1, 2).data[0]).toBe(255);
  });

  it('makes grey of the same light', () => {
    const { data } = grey(picture);
    for (let i = 0; i < data.length; i += 3) expect(data[i] === data[i + 1] && data[i] === data[i + 2]).toBe(true);
    expect(Math.abs(meanOf(grey(picture)) - meanOf(picture))).toBeLessThan(5);
  });

  it('blurs and coarsens without changing the light', async () => {
    for (const changed of [await blur(picture, 1.5), coarser(picture, 0.4)]) {
      expect(roughness(changed)).toBeLessThan(0.6 * roughness(picture));
      expect(Math.abs(meanOf(changed) - meanOf(picture))).toBeLessThan(2);
      expect(changed.data).toHaveLength(picture.data.length);
    }
  });

  it('loses the more the less a file takes', async () => {
    // Grey, as what a JPEG loses of colour it loses at any quality.
    const original = grey(picture);
    const lost = async (quality: number): Promise<number> => {
      const { data } = await compressed(original, quality);
      return data.reduce((sum, value, i) => sum + Math.abs(value - original.data[i]!), 0) / data.length;
    };
    const [fine, poor] = [await lost(95), await lost(10)];
    expect(fine).toBeGreaterThan(0);
    expect(poor).toBeGreaterThan(1.5 * fine);
  });

  it('adds grain of the strength that it is told', () => {
    const flat: RgbImage = { data: new Uint8Array(3 * 40 * 40).fill(128), width: 40, height: 40 };
    const { data } = noise(flat, 10, createRandom(8));
    const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - 128) ** 2, 0) / data.length);
    expect(deviation).toBeGreaterThan(9);
    expect(deviation).toBeLessThan(11);
  });
});
