import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PhotoDetail } from '../../../../app/contract/dto.ts';
import type { Service } from '../../../../app/service/service-types.ts';
import { openService } from '../../../../app/service/service.ts';
import { samplePhotos } from '../../../support/sample-album.ts';
import { makeSampleAlbum } from '../../../support/sample-album.ts';
import { scan } from '../../../support/service-steps.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

let folder: string;
let service: Service;
let photos: PhotoDetail[];
let paths: string[];

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  paths = await makeSampleAlbum(join(folder, 'photos'), 12);
  service = await openService({ libraryPath: join(folder, 'library'), host: 'cli' });
  await scan(service, join(folder, 'photos'));
  const { ids } = await service.call('library.timeline', undefined);
  photos = await Promise.all(ids.map((id) => service.call('library.photo', { id })));
});

afterAll(async () => {
  await service.close();
  expect(existsSync(join(folder, 'library', 'cache', 'queries'))).toBe(false);
  await rm(folder, { recursive: true, force: true });
});

const open = async (path: string) => service.call('search.image', { image: await service.receiveImage(path) });

/** The photos that the album made of one of the samples. */
const twinsOf = (sample: number): number[] =>
  photos
    .filter(({ fileName }) => Number(/\d+/.exec(fileName)![0]) % samplePhotos.length === sample)
    .map(({ id }) => id)
    .sort((a, b) => a - b);

describe('an image from outside', () => {
  it('finds the photos of each of its faces, and is not added to the library', async () => {
    const before = await service.call('library.summary', undefined);
    const image = await open(samplePhotos[0]!);
    expect(image.photoId).toBeNull();
    expect(image.faces.length).toBeGreaterThanOrEqual(2);
    const areas = image.faces.map(({ box }) => box[2] * box[3]);
    expect(areas).toEqual(areas.toSorted((a, b) => b - a));
    for (const { index } of image.faces) {
      const found = await service.call('search.byImage', { image: image.id, faces: [index], limit: 3 });
      const nearest = found.matches.slice(0, 2).map(({ photoId }) => photoId);
      expect(nearest.sort((a, b) => a - b)).toEqual(twinsOf(0));
      expect(found.matches[0]!.distance).toBeLessThan(found.threshold);
    }
    expect(await service.call('library.summary', undefined)).toEqual(before);
  });

  it('finds the photos that show all of several faces', async () => {
    const image = await open(samplePhotos[0]!);
    const faces = [0, 1];
    const { matches, within } = await service.call('search.byImage', { image: image.id, faces, limit: 1 });
    expect(within).toBe(4);
    const groups = [matches.slice(0, 2), matches.slice(2, 4)];
    expect(groups.map((group) => group[0]!.photoId).sort((a, b) => a - b)).toEqual(twinsOf(0));
    for (const [a, b] of groups) {
      expect(a!.photoId).toBe(b!.photoId);
      expect(a!.faceId).not.toBe(b!.faceId);
      expect([a!.query, b!.query]).toEqual(faces);
    }
  });

  it('is known by its content where it is a photo of the library', async () => {
    const image = await open(paths[3]!);
    expect(photos.find(({ id }) => id === image.photoId)?.paths).toEqual([paths[3]]);
  });

  it('takes a face that is marked by hand, and says so where none was found', async () => {
    const plain = join(folder, 'plain.png');
    await sharp({ create: { width: 300, height: 200, channels: 3, background: '#789' } }).toFile(plain);
    const image = await open(plain);
    expect(image).toMatchObject({ width: 300, height: 200, faces: [] });
    const marked = await service.call('search.markFace', { image: image.id, box: [0.2, 0.2, 0.4, 0.5] });
    expect(marked.faces).toMatchObject([{ index: 0, box: [0.2, 0.2, 0.4, 0.5], score: 1 }]);
    const found = await service.call('search.byImage', { image: image.id, faces: [0], limit: 2 });
    expect(found.matches.length).toBeGreaterThanOrEqual(2);
    const outside = service.call('search.markFace', { image: image.id, box: [1.5, 0, 0.2, 0.2] });
    await expect(outside).rejects.toMatchObject({ kind: 'invalid-input' });
  });

  it('takes bytes as they come, whatever the file was called', async () => {
    const bytes = await sharp(samplePhotos[1]).webp().toBuffer();
    const wrong = join(folder, 'wrong.jpg');
    await writeFile(wrong, bytes);
    expect((await open(wrong)).faces.length).toBeGreaterThan(0);
    // eslint-disable-next-line @typescript-eslint/require-await
    async function* parts() {
      for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
    }
    const streamed = await service.call('search.image', { image: await service.receiveImage(parts()) });
    expect(streamed.faces.length).toBeGreaterThan(0);
  });

  it.each([
    ['a text', () => Promise.resolve(Buffer.from('no picture at all')), /not a photo|format|picture/i],
    ['half a JPEG', async () => (await readFile(samplePhotos[0]!)).subarray(0, 300), /./],
    [
      'an enormous PNG',
      // Says that it has 60,000 by 60,000 pixels.
      () => {
        const png = Buffer.from(
          'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
          'base64',
        );
        png.writeUInt32BE(60_000, 16);
        png.writeUInt32BE(60_000, 20);
        return Promise.resolve(png);
      },
      /./,
    ],
  ])('says in plain words why %s cannot be searched with', async (_, make, message) => {
    const path = join(folder, 'bad.jpg');
    await writeFile(path, await make());
    await expect(open(path)).rejects.toMatchObject({ kind: 'invalid-input', message: expect.stringMatching(message) });
  });

  it('refuses a file that is not there, a folder, an empty file', async () => {
    await expect(service.receiveImage(join(folder, 'nowhere.jpg'))).rejects.toMatchObject({ kind: 'not-found' });
    await expect(service.receiveImage(folder)).rejects.toMatchObject({ kind: 'invalid-input' });
    await writeFile(join(folder, 'empty.jpg'), '');
    await expect(service.receiveImage(join(folder, 'empty.jpg'))).rejects.toMatchObject({
      message: 'The file is empty.',
    });
  });

  it('is forgotten on closing, with its files', async () => {
    const queries = join(folder, 'library', 'cache', 'queries');
    const image = await open(samplePhotos[2]!);
    expect((await readdir(queries)).filter((name) => name.startsWith(image.id))).toHaveLength(2);
    expect((await service.media(`/media/query/${image.id}`)).contentType).toBe('image/jpeg');
    await service.call('search.closeImage', { image: image.id });
    expect((await readdir(queries)).filter((name) => name.startsWith(image.id))).toHaveLength(0);
    await expect(service.call('search.image', { image: image.id })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(service.media(`/media/query/${image.id}`)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await service.call('search.closeImage', { image: image.id })).toBeNull();
  });

  it('closes the oldest of very many', async () => {
    const first = await service.receiveImage(samplePhotos[0]!);
    for (let i = 0; i < 20; i++) await service.receiveImage(samplePhotos[0]!);
    await expect(service.call('search.image', { image: first })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('refuses faces that are not there, and one given twice', async () => {
    const image = await open(samplePhotos[0]!);
    const search = (faces: number[]) => service.call('search.byImage', { image: image.id, faces });
    await expect(search([99])).rejects.toMatchObject({ kind: 'not-found' });
    await expect(search([0, 0])).rejects.toMatchObject({ kind: 'invalid-input' });
    const byFaces = (faces: number[]) => service.call('search.byFaces', { faces });
    await expect(byFaces([999_999])).rejects.toMatchObject({ kind: 'not-found' });
    await expect(byFaces([1, 1])).rejects.toMatchObject({ kind: 'invalid-input' });
  });
});

it('removes what a killed process had open', async () => {
  const library = join(folder, 'other');
  await mkdir(join(library, 'cache', 'queries'), { recursive: true });
  await writeFile(join(library, 'cache', 'queries', 'left'), 'x');
  const other = await openService({ libraryPath: library, host: 'cli' });
  await other.receiveImage(samplePhotos[0]!);
  expect(await readdir(join(library, 'cache', 'queries'))).not.toContain('left');
  await other.close();
});
