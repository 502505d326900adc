import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import sharp from 'sharp';
import { makeGroupPhoto } from '../support/group-photo.ts';
import { createRandom } from '../support/random.ts';

/** Where photo sets are kept from one run to the next: making large photos takes longer than scanning them. */
export const cachePath = join(tmpdir(), 'kindred-bench');
export const dataPath = process.env['KINDRED_TEST_DATA'] ?? resolve(import.meta.dirname, '../../../shared/data');
/** A folder per person. */
export const sharedPortraits = join(dataPath, 'lfw-dev');

export const hasSharedData = existsSync(sharedPortraits);

/** Portraits as 250-pixel JPEGs: of LFW, or where that is not there the sample photos, varied. */
export async function portraitSet(count: number): Promise<string> {
  if (!hasSharedData) return makeSet(`samples-${count}`, count, (index) => variedSample(index, 1000));
  const all = await portraitPaths();
  return makeSet(`lfw-${count}`, count, (index) => readFile(all[Math.floor((index * all.length) / count)]!));
}

/** Photos of 6000 x 4000 pixels with two to eight faces each, or sample photos at that size. */
export async function largeSet(count: number): Promise<string> {
  const [width, height] = [6000, 4000];
  if (!hasSharedData) return makeSet(`large-samples-${count}`, count, (index) => variedSample(index, width, height));
  const all = await portraitPaths();
  return makeSet(`large-${count}`, count, async (index) => {
    const faces = 2 + (index % 7);
    const images = Array.from({ length: faces }, (_, i) => all[(index * 83 + i * 577) % all.length]!);
    const { jpeg } = await makeGroupPhoto({
      images,
      width,
      height,
      count: faces,
      minFace: 150,
      maxFace: 700,
      seed: index,
    });
    return jpeg;
  });
}

/** Many photos out of few: copies with a number after the end of the picture, so that no two have the same content. */
export async function repeatedSet(folder: string, count: number): Promise<string> {
  const names = (await readdir(folder)).sort();
  return makeSet(`repeated-${names.length}-${count}`, count, async (index) => {
    const jpeg = await readFile(join(folder, names[index % names.length]!));
    return Buffer.concat([jpeg, Buffer.from(String(index))]);
  });
}

/** Makes a folder of numbered JPEGs, those that are not there yet. */
async function makeSet(name: string, count: number, make: (index: number) => Promise<Buffer>): Promise<string> {
  const folder = join(cachePath, name);
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index++) {
    const path = join(folder, `${String(index).padStart(4, '0')}.jpg`);
    if (existsSync(path)) continue;
    // Under another name first: a set that was cut short must not end in half a photo.
    await writeFile(`${path}.part`, await make(index));
    await rename(`${path}.part`, path);
  }
  return folder;
}

async function portraitPaths(): Promise<string[]> {
  const files = await readdir(sharedPortraits, { recursive: true });
  return files
    .filter((file) => file.endsWith('.jpg'))
    .sort()
    .map((file) => join(sharedPortraits, file));
}

/** A sample photo of the face library: another brightness and another cut each time. */
async function variedSample(index: number, width: number, height?: number): Promise<Buffer> {
  const library = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));
  const path = join(library, 'demo', `sample${(index % 6) + 1}.jpg`);
  const random = createRandom(index);
  const original = await sharp(path).metadata();
  const cut = (side: number): { start: number; length: number } => {
    const start = Math.floor(side * 0.05 * random());
    return { start, length: Math.floor(side * (0.95 - 0.05 * random())) - start };
  };
  const [x, y] = [cut(original.width), cut(original.height)];
  return sharp(path)
    .extract({ left: x.start, top: y.start, width: x.length, height: y.length })
    .modulate({ brightness: 0.85 + 0.3 * random() })
    .resize(width, height, { fit: 'cover' })
    .jpeg({ quality: 90 })
    .toBuffer();
}
