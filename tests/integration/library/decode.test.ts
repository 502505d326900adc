import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openPhoto } from '../../../app/library/decode.ts';
import type { RgbImage } from '../../../app/library/image.ts';
import { PhotoError } from '../../../app/library/photo-error.ts';
import { toTiff } from '../../../app/library/tiff.ts';
import { badPhotos, hugePng, quarters } from '../../support/bad-photos.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const testData = resolve(process.env['KINDRED_TEST_DATA'] ?? '../shared/data');
const heic = join(testData, 'formats/IMG_2682.heic');

/** The colours in the middle of the four quarters, from top left to bottom right, each channel on or off. */
function coloursOf({ data, width, height }: RgbImage): string[] {
  const at = (x: number, y: number): string => {
    const start = (Math.floor(height * y) * width + Math.floor(width * x)) * 3;
    return [...data.subarray(start, start + 3)].map((value) => (value > 127 ? '1' : '0')).join('');
  };
  return [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)];
}

const upright = ['100', '010', '001', '111'];

async function failureOf(bytes: Uint8Array): Promise<PhotoError | null> {
  try {
    const photo = await openPhoto(bytes);
    await photo.render(200);
    return null;
  } catch (error) {
    if (error instanceof PhotoError) return error;
    throw error;
  }
}

describe('openPhoto', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)('reads %s by its contents', async (format) => {
    const photo = await openPhoto(await quarters().toFormat(format).toBuffer());
    expect(photo).toMatchObject({ format, width: 64, height: 48 });
    const image = await photo.render(32);
    expect(image).toMatchObject({ width: 32, height: 24 });
    expect(image.data).toHaveLength(32 * 24 * 3);
    expect(coloursOf(image)).toEqual(upright);
  });

  it('reads every unusual photo and says plainly what is wrong with every bad one', async () => {
    for (const { name, bytes, failure } of await badPhotos()) {
      const error = await failureOf(bytes);
      expect([name, error?.kind ?? null]).toEqual([name, failure]);
      // A sentence for people: no codes, no names of libraries.
      if (error) expect(error.message).toMatch(/^[A-Z][a-z][^]*\.$/);
      if (error) expect(error.message).not.toMatch(/vips|heif:|sharp|error/i);
      if (name.startsWith('truncated')) expect(error?.message).toMatch(/ends too early/);
    }
  });

  it('keeps the colours of CMYK, 16-bit and animated photos, and puts white behind what is transparent', async () => {
    const photos = new Map((await badPhotos()).map(({ name, bytes }) => [name, bytes]));
    const colours = async (name: string): Promise<string[]> =>
      coloursOf(await (await openPhoto(photos.get(name)!)).render(64));
    expect(await colours('16 bit.png')).toEqual(upright);
    expect(await colours('animated.gif')).toEqual(upright);
    expect(await colours('animated.webp')).toEqual(upright);
    expect(await openPhoto(photos.get('animated.webp')!)).toMatchObject({ width: 64, height: 48 });
    expect(await colours('transparent.png')).toEqual(['111', '111', '111', '111']);
    // Printing colours are duller, yet red stays redder than anything else.
    const cmyk = await (await openPhoto(photos.get('cmyk.jpg')!)).render(64);
    const [red, green, blue] = cmyk.data;
    expect(red).toBeGreaterThan(Math.max(green!, blue!) + 50);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('shows a photo stored under EXIF orientation %i upright', async (orientation) => {
    // EXIF's own definition: which side of the picture the first stored row and the first stored column are.
    const { data, info } = await quarters().raw().toBuffer({ resolveWithObject: true });
    const stored = storeAs(data, info.width, info.height, orientation);
    for (const format of ['jpeg', 'png', 'webp', 'tiff'] as const) {
      const file = await sharp(stored.data, { raw: { width: stored.width, height: stored.height, channels: 3 } })
        .withMetadata({ orientation })
        .toFormat(format)
        .toBuffer();
      const photo = await openPhoto(file);
      expect([photo.width, photo.height]).toEqual([64, 48]);
      for (const side of [64, 40]) expect(coloursOf(await photo.render(side))).toEqual(upright);
    }
  });

  it('ignores EXIF orientation in AVIF, where the container says how to turn', async () => {
    const plain = await quarters().avif().toBuffer();
    const { orientation } = await sharp(plain).metadata();
    expect(orientation ?? 1).toBe(1);
    const tagged = await quarters()
      .withExif({ IFD0: { Orientation: '6' } })
      .avif()
      .toBuffer();
    const photo = await openPhoto(tagged);
    expect([photo.width, photo.height]).toEqual([64, 48]);
    expect(coloursOf(await photo.render(64))).toEqual(upright);
  });

  it('never enlarges, and renders a long strip no thinner than a pixel', async () => {
    expect(await (await openPhoto(await quarters().jpeg().toBuffer())).render(1000)).toMatchObject({ width: 64 });
    const strip = await quarters().resize(4000, 4, { fit: 'fill' }).png().toBuffer();
    expect(await (await openPhoto(strip)).render(100)).toMatchObject({ width: 100, height: 1 });
  });

  it('converts colours of a wide profile to sRGB', async () => {
    const wide = await quarters().withIccProfile('p3').jpeg({ quality: 100 }).toBuffer();
    const { data } = await (await openPhoto(wide)).render(64);
    expect(data[0]).toBeGreaterThan(248);
    expect(data[1]).toBeLessThan(8);
  });

  it('wraps pixels and their profile in a TIFF that means the same', async () => {
    const { data, info } = await quarters(65, 49).raw().toBuffer({ resolveWithObject: true });
    const image: RgbImage = { data, width: info.width, height: info.height };
    const { icc } = await sharp(await quarters().withIccProfile('p3').png().toBuffer()).metadata();
    const tiff = toTiff(image, icc!);
    expect((await sharp(tiff).metadata()).icc?.equals(icc!)).toBe(true);
    expect((await sharp(tiff).keepIccProfile().raw().toBuffer()).equals(data)).toBe(true);
    expect(coloursOf(await (await openPhoto(tiff)).render(65))).toEqual(upright);
  });

  it('reads a PNG of 20,000 x 20,000 pixels in little memory', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'huge.png');
    await writeFile(path, hugePng(20_000, 20_000));
    const script = `
      import { readFileSync } from 'node:fs';
      import { limitSharp, openPhoto } from '${resolve('app/library/decode.ts')}';
      limitSharp();
      const photo = await openPhoto(readFileSync(process.argv[1]));
      const { width, height, data } = await photo.render(1000);
      const peak = process.resourceUsage().maxRSS / 1024;
      console.log(JSON.stringify({ size: [photo.width, photo.height], width, height, bytes: data.length, peak }));`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module-typescript',
      '-e',
      script,
      path,
    ]);
    const result = JSON.parse(stdout) as { peak: number };
    expect(result).toMatchObject({ size: [20_000, 20_000], width: 1000, height: 1000, bytes: 3_000_000 });
    // The pixels alone would be 1,200 MB.
    expect(result.peak).toBeLessThan(400);
  });

  it('refuses a picture beyond its limits with its size', async () => {
    const error = await failureOf(hugePng(60_000, 60_000));
    expect(error?.kind).toBe('too-large');
    expect(error?.message).toContain('60000 × 60000');
  });

  it.skipIf(!existsSync(heic))('reads HEIC, upright and in sRGB (skipped without the shared test data)', async () => {
    const bytes = await readFile(heic);
    const photo = await openPhoto(bytes);
    expect(photo).toMatchObject({ format: 'heic', width: 4032, height: 3024 });
    const image = await photo.render(400);
    expect(image).toMatchObject({ width: 400, height: 300 });
    // Not one flat colour, which is what a decoder without the codec would leave.
    const { channels } = await sharp(image.data, { raw: { width: 400, height: 300, channels: 3 } }).stats();
    expect(Math.min(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(20);
    expect((await failureOf(bytes.subarray(0, bytes.length >> 1)))?.message).toMatch(/ends too early/);
  });
});

/** Stored pixels of a photo that is to be turned as the orientation says, pixel by pixel from EXIF's table. */
function storeAs(pixels: Uint8Array, width: number, height: number, orientation: number): RgbImage {
  const turned = orientation >= 5;
  const stored = { width: turned ? height : width, height: turned ? width : height };
  const data = new Uint8Array(pixels.length);
  for (let row = 0; row < stored.height; row++) {
    for (let column = 0; column < stored.width; column++) {
      const [x, y] = shownAt(orientation, row, column, width, height);
      data.set(pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3), (row * stored.width + column) * 3);
    }
  }
  return { data, ...stored };
}

/** Where the pixel of a stored row and column is in the upright picture. */
function shownAt(orientation: number, row: number, column: number, width: number, height: number): [number, number] {
  const right = width - 1;
  const bottom = height - 1;
  switch (orientation) {
    case 2: // row 0 is the top, column 0 the right
      return [right - column, row];
    case 3: // bottom, right
      return [right - column, bottom - row];
    case 4: // bottom, left
      return [column, bottom - row];
    case 5: // left, top
      return [row, column];
    case 6: // right, top
      return [right - row, column];
    case 7: // right, bottom
      return [right - row, bottom - column];
    case 8: // left, bottom
      return [row, bottom - column];
    default: // top, left
      return [column, row];
  }
}
