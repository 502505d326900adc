import sharp, { type Sharp } from 'sharp';
import { createRandom, gaussian } from '../../support/random.ts';

/** Ways in which the photos of a library are worse than those a recognition network was taught with. */
export const degradations = ['old-scans', 'dim'] as const;
export type Degradation = (typeof degradations)[number];

/**
 * The photo as it would be in such a library, as a JPEG of the same size. `old-scans`: prints of long ago, grey, faded, with
 * grain, and with as little detail as a face of 28 to 42 pixels has. `dim`: taken in the dark, noisy, JPEG of quality 30.
 *
 * How strong they are was set so that about half of the faces are still recognised: by the shipped model, ten confirmed faces
 * of each person, one false alarm in a hundred strangers.
 *
 * @param seed the same one gives the same picture
 */
export async function degrade(photo: Uint8Array, kind: Degradation, seed: number): Promise<Buffer> {
  const random = createRandom(seed);
  return kind === 'dim' ? dim(photo, random) : oldScan(photo, random);
}

/** A face of LFW is about this wide, of 250 pixels. */
const faceShare = 0.4;

async function oldScan(photo: Uint8Array, random: () => number): Promise<Buffer> {
  const { width } = await sharp(photo).metadata();
  const detail = Math.round(between(28, 42, random) / faceShare);
  // Through a second sharp, as one would fuse both resizes into one.
  const small = await sharp(photo).greyscale().resize(detail).png().toBuffer();
  const pixels = sharp(small).resize(width).removeAlpha().greyscale();
  const contrast = between(0.45, 0.65, random);
  const grain = between(6.5, 11, random);
  const black = 255 * (1 - contrast) * between(0.45, 0.65, random);
  return changed(pixels, 80, (value) => black + contrast * value + grain * gaussian(random));
}

function dim(photo: Uint8Array, random: () => number): Promise<Buffer> {
  const pixels = sharp(photo).removeAlpha().toColourspace('srgb');
  const light = between(0.14, 0.24, random);
  const noise = between(4, 6, random);
  return changed(pixels, 30, (value) => light * value + noise * gaussian(random));
}

async function changed(picture: Sharp, quality: number, change: (value: number) => number): Promise<Buffer> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  for (let i = 0; i < data.length; i++) data[i] = Math.max(0, Math.min(255, Math.round(change(data[i]!))));
  const { width, height, channels } = info;
  return sharp(data, { raw: { width, height, channels } }).jpeg({ quality }).toBuffer();
}

function between(low: number, high: number, random: () => number): number {
  return low + (high - low) * random();
}
