import { createHash } from 'node:crypto';
import { stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPhotoFile } from '../../../app/library/read-photo.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('readPhotoFile', () => {
  it('gives the bytes with their SHA-256 and the date of the file', async () => {
    const path = join(await temporaryFolder(), 'a "b" 😀\n.jpg');
    await writeFile(path, 'contents');
    const file = await readPhotoFile(path);
    expect(file).toEqual({
      bytes: Buffer.from('contents'),
      hash: createHash('sha256').update('contents').digest('hex'),
      mtimeMs: (await stat(path)).mtimeMs,
      size: 8,
    });
  });

  it('says plainly what is in the way', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'empty.jpg'), '');
    await expect(readPhotoFile(join(folder, 'gone.jpg'))).rejects.toMatchObject({ kind: 'vanished' });
    await expect(readPhotoFile(join(folder, 'empty.jpg', 'x.jpg'))).rejects.toMatchObject({ kind: 'vanished' });
    await expect(readPhotoFile(join(folder, 'empty.jpg'))).rejects.toMatchObject({ kind: 'empty' });
    await expect(readPhotoFile(folder)).rejects.toMatchObject({ kind: 'not-an-image' });
  });

  it('does not read a file of gigabytes into memory', async () => {
    const path = join(await temporaryFolder(), 'film.jpg');
    await writeFile(path, '');
    // Sparse: takes no room on the disk.
    await truncate(path, 3 * 1024 ** 3);
    const reading = readPhotoFile(path);
    await expect(reading).rejects.toMatchObject({ kind: 'too-large' });
    await expect(reading).rejects.toThrow(/3\.0 GB/);
  });
});
