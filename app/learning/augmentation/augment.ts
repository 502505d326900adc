import { aroundCentre, mirror, squareToTarget, warp } from '../../faces/warp.ts';
import type { RgbImage } from '../../library/image.ts';
import { gaussian } from '../random.ts';

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
};

/**
 * A face as another photograph could show it: mirrored, cut out a little otherwise, in another light, blurred, coarse, noisy or
 * grey, each by chance.
 *
 * @param chip a square; larger than `size`, so that detail is left
 * @param size side of the result in pixels
 * @param random the same numbers give the same picture
 */
export function augment(chip: RgbImage, size: number, options: Augmentation, random: () => number): RgbImage {
  let image = jitter(random() < options.mirror ? mirror(chip) : chip, size, options, random);
  if (random() < options.lowResolution[0]) image = coarser(image, between(options.lowResolution[1], 1, random));
  if (random() < options.blur[0]) image = blur(image, random() * options.blur[1] * size);
  if (random() < options.grey) image = grey(image);
  image = relight(image, factor(options.light, random), factor(options.light, random));
  return random() < options.noise[0] ? noise(image, random() * options.noise[1], random) : image;
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

/** Gaussian blur, along rows and then along columns. @param deviation in pixels */
export function blur(image: RgbImage, deviation: number): RgbImage {
  const reach = Math.ceil(2 * deviation);
  if (reach === 0 || deviation < 0.2) return image;
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / deviation) ** 2),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const weights = kernel.map((value) => value / total);
  const { width, height } = image;
  const across = along(image.data, weights, width, height, 3, 3 * width);
  return { ...image, data: along(across, weights, height, width, 3 * width, 3) };
}

function along(
  source: Uint8Array,
  weights: Float32Array,
  length: number,
  lines: number,
  step: number,
  lineStep: number,
): Uint8Array {
  const reach = (weights.length - 1) / 2;
  const result = new Uint8Array(source.length);
  for (let line = 0; line < lines; line++) {
    for (let at = 0; at < length; at++) {
      for (let channel = 0; channel < 3; channel++) {
        const start = line * lineStep + channel;
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          const from = Math.min(length - 1, Math.max(0, at + k));
          sum += weights[k + reach]! * source[start + from * step]!;
        }
        result[start + at * step] = sum + 0.5;
      }
    }
  }
  return result;
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
