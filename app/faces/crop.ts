import sharp from 'sharp';
import type { RelativeBox } from '../contract/dto.ts';
import { cutOut, type DecodedPhoto, type RgbImage } from '../library/image.ts';

/** Side of a face crop in pixels. */
export const cropSize = 256;
/** Side of the crop's square as a multiple of the box's longer side: hair, ears and chin are part of a face. */
const cropMargin = 1.6;

/** Where the face is in its crop, as fractions. A face whose box was not square has more room to two sides. */
export const boxInCrop: RelativeBox = [0.5 - 0.5 / cropMargin, 0.5 - 0.5 / cropMargin, 1 / cropMargin, 1 / cropMargin];

/** The picture of a face for the People page: a square JPEG of 256 pixels with the face in the middle. */
export async function cutCrop(photo: DecodedPhoto, box: RelativeBox): Promise<Uint8Array> {
  const side = Math.max(box[2] * photo.width, box[3] * photo.height) * cropMargin;
  const longSide = Math.max(photo.width, photo.height);
  const image = await photo.render(Math.ceil(longSide * Math.min(1, cropSize / side)));
  return cropFrom(image, box);
}

/** Same, from an upright image of the photo that is large enough; outside it the border is repeated. */
export async function cropFrom(image: RgbImage, [x, y, width, height]: RelativeBox): Promise<Uint8Array> {
  const side = Math.max(width * image.width, height * image.height) * cropMargin;
  const across = cutSpan((x + width / 2) * image.width - side / 2, side, image.width);
  const down = cutSpan((y + height / 2) * image.height - side / 2, side, image.height);
  // sharp would copy the whole image for every face.
  const square = cutOut(image, across.from, down.from, across.length, down.length);
  return sharp(square.data, { raw: { width: square.width, height: square.height, channels: 3 } })
    .resize(across.size, down.size, { fit: 'fill' })
    .extend({ left: across.before, right: across.after, top: down.before, bottom: down.after, extendWith: 'copy' })
    .jpeg({ quality: 85, optimiseCoding: false })
    .toBuffer();
}

/** Which pixels of one axis are cut out, and how many of the crop's pixels they take, with how many on either side. */
interface CutSpan {
  from: number;
  length: number;
  size: number;
  before: number;
  after: number;
}

function cutSpan(start: number, side: number, imageLength: number): CutSpan {
  const from = Math.min(Math.max(0, Math.round(start)), imageLength - 1);
  const to = Math.min(Math.max(from + 1, Math.round(start + side)), imageLength);
  const inCrop = (position: number): number => Math.round(((position - start) / side) * cropSize);
  const before = Math.min(Math.max(0, inCrop(from)), cropSize - 1);
  const size = Math.min(Math.max(1, inCrop(to) - before), cropSize - before);
  return { from, length: to - from, size, before, after: cropSize - before - size };
}

/**
 * Where points of the photo are in the crop of a face, in the crop's pixels.
 *
 * @param points x, y pairs in relative coordinates of the photo
 * @param width of the photo, in pixels, as `height`
 */
export function pointsInCrop(
  points: ArrayLike<number>,
  [x, y, boxWidth, boxHeight]: RelativeBox,
  { width, height }: { width: number; height: number },
): Float32Array {
  const side = Math.max(boxWidth * width, boxHeight * height) * cropMargin;
  const left = (x + boxWidth / 2) * width - side / 2;
  const top = (y + boxHeight / 2) * height - side / 2;
  return Float32Array.from(points, (value, i) =>
    i % 2 === 0 ? ((value * width - left) / side) * cropSize : ((value * height - top) / side) * cropSize,
  );
}
