import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addFolder } from '../../../app/library/folders.store.ts';
import { startListing } from '../../../app/library/listing.store.ts';
import { filesWithWords } from '../../../app/search/search.store.ts';
import { openLibraryDatabase } from '../../../app/store/connection.ts';
import { migration as first } from '../../../app/store/migrations/0001-photos-faces-decisions.ts';
import { migration as second } from '../../../app/store/migrations/0002-models.ts';
import { migration as third } from '../../../app/store/migrations/0003-model-versions.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A folder of the library below a home folder whose name must not be found. */
const roots = ['/home/ann/Pictures', '/home/ann/Más fotos'];
const names = [
  'beach/IMG_2034.jpg',
  'Beach 2004/über-uns.JPG',
  'ann/x.png',
  'old/beach.tif',
  'naïve.gif',
  '海/写真 1.jpg',
];
const words = [
  'beach',
  'bea',
  '2004',
  'img',
  'uber',
  'ÜBER',
  'ann',
  'home',
  'pictures',
  'mas',
  'fotos',
  'x',
  'naive',
  '写真',
  'each',
];

/** Ids of the files whose path, from the library's folder on, has the words; without FTS5. */
function oracle(db: Sqlite.Database, text: string): number[] {
  const plain = (given: string): string[] =>
    given
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const rows = db
    .prepare<[], { id: number; path: string; root: string }>(
      'SELECT files.id, files.path, folders.path AS root FROM files JOIN folders ON folders.id = folder_id',
    )
    .all();
  return rows
    .filter(({ path, root }) => {
      const shown = plain(path.slice(root.lastIndexOf('/') + 1));
      return plain(text).every((word) => shown.some((candidate) => candidate.startsWith(word)));
    })
    .map(({ id }) => id)
    .sort((a, b) => a - b);
}

function found(db: Sqlite.Database, text: string): number[] {
  return filesWithWords(db, text).sort((a, b) => a - b);
}

describe('the words of file names', () => {
  it('stay in step with files that come, move and go, as a naive search finds them', async () => {
    const { db, close } = openLibraryDatabase(await temporaryFolder());
    const set = fc.uniqueArray(fc.constantFrom(...names));
    const steps = fc.array(
      fc.record({ root: fc.constantFrom(...roots), files: set, remove: fc.boolean(), rename: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(steps, fc.uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 2 }), (taken, asked) => {
        for (const { root, files, remove, rename } of taken) {
          const listing = startListing(db, addFolder(db, root));
          listing.record(files.map((name, i) => ({ path: `${root}/${name}`, bytes: i + 1, mtimeMs: 1 })));
          listing.finish([]);
          // Nothing in Kindred does these today; the words must not depend on that.
          if (remove) db.exec('DELETE FROM files WHERE id = (SELECT max(id) FROM files)');
          if (rename) db.exec(`UPDATE files SET path = path || '.beach' WHERE id = (SELECT min(id) FROM files)`);
        }
        expect(found(db, asked.join(' '))).toEqual(oracle(db, asked.join(' ')));
      }),
      { numRuns: 60 },
    );
    expect(db.prepare(`INSERT INTO file_words (file_words) VALUES ('integrity-check')`).run()).toBeDefined();
    close();
  });

  it('are there for the files of a library that an older Kindred made', async () => {
    const folder = await temporaryFolder();
    const old = openLibraryDatabase(folder, { migrations: [first, second, third] });
    const listing = startListing(old.db, addFolder(old.db, roots[0]!));
    listing.record(names.map((name, i) => ({ path: `${roots[0]}/${name}`, bytes: i + 1, mtimeMs: 1 })));
    old.close();
    const { db, close } = openLibraryDatabase(folder);
    expect(found(db, 'beach')).toEqual(oracle(db, 'beach'));
    expect(filesWithWords(db, 'beach').length).toBe(3);
    expect(filesWithWords(db, 'home')).toEqual([]);
    close();
    expect(() => new Sqlite(join(folder, 'kindred.db.backup-v3'), { fileMustExist: true }).close()).not.toThrow();
  });

  it('take nothing for the language of FTS5', async () => {
    const { db, close } = openLibraryDatabase(await temporaryFolder());
    const listing = startListing(db, addFolder(db, roots[0]!));
    listing.record(names.map((name, i) => ({ path: `${roots[0]}/${name}`, bytes: i + 1, mtimeMs: 1 })));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(Array.isArray(filesWithWords(db, text))).toBe(true);
      }),
    );
    for (const text of ['"', 'beach OR x', 'NEAR(beach)', 'words:beach', 'beach*', '^beach', '-beach', 'a\0b', "'"]) {
      expect(() => filesWithWords(db, text)).not.toThrow();
    }
    expect(filesWithWords(db, 'beach OR x')).toEqual([]);
    expect(filesWithWords(db, 'IMG_20')).toHaveLength(1);
    close();
  });
});
