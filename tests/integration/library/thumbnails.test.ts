import { existsSync } from 'node:fs';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { threadId } from 'node:worker_threads';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openPhoto } from '../../../app/library/decode.ts';
import { prepareSamples, samplesAvailable } from '../../../app/library/samples.ts';
import {
  cropPath,
  isShownByBrowsers,
  previewPath,
  thumbnailPath,
  writeCacheFile,
  writePreview,
  writeThumbnail,
} from '../../../app/library/thumbnails.ts';
import { quarters } from '../../support/bad-photos.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const hash = 'ab'.repeat(32);

describe('thumbnails and previews', () => {
  it('lie where their paths say, in the sizes that are promised', async () => {
    const cache = await temporaryFolder();
    const photo = await openPhoto(await quarters(5000, 2500).withMetadata({ orientation: 6 }).tiff().toBuffer());
    await writeThumbnail(cache, hash, photo);
    await writePreview(cache, hash, photo);
    expect(thumbnailPath(cache, hash)).toBe([cache, 'thumbnails', 'ab', `${hash}.jpg`].join(sep));
    expect(await sharp(thumbnailPath(cache, hash)).metadata()).toMatchObject({
      format: 'jpeg',
      width: 320,
      height: 640,
    });
    expect(await sharp(previewPath(cache, hash)).metadata()).toMatchObject({
      format: 'jpeg',
      width: 2048,
      height: 4096,
    });
    expect(cropPath(cache, hash, 3)).toBe([cache, 'crops', 'ab', `${hash}-3.jpg`].join(sep));
    expect(await isShownByBrowsers('tiff', null)).toBe(false);
    expect(await isShownByBrowsers('heic', null)).toBe(false);
    expect(await isShownByBrowsers('avif', null)).toBe(true);
  });

  it('replace what was there, and leave nothing half-written behind', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'deep', 'er', 'a.jpg');
    await writeCacheFile(path, Buffer.from('one'));
    await writeCacheFile(path, Buffer.from('two'));
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(join(folder, 'deep', 'er'))).toEqual(['a.jpg']);
    await writeFile(join(folder, 'file'), '');
    await expect(writeCacheFile(join(folder, 'file', 'b.jpg'), Buffer.from('x'))).rejects.toThrow();
  });

  it.skipIf(!existsSync('/dev/full'))('say when the disk is full', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.jpg');
    // The name under which the file is written at first leads to a disk that is always full.
    await symlink('/dev/full', `${path}.${process.pid}-${threadId}.tmp`);
    await expect(writeCacheFile(path, Buffer.from('x'))).rejects.toMatchObject({ kind: 'disk-full' });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('samples', () => {
  it('are the six group photos and nothing else, and stay as they are', async () => {
    expect(samplesAvailable()).toBe(true);
    const library = await temporaryFolder();
    const folder = await prepareSamples(library);
    expect(folder).toBe(join(library, 'samples'));
    expect(await readdir(folder)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `sample${n}.jpg`));
    await writeFile(join(folder, 'sample1.jpg'), 'mine');
    await prepareSamples(library);
    expect(await readFile(join(folder, 'sample1.jpg'), 'utf8')).toBe('mine');
  });
});
