import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../app/library/metadata.ts';
import { badPhotos, quarters } from '../../support/bad-photos.ts';

const testData = resolve(process.env['KINDRED_TEST_DATA'] ?? '../shared/data', 'formats');

const exif = {
  IFD0: { Make: 'Canon', Model: 'Canon EOS 5D', DateTime: '2024:01:01 00:00:00' },
  IFD2: {
    DateTimeOriginal: '2019:07:03 18:05:09',
    ExposureTime: '1/125',
    FNumber: '28/10',
    ISOSpeedRatings: '200',
    FocalLength: '35/1',
    LensModel: 'EF 35mm f/2',
  },
  IFD3: {
    GPSLatitudeRef: 'S',
    GPSLatitude: '33/1 51/1 3600/100',
    GPSLongitudeRef: 'E',
    GPSLongitude: '151/1 12/1 1800/100',
  },
};

const nothing = { takenAt: null, camera: null, lens: null, exposure: null, latitude: null, longitude: null };

describe('readMetadata', () => {
  it.each(['jpeg', 'png', 'webp', 'tiff', 'avif'] as const)('reads date, camera and place of %s', async (format) => {
    const { latitude, longitude, ...rest } = readMetadata(await withExif(format));
    expect(rest).toEqual({
      takenAt: '2019-07-03T18:05:09',
      camera: 'Canon EOS 5D',
      lens: 'EF 35mm f/2',
      exposure: '1/125 s, f/2.8, ISO 200, 35 mm',
    });
    expect(latitude).toBeCloseTo(-33.86, 5);
    expect(longitude).toBeCloseTo(151.205, 5);
  });

  async function withExif(format: 'jpeg' | 'png' | 'webp' | 'tiff' | 'avif'): Promise<Buffer> {
    if (format !== 'tiff') return quarters().withExif(exif).toFormat(format).toBuffer();
    // EXIF is a TIFF without a picture, after six bytes that say so; sharp writes no EXIF into its own TIFFs.
    const { exif: block } = await sharp(await withExif('jpeg')).metadata();
    return block!.subarray(6);
  }

  it('finds nothing where there is nothing, and never throws', async () => {
    for (const { bytes } of await badPhotos()) expect(readMetadata(bytes)).toEqual(nothing);
    const whole = await quarters().withExif(exif).jpeg().toBuffer();
    for (let length = 0; length < 700; length += 7) expect(() => readMetadata(whole.subarray(0, length))).not.toThrow();
    for (let at = 0; at < 700; at += 3) {
      const scribbled = Buffer.from(whole);
      scribbled.fill(0xff, at, at + 4);
      expect(() => readMetadata(scribbled)).not.toThrow();
    }
  });

  const dated = async (tags: Record<string, Record<string, string>>): Promise<string | null> =>
    readMetadata(await quarters().withExif(tags).jpeg().toBuffer()).takenAt;

  it('takes no impossible date, and the next best one instead', async () => {
    expect(await dated({ IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' } })).toBeNull();
    expect(await dated({ IFD2: { DateTimeOriginal: '2021:02:30 10:00:00' } })).toBeNull();
    expect(
      await dated({ IFD2: { DateTimeOriginal: '    :  :     :  :  ', DateTimeDigitized: '2001:02:03 04:05:06' } }),
    ).toBe('2001-02-03T04:05:06');
    // When it was last edited is not when it was taken.
    expect(await dated({ IFD0: { DateTime: '2020:01:01 10:00:00' } })).toBeNull();
  });

  it('reads the date from XMP, as the wall clock where the photo was taken', async () => {
    const xmp = (attributes: string): Promise<Buffer> =>
      quarters()
        .withXmp(
          `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
            `<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" ` +
            `xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ${attributes}/></rdf:RDF></x:xmpmeta>`,
        )
        .jpeg()
        .toBuffer();
    const zoned = await xmp('xmp:CreateDate="2015-08-09T23:30:00.25+09:00"');
    expect(readMetadata(zoned).takenAt).toBe('2015-08-09T23:30:00');
    expect(readMetadata(await xmp('photoshop:DateCreated="1962-05-01"')).takenAt).toBe('1962-05-01T00:00:00');
    expect(readMetadata(await xmp('photoshop:DateCreated="1962"')).takenAt).toBeNull();
  });

  it.each([
    ['NIKON CORPORATION', 'NIKON D90', 'NIKON D90'],
    ['Apple', 'iPhone 12', 'Apple iPhone 12'],
    [' ', 'Pixel 7', 'Pixel 7'],
    ['Google', ' ', 'Google'],
  ])('says make %j and model %j once', async (make, model, camera) => {
    const bytes = await quarters()
      .withExif({ IFD0: { Make: make, Model: model } })
      .jpeg()
      .toBuffer();
    expect(readMetadata(bytes).camera).toBe(camera);
  });

  it('takes no place for where a receiver has none', async () => {
    const place = async (latitude: string, longitude: string): Promise<number | null> =>
      readMetadata(
        await quarters()
          .withExif({
            IFD3: { GPSLatitudeRef: 'N', GPSLatitude: latitude, GPSLongitudeRef: 'E', GPSLongitude: longitude },
          })
          .jpeg()
          .toBuffer(),
      ).latitude;
    expect(await place('0/1 0/1 0/1', '0/1 0/1 0/1')).toBeNull();
    expect(await place('0/0 0/0 0/0', '0/0 0/0 0/0')).toBeNull();
    expect(await place('95/1 0/1 0/1', '10/1 0/1 0/1')).toBeNull();
    expect(await place('45/1 30/1 0/1', '10/1 0/1 0/1')).toBe(45.5);
  });

  it.skipIf(!existsSync(testData))('reads real photos (skipped without the shared test data)', async () => {
    const read = async (name: string): Promise<object> => readMetadata(await readFile(join(testData, name)));
    expect(await read('IMG_2682.heic')).toMatchObject({
      takenAt: '2019-03-21T11:04:22',
      camera: 'Apple iPhone 7',
      exposure: '1/887 s, f/1.8, ISO 20, 4 mm',
    });
    expect(await read('datetimeoriginal-gps.jpg')).toMatchObject({
      takenAt: '2025-12-01T11:30:00',
      latitude: 39,
      longitude: -108,
    });
  });
});
