import sharp from 'sharp';
import type { DecodedPhoto, RgbImage } from '../library/image.ts';

/** Long side of the largest image that is ever decoded: bounds the memory, and leaves faces of 60 pixels in 36 megapixels. */
const largestSide = 6144;

/**
 * One photo at several sizes. The largest render so far is kept, and smaller sizes are made from it, so that a file is decoded
 * as seldom as possible and never larger than asked for.
 */
export class PhotoViews {
  readonly #photo: DecodedPhoto;
  #largest: RgbImage | undefined;

  constructor(photo: DecodedPhoto) {
    this.#photo = photo;
  }

  /** Long side of the full-size photo. */
  get longSide(): number {
    return Math.max(this.#photo.width, this.#photo.height);
  }

  /** Pixels of an image per pixel of the full-size photo. */
  scaleOf(image: RgbImage): number {
    return Math.max(image.width, image.height) / this.longSide;
  }

  /** An image whose long side is at least `side`, or the whole photo where that is smaller. */
  async atLeast(side: number): Promise<RgbImage> {
    const wanted = Math.min(Math.ceil(side), this.longSide, largestSide);
    if (!this.#largest || longSideOf(this.#largest) < wanted) this.#largest = await this.#photo.render(wanted);
    return this.#largest;
  }

  /** An image whose long side is `side`, or the whole photo where that is smaller. */
  async exactly(side: number): Promise<RgbImage> {
    const image = await this.atLeast(side);
    return shrink(image, side);
  }
}

function longSideOf({ width, height }: RgbImage): number {
  return Math.max(width, height);
}

/** Area-filtered copy whose long side is `side`; the image itself where it is no larger. */
async function shrink(image: RgbImage, side: number): Promise<RgbImage> {
  const scale = side / longSideOf(image);
  if (scale >= 1) return image;
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  return resize(image, width, height);
}

/** Filtered resize to exactly this many pixels. */
async function resize(image: RgbImage, width: number, height: number): Promise<RgbImage> {
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  const data = await sharp(image.data, { raw })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  return { data, width, height };
}
