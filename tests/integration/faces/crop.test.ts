import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { RelativeBox } from '../../../app/contract/dto.ts';
import { cropFrom, cutCrop } from '../../../app/faces/crop.ts';
import { openPhoto } from '../../../app/library/decode.ts';
import type { RgbImage } from '../../../app/library/image.ts';

/** Left half red, right half blue, with a green square of 100 pixels whose top left corner is at (300, 150). */
function picture(width = 800, height = 500): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const x = i % width;
    const y = Math.floor(i / width);
    const isSquare = x >= 300 && x < 400 && y >= 150 && y < 250;
    data[3 * i + (isSquare ? 1 : x < width / 2 ? 0 : 2)] = 255;
  }
  return { data, width, height };
}

async function colourAt(jpeg: Uint8Array, x: number, y: number): Promise<string> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([256, 256]);
  const at = 3 * (y * info.width + x);
  return [...data.subarray(at, at + 3)].map((value) => (value > 127 ? '1' : '0')).join('');
}

const square: RelativeBox = [300 / 800, 150 / 500, 100 / 800, 100 / 500];

describe('cropFrom', () => {
  it('shows the box in the middle with a margin', async () => {
    const crop = await cropFrom(picture(), square);
    expect(await colourAt(crop, 128, 128)).toBe('010');
    // The box takes 1 / 1.6 of the crop: from pixel 48 to 208.
    expect(await colourAt(crop, 54, 128)).toBe('010');
    expect(await colourAt(crop, 40, 128)).toBe('100');
    expect(await colourAt(crop, 216, 128)).toBe('001');
  });

  it.each([
    ['over the top left corner', [-0.05, -0.08, 0.125, 0.2], '100'],
    ['over the bottom right corner', [0.93, 0.9, 0.125, 0.2], '001'],
    ['outside altogether', [1.2, 1.4, 0.1, 0.16], '001'],
    ['larger than the photo', [-0.5, -0.5, 2, 2], '100'],
  ] as const)('repeats the border for a box %s', async (_, box, colour) => {
    const crop = await cropFrom(picture(), [...box]);
    expect(await colourAt(crop, 4, 4)).toBe(colour);
  });
});

describe('cutCrop', () => {
  it('cuts the same from the photo itself', async () => {
    const { data, width, height } = picture();
    const photo = await openPhoto(
      await sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer(),
    );
    const crop = await cutCrop(photo, square);
    expect(await colourAt(crop, 128, 128)).toBe('010');
    expect(await colourAt(crop, 40, 128)).toBe('100');
  });
});
