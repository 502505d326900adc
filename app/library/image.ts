/** Interleaved 8-bit sRGB pixels, row by row, three bytes each; always upright (EXIF orientation applied). */
export interface RgbImage {
  data: Uint8Array;
  width: number;
  height: number;
}

/** A photo whose header has been read and whose pixels can be had at any size. */
export interface DecodedPhoto {
  /** `jpeg`, `png`, `webp`, `avif`, `tiff`, `gif` or `heic`. */
  format: string;
  /** Oriented full-size pixels. */
  width: number;
  height: number;
  /**
   * Decodes the photo so that its long side is at most `maxSide` pixels, never larger than it is, decoding straight to
   * about that size where the format allows (JPEG shrink-on-load).
   *
   * @throws PhotoError `damaged` when the pixels cannot be decoded
   */
  render(maxSide: number): Promise<RgbImage>;
}

/** Part of an image; the image itself where that is all of it. */
export function cutOut(image: RgbImage, x: number, y: number, width: number, height: number): RgbImage {
  if (width === image.width && height === image.height) return image;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = 3 * ((y + row) * image.width + x);
    data.set(image.data.subarray(from, from + 3 * width), 3 * row * width);
  }
  return { data, width, height };
}
