import sharp, { type Sharp } from 'sharp';
import { aroundCentre, mirror, squareToTarget, warp } from '../../faces/warp.ts';
import type { RgbImage } from '../../library/image.ts';
import { createRandom, gaussian } from '../random.ts';

/** By how much a face is changed; each 0 for not at all. */
export interface Augmentation {
  /** Chance of the mirror image. */
  mirror: number;
  /** Largest shift, as a part of the side. */
  shift: number;
  /** Largest change of the size, as a part of it. */
  size: number;
  /** Largest turn, in radians. */
  turn: number;
  /** Largest change of light and of contrast: factors between `1 / (1 + light)` and `1 + light`. */
  light: number;
  /** Chance of grey. */
  grey: number;
  /** Chance of blur, and its largest standard deviation as a part of the side. */
  blur: readonly [chance: number, most: number];
  /** Chance of detail being lost, and what is left of the side at worst. */
  lowResolution: readonly [chance: number, least: number];
  /** Chance of noise, and its largest standard deviation (of 255). */
  noise: readonly [chance: number, most: number];
  /** Chance of what a JPEG loses, and its quality at worst (1..100). */
  jpeg: readonly [chance: number, least: number];
}

/** What photographs of one person differ by anyway. */
export const usualAugmentation: Augmentation = {
  mirror: 0.5,
  shift: 0.04,
  size: 0.08,
  turn: 0.12,
  light: 0.35,
  grey: 0.15,
  blur: [0.2, 0.02],
  lowResolution: [0.2, 0.4],
  noise: [0.2, 10],
  jpeg: [0.2, 25],
};

/**
 * A face as another photograph could show it: mirrored, cut out a little otherwise, in another light, blurred, coarse, noisy,
 * grey or out of a small file, each by chance.
 *
 * @param chip a square; larger than `size`, so that detail is left
 * @param size side of the result in pixels
 * @param random the same numbers give the same picture
 */
export async function augment(
  chip: RgbImage,
  size: number,
  options: Augmentation,
  random: () => number,
): Promise<RgbImage> {
  // All numbers are drawn before anything is waited for: several faces may share them.
  const { lowResolution, blur: blurred, noise: grain, jpeg } = options;
  const turned = jitter(random() < options.mirror ? mirror(chip) : chip, size, options, random);
  const detail = random() < lowResolution[0] ? between(lowResolution[1], 1, random) : 1;
  const deviation = random() < blurred[0] ? random() * blurred[1] * size : 0;
  const isGrey = random() < options.grey;
  const light = [factor(options.light, random), factor(options.light, random)] as const;
  const grainSeed = random() < grain[0] ? { deviation: random() * grain[1], seed: 2 ** 32 * random() } : null;
  const quality = random() < jpeg[0] ? Math.round(between(jpeg[1], 95, random)) : null;

  let image = await blur(coarser(turned, detail), deviation);
  if (isGrey) image = grey(image);
  image = relight(image, ...light);
  if (grainSeed) image = noise(image, grainSeed.deviation, createRandom(grainSeed.seed));
  return quality === null ? image : compressed(image, quality);
}

/** Cuts out a little beside, larger or smaller, and turned. */
export function jitter(
  chip: RgbImage,
  size: number,
  { shift, size: scale, turn }: Pick<Augmentation, 'shift' | 'size' | 'turn'>,
  random: () => number,
): RgbImage {
  const whole = squareToTarget(0, 0, chip.width, size);
  const turned = aroundCentre(whole, 1 + between(-scale, scale, random), between(-turn, turn, random), size);
  const [right, down] = [between(-shift, shift, random) * size, between(-shift, shift, random) * size];
  return warp(chip, { ...turned, tx: turned.tx + right, ty: turned.ty + down }, size);
}

/** Light and contrast about the middle of the scale, each a factor. */
export function relight(image: RgbImage, light: number, contrast: number): RgbImage {
  const table = Uint8Array.from({ length: 256 }, (_, value) => clamp((value * light - 128) * contrast + 128));
  return { ...image, data: image.data.map((value) => table[value]!) };
}

/** Luma of Rec. 601 in all three channels. */
export function grey(image: RgbImage): RgbImage {
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const luma = clamp(0.299 * image.data[i]! + 0.587 * image.data[i + 1]! + 0.114 * image.data[i + 2]!);
    data.fill(luma, i, i + 3);
  }
  return { ...image, data };
}

/** As detailed as if it had been taken with that part of its side in pixels. */
export function coarser(image: RgbImage, part: number): RgbImage {
  const small = Math.max(1, Math.round(image.width * part));
  if (small >= image.width) return image;
  return warp(
    warp(image, squareToTarget(0, 0, image.width, small), small),
    squareToTarget(0, 0, small, image.width),
    image.width,
  );
}

/** Gaussian blur. @param deviation in pixels; one under 0.3 changes nothing */
export async function blur(image: RgbImage, deviation: number): Promise<RgbImage> {
  return deviation < 0.3 ? image : pixelsOf(opened(image).blur(deviation));
}

/** As it comes out of a JPEG of that quality, 1..100. */
export async function compressed(image: RgbImage, quality: number): Promise<RgbImage> {
  return pixelsOf(sharp(await opened(image).jpeg({ quality }).toBuffer()));
}

function opened({ data, width, height }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function pixelsOf(picture: Sharp): Promise<RgbImage> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

/** Grain. @param deviation of 255 */
export function noise(image: RgbImage, deviation: number, random: () => number): RgbImage {
  return { ...image, data: image.data.map((value) => clamp(value + deviation * gaussian(random))) };
}

function between(low: number, high: number, random: () => number): number {
  return low + (high - low) * random();
}

/** As often above 1 as below. */
function factor(most: number, random: () => number): number {
  return (1 + most) ** between(-1, 1, random);
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
}
