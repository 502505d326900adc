import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { readVersionFile } from '../../../app/faces/models/version-file.ts';
import {
  trainFromScratch,
  type ScratchOptions,
  type ScratchReport,
} from '../../../app/service/learning/train-scratch.ts';
import { runCli } from '../../support/cli.ts';
import { makeSampleAlbum } from '../../support/sample-album.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Sixteen folders with four photos each. Who is in them does not matter here. */
async function makeIdentities(): Promise<string> {
  const folder = await temporaryFolder();
  const photos = await makeSampleAlbum(join(folder, 'all'), 64, 320);
  const images = join(folder, 'people');
  for (const [i, photo] of photos.entries()) {
    const person = join(images, `person ${i % 16}`);
    await mkdir(person, { recursive: true });
    await rename(photo, join(person, basename(photo)));
  }
  return images;
}

it('goes on with a training from nothing that was stopped, to the same weights', { timeout: 300_000 }, async () => {
  const images = await makeIdentities();
  const folder = await temporaryFolder();
  const train = (name: string, more: Partial<ScratchOptions> & { stopAt?: number } = {}): Promise<ScratchReport> => {
    const stop = new AbortController();
    return trainFromScratch({
      images,
      out: join(folder, name),
      steps: 6,
      signal: stop.signal,
      onProgress: ({ step }) => {
        if (step === more.stopAt) stop.abort();
      },
      ...more,
    });
  };
  const whole = await train('whole');
  await expect(train('part', { stopAt: 5 })).rejects.toThrow('abort');
  expect(existsSync(join(folder, 'part'))).toBe(false);

  // What is left is of something else, or cannot be read.
  await expect(train('part', { resume: true, seed: 9 })).rejects.toMatchObject({
    kind: 'invalid-input',
    message: expect.stringContaining('another seed'),
  });
  await mkdir(join(folder, 'damaged.unfinished'));
  await writeFile(join(folder, 'damaged.unfinished', 'scratch'), 'cut off');
  await expect(train('damaged', { resume: true })).rejects.toThrow('cannot be read');

  const resumed = await train('part', { resume: true });
  expect(readVersionFile(resumed.file).weights).toEqual(readVersionFile(whole.file).weights);
  expect(resumed.unseen).toEqual(whole.unseen);
  expect(existsSync(join(folder, 'part.unfinished'))).toBe(false);
  expect(await runCli('train', 'scratch', images, '--out', join(folder, 'part'), '--resume')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nothing to go on with'),
  });
});
