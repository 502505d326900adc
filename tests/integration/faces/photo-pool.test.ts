import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtInChoice } from '../../../app/faces/models/choice.ts';
import { createPhotoPool } from '../../../app/faces/photo-pool.ts';
import { samplePhotos } from '../../support/sample-album.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

it('ends what is under way when it is closed, and begins nothing more', async () => {
  const folder = await temporaryFolder();
  const pool = createPhotoPool({ cachePath: join(folder, 'cache'), models: builtInChoice }, 2);
  const results = samplePhotos.map((path) => pool.index(path));
  await Promise.race(results);
  // The next ones are at work by now: where their threads were ended at once, this whole process would be.
  await new Promise((resolve) => setTimeout(resolve, 50));
  await pool.close();
  const ended = await Promise.all(results);
  expect(ended.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(2);
  expect(ended.filter(({ ok }) => !ok).length).toBeGreaterThanOrEqual(2);
  expect(await pool.identify(samplePhotos[0]!)).toMatchObject({ ok: false });
});
