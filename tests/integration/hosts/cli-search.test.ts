import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../support/cli.ts';
import { makeSampleAlbum, samplePhotos } from '../../support/sample-album.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

interface Line {
  photo: string;
  box: number[];
  distance: number;
  person: string | null;
  likely: boolean;
}

let folder: string;
let library: string;
let photos: string[];

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  library = join(folder, 'library');
  photos = await makeSampleAlbum(join(folder, 'photos'), 12);
  expect((await runCli('scan', join(folder, 'photos'), '--library', library)).code).toBe(0);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function search<Found = Line>(...args: string[]): Promise<Found[]> {
  const { code, stdout, stderr } = await runCli('search', ...args, '--library', library, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Found[];
}

it('finds the photos of whoever is in an image, nearest first', async () => {
  const found = await search(samplePhotos[0]!, '--limit', '3');
  expect(
    found
      .slice(0, 2)
      .map(({ photo }) => photo)
      .sort(),
  ).toEqual([photos[0], photos[6]]);
  const distances = found.map(({ distance }) => distance);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  expect(found.filter(({ likely }) => !likely)).toHaveLength(3);
  expect(found[0]).toMatchObject({
    box: [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)],
  });
  expect(found[0]!.person).toBeNull();

  const together = await search(samplePhotos[0]!, '--face', '1', '--face', '2', '--limit', '1');
  expect(
    together
      .slice(0, 4)
      .map(({ photo }) => photo)
      .sort(),
  ).toEqual([photos[0], photos[0], photos[6], photos[6]]);
});

it('filters by people, dates, words and folders, alone and with an image', async () => {
  const [found] = await search(samplePhotos[0]!);
  const people = JSON.parse((await runCli('people', '--library', library, '--json', '--ids')).stdout) as {
    id: string;
    faces: { photo: string; box: number[] }[];
  }[];
  const ann = people.find(({ faces }) =>
    faces.some(({ photo, box }) => photo === found!.photo && box.join() === found!.box.join()),
  )!;
  expect((await runCli('decide', 'name', ann.id, 'Ann', '--library', library)).code).toBe(0);
  const shown = [...new Set(ann.faces.map(({ photo }) => photo))].sort();
  const byName = await search<{ photo: string }>('--person', 'ann');
  expect(byName.map(({ photo }) => photo).sort()).toEqual(shown);
  const others = await search<{ photo: string }>('--not', 'Ann');
  expect(others).toHaveLength(12 - shown.length);
  const dated = await search<{ photo: string }>('--from', '2021-01-03', '--to', '2021-01-05');
  expect(dated.map(({ photo }) => photo).sort()).toEqual(photos.slice(2, 5));
  expect(await search('--text', 'photo 0007')).toEqual([{ photo: photos[7] }]);
  expect(await search('--folder', join(folder, 'photos'))).toHaveLength(12);
  const both = await search(samplePhotos[0]!, '--to', '2021-01-01');
  expect(new Set(both.map(({ photo }) => photo))).toEqual(new Set([photos[0]]));
  expect(both[0]!.person).toBe('Ann');
});

it('says in plain words what is wrong, and ends with 2', async () => {
  const bad = async (...args: string[]): Promise<string> => {
    const { code, stderr, stdout } = await runCli('search', ...args, '--library', library);
    expect([code, stdout]).toEqual([2, '']);
    return stderr;
  };
  const text = join(folder, 'text.jpg');
  await writeFile(text, 'no picture');
  await bad(text);
  const plain = join(folder, 'plain.png');
  await sharp({ create: { width: 300, height: 200, channels: 3, background: '#789' } }).toFile(plain);
  expect(await bad(plain)).toContain('No face was found');
  expect(await bad(join(folder, 'nowhere.jpg'))).toContain('There is no file');
  expect(await bad(samplePhotos[0]!, '--face', '99')).toContain('no face 99');
  expect(await bad('--person', 'Nobody')).toContain('Nobody is called Nobody');
  await bad('--from', 'yesterday');
  await bad(samplePhotos[0]!, '--face', '0');
  const { code, stderr } = await runCli('search', '--library', join(folder, 'none'));
  expect(code).toBe(2);
  expect(stderr).toContain('no Kindred library');
});
