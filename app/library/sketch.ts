import sharp from 'sharp';
import type { RgbImage } from './image.ts';

/** Cells along each side; see `PhotoSketch` in the contract. */
const side = 3;

/**
 * Boils a photo down to what a window can show before the thumbnail is there.
 *
 * @returns 27 bytes: three rows of three cells, red, green and blue of each, sRGB
 */
export async function makeSketch({ data, width, height }: RgbImage): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(side, side, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
}
