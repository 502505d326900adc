import { stat } from 'node:fs/promises';
import type { Database } from 'better-sqlite3';
import { KindredError } from '../../contract/errors.ts';
import type { Handlers } from '../../contract/procedures.ts';
import { pathsOfPhotos } from '../../search/search.store.ts';
import type { CopyJob } from './copy-job.ts';
import { openFile, revealFile } from './desktop.ts';

/** How many files are looked for at a time. */
const atOnce = 64;

/** What can be done with the files of photos that were found. */
export function createFoundFiles(
  db: Database,
  copies: CopyJob,
): Pick<Handlers, Extract<keyof Handlers, `files.${string}`>> {
  async function reachable(photo: number): Promise<string> {
    const [paths] = pathsOfPhotos(db, [photo]);
    if (!paths?.length) throw new KindredError('not-found', 'That photo is not in the library.');
    for (const path of paths) if (await isFile(path)) return path;
    throw new KindredError('not-found', 'The photo cannot be reached now; is its drive connected?');
  }

  return {
    'files.paths': async ({ photos }) => {
      const paths = pathsOfPhotos(db, photos);
      const found: string[] = [];
      for (let start = 0; start < paths.length; start += atOnce) {
        const batch = paths.slice(start, start + atOnce).filter((candidates) => candidates.length > 0);
        found.push(...(await Promise.all(batch.map(firstThere))));
      }
      return found;
    },
    'files.copy': ({ photos, folder }) => copies.start(pathsOfPhotos(db, photos), folder),
    'files.cancelCopy': () => copies.cancel(),
    'files.reveal': async ({ photo }) => {
      await revealFile(await reachable(photo));
      return null;
    },
    'files.open': async ({ photo }) => {
      await openFile(await reachable(photo));
      return null;
    },
  };
}

/** The likeliest where none is there. */
async function firstThere(paths: readonly string[]): Promise<string> {
  for (const path of paths) if (await isFile(path)) return path;
  return paths[0]!;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
