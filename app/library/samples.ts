import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { KindredError } from '../contract/errors.ts';
import { writeCacheFile } from './thumbnails.ts';

/** The group photos among the pictures that the installed face library carries. */
const names = [1, 2, 3, 4, 5, 6].map((n) => `sample${n}.jpg`);

/** The folder that the samples come in, or null where it is not installed. */
function installedFolder(): string | null {
  try {
    const library = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
    const folder = join(dirname(library), 'demo');
    return names.every((name) => existsSync(join(folder, name))) ? folder : null;
  } catch {
    return null;
  }
}

/** True where the installed face library carries its sample photos. */
export function samplesAvailable(): boolean {
  return installedFolder() !== null;
}

/**
 * Puts the six sample group photos, which come among screenshots, into a folder of their own.
 *
 * @returns that folder: `samples` in the library's
 * @throws KindredError `not-found` where they are not installed
 */
export async function prepareSamples(libraryPath: string): Promise<string> {
  const installed = installedFolder();
  if (installed === null) throw new KindredError('not-found', 'No sample photos are installed with this Kindred.');
  const folder = join(libraryPath, 'samples');
  for (const name of names) {
    const copy = join(folder, name);
    // One that is there keeps its date, so that adding the samples again is no work.
    if (!existsSync(copy)) await writeCacheFile(copy, await readFile(join(installed, name)));
  }
  return folder;
}
