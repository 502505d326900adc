import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

const require = createRequire(import.meta.url);

/** The six group photos that the installed face library carries: 21 faces. */
export const samplePhotos: readonly string[] = [1, 2, 3, 4, 5, 6].map((number) =>
  join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo', `sample${number}.jpg`),
);

/**
 * Writes `count` different JPEGs made from the sample photos: smaller, each with its own brightness and crop.
 *
 * @returns their paths in ascending order
 */
export async function makeSampleAlbum(folder: string, count: number, width = 640): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (let i = 0; i < count; i++) {
    const path = join(folder, `photo-${String(i).padStart(4, '0')}.jpg`);
    const source = sharp(samplePhotos[i % samplePhotos.length]);
    const { width: fullWidth, height: fullHeight } = await source.metadata();
    const cut = Math.floor(i / samplePhotos.length) * 3;
    const bytes = await source
      .extract({ left: cut, top: cut, width: fullWidth - cut, height: fullHeight - cut })
      .resize({ width })
      .modulate({ brightness: 0.9 + (i % 5) * 0.05 })
      .withExif({ IFD0: { Model: `Test camera ${i}` }, IFD2: { DateTimeOriginal: dateOf(i) } })
      .jpeg({ quality: 90 })
      .toBuffer();
    await writeFile(path, bytes);
    paths.push(path);
  }
  return paths;
}

function dateOf(i: number): string {
  const day = String((i % 28) + 1).padStart(2, '0');
  const month = String((Math.floor(i / 28) % 12) + 1).padStart(2, '0');
  return `2021:${month}:${day} 12:00:00`;
}
