import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../../../app/library/image.ts';
import { stretchContrast, turn, turnBack } from '../../../../app/faces/detection/image-changes.ts';
import { createRandom } from '../../../support/random.ts';

const size = fc.record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) });

function noise({ width, height }: { width: number; height: number }, from = 0, to = 256): RgbImage {
  const random = createRandom(width * 31 + height);
  const value = (): number => from + Math.floor(random() * (to - from));
  return { data: Uint8Array.from({ length: width * height * 3 }, value), width, height };
}

describe('turn', () => {
  it('moves the top left corner to the top right, and four turns change nothing', () => {
    fc.assert(
      fc.property(size, (dimensions) => {
        const image = noise(dimensions);
        const once = turn(image, 1);
        expect([once.width, once.height]).toEqual([image.height, image.width]);
        expect([...once.data.subarray(3 * (once.width - 1), 3 * once.width)]).toEqual([...image.data.subarray(0, 3)]);
        expect(turn(once, 3).data).toEqual(image.data);
      }),
    );
  });
});

describe('turnBack', () => {
  it('finds the same pixels again', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 0, max: 3 }), fc.nat(), (dimensions, turns, at) => {
        const image = noise(dimensions);
        const turned = turn(image, turns);
        const x = at % turned.width;
        const y = Math.floor(at / turned.width) % turned.height;
        const box = turnBack({ x, y, width: 1, height: 1 }, turns, dimensions);
        const from = 3 * (box.y * image.width + box.x);
        const to = 3 * (y * turned.width + x);
        expect([...image.data.subarray(from, from + 3)]).toEqual([...turned.data.subarray(to, to + 3)]);
      }),
    );
  });
});

describe('stretchContrast', () => {
  it('spreads a flat image over the whole range and keeps the order of its values', () => {
    const image = noise({ width: 40, height: 40 }, 100, 130);
    const { data } = stretchContrast(image);
    expect(Math.min(...data)).toBe(0);
    expect(Math.max(...data)).toBe(255);
    for (let i = 1; i < data.length; i++) {
      if (image.data[i]! > image.data[i - 1]!) expect(data[i]!).toBeGreaterThanOrEqual(data[i - 1]!);
    }
  });

  it('copes with an image of one colour', () => {
    const plain: RgbImage = { data: new Uint8Array(48).fill(200), width: 4, height: 4 };
    expect(new Set(stretchContrast(plain).data).size).toBe(1);
  });
});
