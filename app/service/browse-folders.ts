import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { FolderListing } from '../contract/dto.ts';
import { KindredError } from '../contract/errors.ts';
import { isPhotoName } from '../library/walk.ts';

/**
 * Lists the sub-folders of a folder, for a window that has no folder dialog of the operating system's.
 *
 * @param path absolute, or absent for the home folder
 * @throws KindredError `not-found`, `folder-unreadable`
 */
export async function browseFolders(path: string | undefined): Promise<FolderListing> {
  const folder = resolve(path ?? homedir());
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw folderError(folder, error);
  });
  const parent = dirname(folder);
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    folders: entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => ({ name: entry.name, path: join(folder, entry.name) }))
      .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })),
    photos: entries.filter((entry) => entry.isFile() && isPhotoName(entry.name)).length,
  };
}

/** Says in plain words why a folder cannot be listed. */
export function folderError(folder: string, error: NodeJS.ErrnoException): KindredError {
  switch (error.code) {
    case 'ENOENT':
      return new KindredError('not-found', `There is no folder ${folder}.`, { path: folder });
    case 'ENOTDIR':
      return new KindredError('not-found', `${folder} is a file, not a folder.`, { path: folder });
    case 'EACCES':
    case 'EPERM':
      return new KindredError('folder-unreadable', `Kindred is not allowed to read ${folder}.`, { path: folder });
    default:
      return new KindredError('folder-unreadable', `${folder} cannot be read (${error.message}).`, { path: folder });
  }
}
