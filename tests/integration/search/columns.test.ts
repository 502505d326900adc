import type { Database } from 'better-sqlite3';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { addFolder, removeFolder } from '../../../app/library/folders.store.ts';
import { startListing } from '../../../app/library/listing.store.ts';
import { insertPhoto, linkFile, pendingFiles } from '../../../app/library/photos.store.ts';
import { PhotoColumnsReader } from '../../../app/search/search.store.ts';
import { openLibraryDatabase } from '../../../app/store/connection.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface MadePhoto {
  path: string;
  takenAt: string | null;
  camera: string | null;
}

/** Lists these files in the folder and reads those that are new, as a scan does. */
function scan(db: Database, folder: string, photos: readonly MadePhoto[]): void {
  const listing = startListing(db, addFolder(db, folder));
  listing.record(photos.map(({ path }, i) => ({ path: join(folder, path), bytes: path.length, mtimeMs: i })));
  listing.finish([]);
  for (const { id, path } of pendingFiles(db, 100)) {
    const { takenAt, camera } = photos.find((photo) => join(folder, photo.path) === path)!;
    const photo = insertPhoto(db, {
      ...{ hash: `hash of ${path}`, bytes: path.length, format: 'jpeg', width: 40, height: 30, takenAt, camera },
      ...{
        lens: null,
        exposure: null,
        latitude: 1,
        longitude: null,
        mtimeMs: 0,
        sketch: new Uint8Array(27),
        pipeline: '',
      },
    });
    linkFile(db, id, photo);
  }
}

it('reads what has come and gone as if it read all anew', async () => {
  const { db, close } = openLibraryDatabase(await temporaryFolder());
  onTestFinished(close);
  const reader = new PhotoColumnsReader(db);
  const paths = (): string[] => {
    const { ids, cameras, cameraNames, days, files, folderPaths, rowOf } = reader.read();
    expect(reader.read()).toEqual(new PhotoColumnsReader(db).read());
    return [...ids].map((id, row) => {
      expect(rowOf.get(id)).toBe(row);
      const folders = [...files.photos.keys()].filter((file) => files.photos[file] === row);
      return `${days[row]} ${cameraNames[cameras[row]!] ?? '-'} ${folders.map((file) => folderPaths[files.folders[file]!]!).join()}`;
    });
  };
  const photo = (path: string, takenAt: string | null, camera: string | null = null): MadePhoto => ({
    path,
    takenAt,
    camera,
  });

  expect(paths()).toEqual([]);
  const first = [photo('x/1.jpg', '2010-05-01T10:00:00', 'Alpha'), photo('y/2.jpg', '2012-05-01T10:00:00', 'Beta')];
  scan(db, '/a', first);
  expect(paths()).toEqual(['20120501 Beta /a/y', '20100501 Alpha /a/x']);
  // One comes in between, and one of the same second.
  scan(db, '/a', [...first, photo('y/3.jpg', '2011-01-01T00:00:00'), photo('z/4.jpg', '2012-05-01T10:00:00', 'Gamma')]);
  expect(paths()).toEqual(['20120501 Gamma /a/z', '20120501 Beta /a/y', '20110101 - /a/y', '20100501 Alpha /a/x']);
  // One goes, with its camera and its folder.
  scan(db, '/a', [...first, photo('y/3.jpg', '2011-01-01T00:00:00')]);
  expect(reader.read()).toMatchObject({ cameraNames: ['Beta', 'Alpha'], folderPaths: ['/a/x', '/a/y'] });
  scan(db, '/b', [photo('5.jpg', '2020-01-01T00:00:00', 'Alpha')]);
  expect(paths()[0]).toBe('20200101 Alpha /b');
  removeFolder(db, addFolder(db, '/b'));
  expect(paths()).toEqual(['20120501 Beta /a/y', '20110101 - /a/y', '20100501 Alpha /a/x']);
  scan(db, '/b', [photo('5.jpg', '2020-01-01T00:00:00', 'Alpha')]);
  expect(paths()).toHaveLength(4);
});
