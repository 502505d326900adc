import sharp from 'sharp';
import type { RelativeBox } from '../../app/contract/dto.ts';
import { createRandom } from './random.ts';

/** What a made-up group photo looks like. */
export interface GroupPhotoOptions {
  /** Pictures of one face each, the face in the middle, as in LFW; taken in order, again from the start where too few. */
  images: readonly string[];
  width: number;
  height: number;
  count: number;
  /** Side of the smallest and the largest face's box, in pixels of the photo. */
  minFace: number;
  maxFace: number;
  seed: number;
}

/** Part of a portrait's side that the face's box takes, from eyebrows to chin (LFW, deep-funneled). */
const faceShare = 0.36;
/** Part of a portrait that is pasted: head and shoulders. */
const portraitShare = 0.9;
/** Width of the soft edge, as a part of the pasted square. */
const featherShare = 0.06;

/**
 * Makes a large photo with many faces: portraits of random sizes on a background of soft colours, texture and grain.
 * The same options give the same bytes.
 *
 * @returns the JPEG and where each face's box (eyebrows to chin) is
 * @throws Error when so many faces do not fit
 */
export async function makeGroupPhoto(options: GroupPhotoOptions): Promise<{ jpeg: Buffer; boxes: RelativeBox[] }> {
  const { images, width, height, count, minFace, maxFace, seed } = options;
  const random = createRandom(seed);
  const sides = Array.from({ length: count }, () => minFace + (maxFace - minFace) * random())
    .map((face) => Math.round((face / faceShare) * portraitShare))
    .toSorted((a, b) => b - a);
  const places = placeSquares(sides, width, height, random);
  const portraits = await Promise.all(
    places.map(async ({ x, y, side }, index) => ({
      input: await portrait(images[index % images.length]!, side),
      left: x,
      top: y,
    })),
  );
  const jpeg = await sharp(await background(width, height, random))
    .composite(portraits)
    .jpeg({ quality: 90 })
    .toBuffer();
  const boxes = places.map(({ x, y, side }): RelativeBox => {
    const box = (side / portraitShare) * faceShare;
    return [(x + (side - box) / 2) / width, (y + (side - box) / 2) / height, box / width, box / height];
  });
  return { jpeg, boxes };
}

interface Square {
  x: number;
  y: number;
  side: number;
}

/** Random places for squares, largest first, none over another. */
function placeSquares(sides: readonly number[], width: number, height: number, random: () => number): Square[] {
  const placed: Square[] = [];
  for (const side of sides) {
    const free = (square: Square): boolean =>
      placed.every(
        (other) =>
          square.x + square.side <= other.x ||
          other.x + other.side <= square.x ||
          square.y + square.side <= other.y ||
          other.y + other.side <= square.y,
      );
    let square: Square | undefined;
    for (let attempt = 0; attempt < 2000 && !square; attempt++) {
      const candidate = {
        x: Math.floor(random() * (width - side)),
        y: Math.floor(random() * (height - side)),
        side,
      };
      if (candidate.x >= 0 && candidate.y >= 0 && free(candidate)) square = candidate;
    }
    if (!square) throw new Error(`${sides.length} faces do not fit into ${width} x ${height} pixels.`);
    placed.push(square);
  }
  return placed;
}

/** The middle of a portrait at `side` pixels, fading out at the edges. */
async function portrait(path: string, side: number): Promise<Buffer> {
  const { width, height } = await sharp(path).metadata();
  const cut = Math.floor(Math.min(width, height) * portraitShare);
  const feather = Math.max(1, side * featherShare);
  const mask = Buffer.from(
    `<svg width="${side}" height="${side}"><defs><filter id="f" x="-20%" y="-20%" width="140%" height="140%">` +
      `<feGaussianBlur stdDeviation="${feather / 2}"/></filter></defs><rect x="${feather}" y="${feather}" ` +
      `width="${side - 2 * feather}" height="${side - 2 * feather}" rx="${side / 5}" fill="#fff" filter="url(#f)"/></svg>`,
  );
  const cutOut = await sharp(path)
    .extract({ left: Math.floor((width - cut) / 2), top: Math.floor((height - cut) / 2), width: cut, height: cut })
    .resize(side, side, { kernel: 'cubic' })
    .ensureAlpha()
    .composite([{ input: mask, blend: 'dest-in' }])
    .png({ compressionLevel: 1 })
    .toBuffer();
  return cutOut;
}

/** Soft patches of colour, coarse texture and fine grain, as a PNG. */
async function background(width: number, height: number, random: () => number): Promise<Buffer> {
  const layer = async (cells: number, amplitude: number): Promise<Buffer> => {
    const columns = Math.max(2, Math.round((cells * width) / Math.max(width, height)));
    const rows = Math.max(2, Math.round((cells * height) / Math.max(width, height)));
    const noise = Uint8Array.from({ length: columns * rows * 3 }, () => 128 + (random() - 0.5) * 2 * amplitude);
    return sharp(noise, { raw: { width: columns, height: rows, channels: 3 } })
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .png({ compressionLevel: 1 })
      .toBuffer();
  };
  const [base, texture, grain] = [await layer(5, 60), await layer(60, 50), await layer(1500, 50)];
  return sharp(base)
    .composite([
      { input: texture, blend: 'soft-light' },
      { input: grain, blend: 'soft-light' },
    ])
    .png({ compressionLevel: 1 })
    .toBuffer();
}
