import type { Database } from 'better-sqlite3';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { addFolder, listFolders, removeFolder } from '../../../app/library/folders.store.ts';
import { startListing, type ListedFile, type ListingProblem } from '../../../app/library/listing.store.ts';
import {
  countPendingFiles,
  countPhotos,
  failFile,
  findPhoto,
  findPhotoByHash,
  hasPhotoOfSize,
  indexedFiles,
  insertPhoto,
  linkFile,
  listFailures,
  pendingFiles,
  readTimeline,
  retryFailedFiles,
  visiblePhotoIds,
  visiblePhotoPaths,
  type IndexedPhoto,
} from '../../../app/library/photos.store.ts';
import { openLibraryDatabase } from '../../../app/store/connection.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let db: Database;
let folder: number;

beforeEach(async () => {
  const library = openLibraryDatabase(await temporaryFolder());
  onTestFinished(library.close);
  db = library.db;
  folder = addFolder(db, '/photos');
});

function file(path: string, bytes = 100, mtimeMs = 1.5): ListedFile {
  return { path, bytes, mtimeMs };
}

/** A whole pass over a folder. */
function list(
  files: readonly ListedFile[],
  problems: readonly ListingProblem[] = [],
  of = folder,
): { unchanged: number; pending: number; missing: number } {
  const listing = startListing(db, of);
  return { ...listing.record(files), ...listing.finish(problems) };
}

function photo(hash: string, changes: Partial<IndexedPhoto> = {}): IndexedPhoto {
  return {
    hash,
    bytes: 100,
    format: 'jpeg',
    width: 300,
    height: 200,
    takenAt: '2020-05-04T10:00:00',
    camera: 'Kamera 1',
    lens: null,
    exposure: '1/125 s',
    latitude: 48.2,
    longitude: 16.4,
    mtimeMs: 0,
    sketch: new Uint8Array(27).fill(7),
    pipeline: 'test',
    ...changes,
  };
}

/** Reads what waits, each file's contents being `contentsOf` its path. */
function index(contentsOf: (path: string) => string = (path) => path, changes: Partial<IndexedPhoto> = {}): number {
  const files = pendingFiles(db, 1000);
  for (const { id, path } of files) {
    const hash = contentsOf(path);
    linkFile(db, id, findPhotoByHash(db, hash)?.id ?? insertPhoto(db, photo(hash, changes)));
  }
  return files.length;
}

describe('folders', () => {
  it('come back with everything they had', () => {
    list([file('/photos/a.jpg')]);
    index();
    expect(listFolders(db)).toEqual([{ id: folder, path: '/photos', photos: 1, mounted: 0 }]);
    expect(removeFolder(db, folder)).toBe(true);
    expect(removeFolder(db, folder)).toBe(false);
    expect(listFolders(db)).toEqual([]);
    expect(readTimeline(db).ids).toEqual([]);
    expect(countPhotos(db)).toEqual({ photos: 0, failed: 0, missing: 0 });
    expect(addFolder(db, '/photos')).toBe(folder);
    expect(readTimeline(db).ids).toHaveLength(1);
    expect(list([file('/photos/a.jpg')])).toEqual({ unchanged: 1, pending: 0, missing: 0 });
  });

  it('may lie in one another: nothing is read or shown twice, and one may go without the other', () => {
    list([file('/photos/a.jpg'), file('/photos/2020/b.jpg')]);
    index();
    const inner = addFolder(db, '/photos/2020');
    expect(list([file('/photos/2020/b.jpg')], [], inner)).toEqual({ unchanged: 1, pending: 0, missing: 0 });
    expect(countPhotos(db).photos).toBe(2);
    const b = findPhotoByHash(db, '/photos/2020/b.jpg')!.id;
    expect(findPhoto(db, b)?.paths).toEqual(['/photos/2020/b.jpg']);
    removeFolder(db, folder);
    expect(readTimeline(db).ids).toEqual([b]);
    expect(indexedFiles(db, inner)).toEqual([{ photoId: b, path: '/photos/2020/b.jpg' }]);
  });
});

describe('listing', () => {
  it('asks for work on new and changed files only', () => {
    expect(list([file('/photos/a.jpg'), file('/photos/b.jpg')])).toEqual({ unchanged: 0, pending: 2, missing: 0 });
    expect(countPendingFiles(db)).toBe(2);
    expect(index()).toBe(2);
    expect(list([file('/photos/a.jpg'), file('/photos/b.jpg')])).toMatchObject({ unchanged: 2, pending: 0 });
    expect(list([file('/photos/a.jpg', 101), file('/photos/b.jpg', 100, 2)])).toMatchObject({ pending: 2 });
    expect(index((path) => `${path} edited`)).toBe(2);
    expect(countPhotos(db).photos).toBe(2);
  });

  it('goes on showing a changed file as it was until it has been read again', () => {
    list([file('/photos/a.jpg')]);
    index();
    list([file('/photos/a.jpg', 100, 9)]);
    expect(readTimeline(db).ids).toHaveLength(1);
    expect(index()).toBe(1);
    expect(readTimeline(db).ids).toHaveLength(1);
  });

  it('hands on what an interrupted scan left', () => {
    list([file('/photos/a.jpg'), file('/photos/b.jpg'), file('/photos/c.jpg')]);
    const [a] = pendingFiles(db, 1);
    linkFile(db, a!.id, insertPhoto(db, photo('a')));
    expect(list([file('/photos/a.jpg'), file('/photos/b.jpg'), file('/photos/c.jpg')])).toMatchObject({ pending: 2 });
    const [b] = pendingFiles(db, 1);
    expect(b?.path).toBe('/photos/b.jpg');
    expect(pendingFiles(db, 5, b!.id).map(({ path }) => path)).toEqual(['/photos/c.jpg']);
  });

  it('remembers a file that went missing and asks for no work when it is back', () => {
    list([file('/photos/a.jpg'), file('/photos/b.jpg')]);
    index();
    expect(list([file('/photos/a.jpg')])).toMatchObject({ missing: 1 });
    expect(countPhotos(db)).toEqual({ photos: 1, failed: 0, missing: 1 });
    expect(list([file('/photos/a.jpg')])).toMatchObject({ missing: 0 });
    expect(list([file('/photos/a.jpg'), file('/photos/b.jpg')])).toEqual({ unchanged: 2, pending: 0, missing: 0 });
    expect(countPhotos(db)).toEqual({ photos: 2, failed: 0, missing: 0 });
  });

  it('reads a file that changed, went missing unread, and came back', () => {
    list([file('/photos/a.jpg')]);
    index();
    list([file('/photos/a.jpg', 7)]);
    list([]);
    expect(list([file('/photos/a.jpg', 7)])).toMatchObject({ pending: 1 });
  });

  it('keeps the photo of a file that was moved, and lists its new place', () => {
    list([file('/photos/a.jpg')]);
    index(() => 'same');
    const before = readTimeline(db).ids;
    expect(hasPhotoOfSize(db, 100)).toBe(true);
    expect(hasPhotoOfSize(db, 101)).toBe(false);
    list([file('/photos/new/b.jpg')]);
    index(() => 'same');
    expect(readTimeline(db).ids).toEqual(before);
    expect(countPhotos(db)).toEqual({ photos: 1, failed: 0, missing: 0 });
    expect(findPhoto(db, before[0]!)?.paths).toEqual(['/photos/new/b.jpg', '/photos/a.jpg']);
    expect(visiblePhotoPaths(db)).toEqual([{ photoId: before[0], path: '/photos/new/b.jpg' }]);
  });

  it('calls nothing missing below what it could not look into', () => {
    const all = ['/photos/a.jpg', '/photos/locked/b.jpg', '/photos/locked too/c.jpg'].map((path) => file(path));
    list(all);
    index();
    const problem: ListingProblem = { problem: '/photos/locked', kind: 'no-permission', message: 'No.' };
    expect(list([], [problem])).toMatchObject({ missing: 2 });
    expect(listFailures(db)).toEqual([{ path: '/photos/locked', kind: 'no-permission', message: 'No.', attempts: 1 }]);
    expect(countPhotos(db)).toEqual({ photos: 1, failed: 1, missing: 2 });
    list(all);
    expect(listFailures(db)).toEqual([]);
    expect(list([], [{ ...problem, problem: '/photos' }])).toMatchObject({ missing: 0 });
  });
});

describe('failures', () => {
  it('are listed with reason and attempts, left alone by later scans, and can be retried', () => {
    const odd = `/photos/<script>alert("1")</script>\n😀.jpg`;
    list([file(odd), file('/photos/b.jpg')]);
    const fail = (): void => {
      for (const { id } of pendingFiles(db, 10)) failFile(db, id, 'damaged', 'The picture data is damaged.');
    };
    fail();
    expect(listFailures(db)).toEqual([
      { path: odd, kind: 'damaged', message: 'The picture data is damaged.', attempts: 1 },
      { path: '/photos/b.jpg', kind: 'damaged', message: 'The picture data is damaged.', attempts: 1 },
    ]);
    expect(countPhotos(db).failed).toBe(2);
    expect(list([file(odd), file('/photos/b.jpg')])).toMatchObject({ unchanged: 2, pending: 0 });
    expect(retryFailedFiles(db)).toBe(2);
    expect(countPhotos(db).failed).toBe(0);
    fail();
    expect(listFailures(db).map(({ attempts }) => attempts)).toEqual([2, 2]);
    retryFailedFiles(db);
    index();
    expect(listFailures(db)).toEqual([]);
  });

  it('that the file is not to blame for are tried again by the next scan', () => {
    list([file('/photos/a.jpg')]);
    failFile(db, pendingFiles(db, 1)[0]!.id, 'no-permission', 'No.');
    expect(list([file('/photos/a.jpg')])).toMatchObject({ pending: 1 });
  });

  it('go away with the file', () => {
    list([file('/photos/a.jpg')]);
    failFile(db, pendingFiles(db, 1)[0]!.id, 'damaged', 'Broken.');
    list([]);
    expect(countPhotos(db)).toEqual({ photos: 0, failed: 0, missing: 0 });
  });
});

describe('photos', () => {
  it('are kept as they were read', () => {
    const id = insertPhoto(db, photo('abc'));
    const { mtimeMs: _, sketch: __, pipeline, ...columns } = photo('abc');
    expect(findPhoto(db, id)).toEqual({ id, ...columns, paths: [] });
    expect(findPhotoByHash(db, 'abc')).toEqual({ id, pipeline });
    expect(findPhotoByHash(db, 'abd')).toBeUndefined();
    expect(findPhoto(db, id + 1)).toBeUndefined();
    expect(() => insertPhoto(db, photo('abc'))).toThrow(/UNIQUE/);
  });

  it('line up newest first, by the date of the file where the photo has none', () => {
    list(['a', 'b', 'c'].map((name) => file(`/photos/${name}.jpg`)));
    const days = new Map([
      ['/photos/a.jpg', photo('a', { takenAt: '2020-01-01T00:00:00' })],
      ['/photos/b.jpg', photo('b', { takenAt: null, mtimeMs: new Date(2022, 6, 9, 23, 59).getTime() })],
      [
        '/photos/c.jpg',
        photo('c', { takenAt: '2021-12-31T23:59:59', width: 100, height: 400, sketch: new Uint8Array(27) }),
      ],
    ]);
    for (const { id, path } of pendingFiles(db, 10)) linkFile(db, id, insertPhoto(db, days.get(path)!));
    const timeline = readTimeline(db);
    expect(timeline.days).toEqual(['2022-07-09', '2021-12-31', '2020-01-01']);
    expect(timeline.aspects).toEqual([1.5, 0.25, 1.5]);
    expect(timeline.sketches).toEqual(['BwcH'.repeat(9), 'AAAA'.repeat(9), 'BwcH'.repeat(9)]);
    expect(visiblePhotoIds(db)).toEqual(new Set(timeline.ids));
    expect(findPhoto(db, timeline.ids[0]!)?.takenAt).toBeNull();
  });
});
