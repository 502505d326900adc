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
