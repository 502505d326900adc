import type { BigIntStats, Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PhotoFailureKind } from '../contract/errors.ts';
import type { ListedFile, ListingProblem } from './listing.store.ts';

/** Extensions under which photos are looked for; what a file really is, its contents say. */
const photoExtensions = new Set([
  '.jpg',
  '.jpeg',
  '.jpe',
  '.png',
  '.webp',
  '.avif',
  '.tif',
  '.tiff',
  '.gif',
  '.heic',
  '.heif',
]);

/** Folders of other programs and of operating systems that hold thumbnails or deleted files. */
const skippedFolders = new Set(['@eadir', '#recycle', '#snapshot', '$recycle.bin', 'system volume information']);

/** What a folder listing asks of the file system at a time. */
const statsAtOnce = 64;

export interface WalkOptions {
  /** Folders that are passed over wherever they turn up below the root: the library's own. */
  skip?: readonly string[];
  /** Ends the walk quietly. */
  signal?: AbortSignal;
}

/** True for names such as `IMG_1.JPG`; false for hidden files, whatever they end in. */
export function isPhotoName(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return !name.startsWith('.') && photoExtensions.has(name.slice(dot).toLowerCase());
}

/**
 * Lists the photo files below a folder, names in the order of their UTF-16 units, each folder's files before its
 * sub-folders. Links are followed, but no folder is entered twice: linked ones come last, so that a folder is found
 * under its own name first and a loop ends where it began. Hidden folders are passed over. What cannot be looked into
 * is yielded as a problem, and the walk goes on; a root that cannot be read is one as well.
 */
export async function* walkPhotos(
  root: string,
  { skip = [], signal }: WalkOptions = {},
): AsyncGenerator<ListedFile | ListingProblem, void, undefined> {
  const entered = new Set<string>();
  for (const skipped of skip) {
    const own = await identify(skipped).catch(() => undefined);
    if (own !== undefined && own !== (await identify(root).catch(() => undefined))) entered.add(own);
  }
  const folders = [root];
  const linkedFolders: string[] = [];

  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop() ?? linkedFolders.shift()) {
    if (signal?.aborted) return;
    let entries: Dirent[];
    try {
      const identity = await identify(folder);
      if (entered.has(identity)) continue;
      entered.add(identity);
      entries = await readdir(folder, { withFileTypes: true });
    } catch (error) {
      yield problemOf(folder, error as NodeJS.ErrnoException);
      continue;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));

    const files: string[] = [];
    const subfolders: string[] = [];
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!isSkipped(entry.name)) subfolders.push(path);
      } else if (isPhotoName(entry.name)) files.push(path);
      else if (entry.isSymbolicLink() && !isSkipped(entry.name) && (await isFolder(path))) linkedFolders.push(path);
    }
    folders.push(...subfolders.reverse());

    for (let start = 0; start < files.length; start += statsAtOnce) {
      if (signal?.aborted) return;
      const listed = await Promise.all(files.slice(start, start + statsAtOnce).map(listFile));
      for (const item of listed) if (item) yield item;
    }
  }
}

function isSkipped(folderName: string): boolean {
  return folderName.startsWith('.') || skippedFolders.has(folderName.toLowerCase());
}

/** Null for what has a photo's name and is none: a pipe, a device, or a link to a folder. */
async function listFile(path: string): Promise<ListedFile | ListingProblem | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? { path, bytes: found.size, mtimeMs: found.mtimeMs } : null;
  } catch (error) {
    return problemOf(path, error as NodeJS.ErrnoException);
  }
}

/** The same for a folder under whatever name it is reached. */
async function identify(folder: string): Promise<string> {
  const { dev, ino }: BigIntStats = await stat(folder, { bigint: true });
  return `${dev}:${ino}`;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function problemOf(path: string, error: NodeJS.ErrnoException): ListingProblem {
  const [kind, message] = describe(path, error);
  return { problem: path, kind, message };
}

function describe(path: string, { code, message }: NodeJS.ErrnoException): [kind: PhotoFailureKind, message: string] {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return ['no-permission', 'Kindred is not allowed to look in here.'];
    case 'ELOOP':
      return ['vanished', 'This link leads back to itself.'];
    case 'ENAMETOOLONG':
      return ['unsupported', 'The path is too long for this computer.'];
    case 'ENOENT':
      // Node turns bytes that are no text into this sign, and the file cannot be reached by it any more.
      return path.includes('\uFFFD')
        ? ['unsupported', 'The name is not valid text. Rename it, then scan again.']
        : ['vanished', 'It was there a moment ago, or is a link to something that is gone.'];
    default:
      return ['internal', `It cannot be read (${message}).`];
  }
}
