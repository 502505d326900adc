import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPhoto } from '../../../app/library/decode.ts';
import { addFolder } from '../../../app/library/folders.store.ts';
import { startListing, type ListingProblem } from '../../../app/library/listing.store.ts';
import { readMetadata } from '../../../app/library/metadata.ts';
import { PhotoError } from '../../../app/library/photo-error.ts';
import {
  countPhotos,
  failFile,
  findPhotoByHash,
  insertPhoto,
  linkFile,
  listFailures,
  pendingFiles,
  retryFailedFiles,
} from '../../../app/library/photos.store.ts';
import { readPhotoFile } from '../../../app/library/read-photo.ts';
import { walkPhotos } from '../../../app/library/walk.ts';
import { openLibraryDatabase } from '../../../app/store/connection.ts';
import { oddNames, quarters, writeBadPhotos } from '../../support/bad-photos.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function list(db: Database, folderId: number, root: string): Promise<void> {
  const listing = startListing(db, folderId);
  const problems: ListingProblem[] = [];
  for await (const entry of walkPhotos(root)) {
    if ('problem' in entry) problems.push(entry);
    else listing.record([entry]);
  }
  listing.finish(problems);
}

/** What a scan does with what waits, without the faces. */
async function read(db: Database): Promise<void> {
  for (const { id, path } of pendingFiles(db, 1000)) {
    try {
      const { bytes, hash, mtimeMs, size } = await readPhotoFile(path);
      const { format, width, height, render } = await openPhoto(bytes);
      await render(320);
      const photo = {
        hash,
        bytes: size,
        mtimeMs,
        format,
        width,
        height,
        ...readMetadata(bytes),
        sketch: new Uint8Array(27),
        pipeline: 'test',
      };
      linkFile(db, id, findPhotoByHash(db, hash)?.id ?? insertPhoto(db, photo));
    } catch (error) {
      if (!(error instanceof PhotoError)) throw error;
      failFile(db, id, error.kind, error.message);
    }
  }
}

describe('a folder full of bad photos', () => {
  it('is read to its end; every failure is listed with its reason and can be retried', async () => {
    const { db, close } = openLibraryDatabase(await temporaryFolder());
    onTestFinished(close);
    const root = await temporaryFolder();
    const folder = addFolder(db, root);
    const photos = await writeBadPhotos(root);
    const good = await quarters().jpeg().toBuffer();
    await mkdir(join(root, 'odd'));
    const names = process.platform === 'win32' ? [] : oddNames;
    for (const name of names) await writeFile(join(root, 'odd', name), good);
    await writeFile(join(root, 'vanishing.jpg'), good);

    await list(db, folder, root);
    await rm(join(root, 'vanishing.jpg'));
    await read(db);

    const expected = photos.filter(({ failure }) => failure !== null).map(({ name, failure }) => [name, failure!]);
    expected.push(['vanishing.jpg', 'vanished']);
    const failures = listFailures(db);
    expect(failures.map(({ path, kind }) => [basename(path), kind])).toEqual(expected.toSorted(byName));
    expect(failures.every(({ message }) => message.length > 10)).toBe(true);
    // The odd names all hold the same photo.
    const readable = photos.length - (expected.length - 1) + Math.min(1, names.length);
    expect(countPhotos(db)).toEqual({ photos: readable, failed: expected.length, missing: 0 });

    // Repaired, it is read; what is as bad as before is listed as before.
    await copyFile(join(root, 'cmyk.jpg'), join(root, 'truncated.jpg'));
    retryFailedFiles(db);
    await list(db, folder, root);
    await read(db);
    const left = expected.filter(([name]) => name !== 'truncated.jpg' && name !== 'vanishing.jpg');
    expect(listFailures(db).map(({ path, kind }) => [basename(path), kind])).toEqual(left.toSorted(byName));
  });
});

function byName([a]: readonly string[], [b]: readonly string[]): number {
  return a! < b! ? -1 : 1;
}
