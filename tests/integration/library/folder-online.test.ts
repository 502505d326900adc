import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isFolderOnline } from '../../../app/library/folder-online.ts';
import { addFolder, listFolders, markMounted } from '../../../app/library/folders.store.ts';
import { openLibraryDatabase } from '../../../app/store/connection.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('isFolderOnline', () => {
  it('is false for a folder that is gone or is a file now, and true again when it is back', async () => {
    const { db, close } = openLibraryDatabase(await temporaryFolder());
    onTestFinished(close);
    const path = await temporaryFolder();
    const [folder] = (addFolder(db, path), listFolders(db));
    expect(await isFolderOnline(db, folder!)).toBe(true);
    await rm(path, { recursive: true });
    expect(await isFolderOnline(db, folder!)).toBe(false);
    await writeFile(path, '');
    expect(await isFolderOnline(db, folder!)).toBe(false);
  });

  it('is false for the empty folder that a drive leaves behind, until the folder is added anew', async () => {
    const { db, close } = openLibraryDatabase(await temporaryFolder());
    onTestFinished(close);
    const path = await temporaryFolder();
    markMounted(db, addFolder(db, path));
    expect(await isFolderOnline(db, listFolders(db)[0]!)).toBe(false);
    addFolder(db, path);
    expect(await isFolderOnline(db, listFolders(db)[0]!)).toBe(true);
  });

  // A file system of its own on every Linux.
  const drive = '/proc';
  it.skipIf(!existsSync(join(drive, 'self')))('remembers the root of a drive', async () => {
    const { db, close } = openLibraryDatabase(await temporaryFolder());
    onTestFinished(close);
    addFolder(db, drive);
    expect(listFolders(db)).toMatchObject([{ mounted: 0 }]);
    expect(await isFolderOnline(db, listFolders(db)[0]!)).toBe(true);
    expect(listFolders(db)).toMatchObject([{ mounted: 1 }]);
    expect(await isFolderOnline(db, listFolders(db)[0]!)).toBe(true);
  });
});
