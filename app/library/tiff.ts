import type { RgbImage } from './image.ts';

const headerBytes = 8;
const entryBytes = 12;

/** Types of values, as TIFF numbers them. */
const short = 3;
const long = 4;
const undefinedBytes = 7;

/**
 * An uncompressed TIFF in memory: the simplest file that carries pixels together with their colour profile, which is
 * what a decoder needs to convert them. Baseline TIFF 6.0, one strip of 8-bit RGB, little-endian.
 *
 * @param profile ICC profile that says what the pixels mean
 */
export function toTiff(image: RgbImage, profile: Uint8Array): Uint8Array {
  const { width, height, data } = image;
  const bitsAt = even(headerBytes + data.length);
  const profileAt = bitsAt + 6;
  const directoryAt = even(profileAt + profile.length);

  /** Tag, type, count, and the value or where it lies; in ascending order of tag, as TIFF demands. */
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, long, 1, width],
    [257, long, 1, height],
    // Bits of each of the three samples.
    [258, short, 3, bitsAt],
    // No compression; RGB.
    [259, short, 1, 1],
    [262, short, 1, 2],
    // The strip, samples per pixel, rows per strip, bytes of the strip.
    [273, long, 1, headerBytes],
    [277, short, 1, 3],
    [278, long, 1, height],
    [279, long, 1, data.length],
    [34675, undefinedBytes, profile.length, profileAt],
  ];

  const tiff = Buffer.alloc(directoryAt + 2 + entryBytes * entries.length + 4);
  tiff.write('II*\0', 'latin1');
  tiff.writeUInt32LE(directoryAt, 4);
  tiff.set(data, headerBytes);
  for (let sample = 0; sample < 3; sample++) tiff.writeUInt16LE(8, bitsAt + 2 * sample);
  tiff.set(profile, profileAt);
  tiff.writeUInt16LE(entries.length, directoryAt);
  entries.forEach(([tag, type, count, value], index) => {
    const at = directoryAt + 2 + entryBytes * index;
    tiff.writeUInt16LE(tag, at);
    tiff.writeUInt16LE(type, at + 2);
    tiff.writeUInt32LE(count, at + 4);
    tiff.writeUInt32LE(value, at + 8);
  });
  return tiff;
}

/** TIFF wants values at even addresses. */
function even(at: number): number {
  return at + (at % 2);
}
