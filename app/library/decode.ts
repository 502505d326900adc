import sharp, { type Metadata, type Sharp } from 'sharp';
import { decodeHeic } from './heic.ts';
import type { DecodedPhoto, RgbImage } from './image.ts';
import { isCutOff, photoContainer, type PhotoContainer } from './photo-format.ts';
import { PhotoError } from './photo-error.ts';
import { toTiff } from './tiff.ts';

/**
 * Photos that can be decoded row by row (JPEG, PNG, TIFF as cameras and scanners write them) need memory for a few rows
 * only, so the limit is one of time: a thousand megapixels are seconds.
 */
const maxPixelsByRow = 1_000_000_000;

/** The others (AVIF, WebP, GIF, interlaced PNG, progressive JPEG) are decoded whole: 4 bytes and more per pixel. */
const maxPixelsWhole = 110_000_000;

/** HEIC is decoded whole, twice over: 9 bytes per pixel. Telephones make 48 megapixels. */
const maxPixelsHeic = 64_000_000;

/** A worker thread decodes one photo at a time: threads and caches inside the decoder would only take memory. */
export function limitSharp(): void {
  sharp.concurrency(1);
  sharp.cache(false);
}

/**
 * Reads the header of a photo, whatever its file is called, and offers its pixels: upright, 8-bit sRGB, flattened on
 * white, the first frame of an animation.
 *
 * @param bytes the whole file; kept until the result is let go
 * @throws PhotoError `empty`, `not-an-image`, `damaged`, `too-large` or `unsupported`, with a plain reason
 */
export async function openPhoto(bytes: Uint8Array): Promise<DecodedPhoto> {
  if (bytes.length === 0) throw new PhotoError('empty', 'The file is empty.');
  const container = photoContainer(bytes);
  if (!container) {
    throw new PhotoError(
      'not-an-image',
      'The file is not a photo: its contents are in no picture format that is read.',
    );
  }
  if (container === 'heif' && isCutOff(bytes, container)) throw endsTooEarly();
  const failure = (error: unknown): PhotoError => toPhotoError(error, bytes, container);

  const header = await open(bytes)
    .metadata()
    .catch((error: unknown) => Promise.reject(failure(error)));
  const isHeic = container === 'heif' && header.compression !== 'av1';
  checkSize(header, container, isHeic);
  const upright = orientations[(container === 'heif' ? 1 : header.orientation) ?? 1] ?? asStored;
  const size = { width: header.width, height: header.height };

  // A HEIC photo is decoded once, however often it is rendered.
  let pixels: RgbImage | undefined;
  const renderHeic = async (maxSide: number): Promise<RgbImage> => {
    pixels ??= decodeHeic(bytes);
    const fitted = await toRgb(fit(sharp(pixels.data, { raw: { ...pixels, channels: 3 } }), maxSide));
    // Converted when small: colours cost more than anything else here.
    return header.icc ? toRgb(sharp(toTiff(fitted, header.icc))) : fitted;
  };

  return {
    format: container === 'heif' ? (isHeic ? 'heic' : 'avif') : container,
    width: upright.turned ? size.height : size.width,
    height: upright.turned ? size.width : size.height,
    async render(maxSide) {
      try {
        return await (isHeic ? renderHeic(maxSide) : render(bytes, header, upright, maxSide));
      } catch (error) {
        throw failure(error);
      }
    },
  };
}

/** How stored pixels become upright: mirrored left to right first, then turned clockwise. */
interface Orientation {
  mirror: boolean;
  degrees: 0 | 90 | 180 | 270;
  /** Width and height change places. */
  turned: boolean;
}

const asStored: Orientation = { mirror: false, degrees: 0, turned: false };

/** By the value of EXIF's orientation tag. */
const orientations: Record<number, Orientation> = {
  1: asStored,
  2: { mirror: true, degrees: 0, turned: false },
  3: { mirror: false, degrees: 180, turned: false },
  4: { mirror: true, degrees: 180, turned: false },
  5: { mirror: true, degrees: 270, turned: true },
  6: { mirror: false, degrees: 90, turned: true },
  7: { mirror: true, degrees: 90, turned: true },
  8: { mirror: false, degrees: 270, turned: true },
};

function checkSize({ width, height, isProgressive }: Metadata, container: PhotoContainer, isHeic: boolean): void {
  const byRow = (container === 'jpeg' || container === 'png' || container === 'tiff') && !isProgressive;
  const limit = byRow ? maxPixelsByRow : isHeic ? maxPixelsHeic : maxPixelsWhole;
  if (width * height <= limit) return;
  throw new PhotoError(
    'too-large',
    `The photo has ${width} × ${height} pixels; at most ${limit / 1_000_000} megapixels of this kind are read.`,
  );
}

async function render(bytes: Uint8Array, header: Metadata, upright: Orientation, maxSide: number): Promise<RgbImage> {
  const pipeline = (source: Sharp): Sharp => {
    // Resized first and turned last, so that a photo on its side can be decoded row by row as well.
    let picture = fit(source, maxSide);
    if (header.hasAlpha) picture = picture.flatten({ background: 'white' });
    if (upright.mirror) picture = picture.flop();
    if (upright.degrees !== 0) picture = picture.rotate(upright.degrees);
    return picture;
  };
  try {
    return await toRgb(pipeline(open(bytes)));
  } catch (error) {
    if (header.format !== 'jpeg' || !isTruncation(error)) throw error;
    // Some cameras leave out the end marker alone. With one added, such a photo decodes without a warning.
    const ended = Buffer.concat([bytes, Buffer.of(0xff, 0xd9)]);
    return toRgb(pipeline(open(ended, 'warning'))).catch(() => Promise.reject(error as Error));
  }
}

function fit(picture: Sharp, maxSide: number): Sharp {
  return picture.resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true });
}

async function toRgb(pipeline: Sharp): Promise<RgbImage> {
  const { data, info } = await pipeline.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  // Scientific pictures may have channels that are neither colour nor transparency.
  if ((info.channels as number) !== 3) throw unsupported();
  return { data, width: info.width, height: info.height };
}

/** Only what is cut off is an error: photos with a few bad bytes are shown everywhere, so they are read here. */
function open(bytes: Uint8Array, failOn: 'truncated' | 'warning' = 'truncated'): Sharp {
  return sharp(bytes, { failOn, limitInputPixels: false, autoOrient: false });
}

function isTruncation(error: unknown): boolean {
  return /premature end|truncated|unexpected end|end of (file|stream|data)|not enough|bad seek/i.test(String(error));
}

function endsTooEarly(cause?: unknown): PhotoError {
  return new PhotoError('damaged', 'The file ends too early; it was probably not copied completely.', { cause });
}

function unsupported(cause?: unknown): PhotoError {
  return new PhotoError('unsupported', 'This kind of picture file cannot be decoded yet.', { cause });
}

function toPhotoError(error: unknown, bytes: Uint8Array, container: PhotoContainer): PhotoError {
  if (error instanceof PhotoError) return error;
  if (/out of memory|memory allocation/i.test(String(error))) {
    return new PhotoError('too-large', 'There is not enough memory to decode this photo.', { cause: error });
  }
  if (isTruncation(error) || isCutOff(bytes, container)) return endsTooEarly(error);
  if (/not been built in|not supported/i.test(String(error))) {
    return unsupported(error);
  }
  return new PhotoError('damaged', 'The picture data is damaged.', { cause: error });
}
