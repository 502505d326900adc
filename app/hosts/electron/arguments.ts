import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultLibraryPath } from '../cli/library-path.ts';

export interface Arguments {
  /** Absolute path of the folder of the database and the caches. */
  library: string;
  /** Absolute path of a folder to add and scan, or null. */
  folder: string | null;
}

/**
 * Reads `[script] [--library=DIR] [folder]`, as Electron gets it: among switches of Chromium's, which do not matter here.
 *
 * @param argv as in `process.argv`
 * @param script whether the first thing that is not a switch is what Electron runs, as it is except in a packaged app
 */
export function parseArguments(
  argv: readonly string[],
  script: boolean,
  workingFolder: string = process.cwd(),
): Arguments {
  const { values, positionals } = parseArgs({
    args: argv.slice(1),
    options: { library: { type: 'string' } },
    allowPositionals: true,
    strict: false,
  });
  const library = typeof values.library === 'string' && values.library !== '' ? values.library : defaultLibraryPath();
  const folder = positionals[script ? 1 : 0];
  return {
    library: resolve(workingFolder, library),
    folder: folder === undefined || folder === '' ? null : resolve(workingFolder, folder),
  };
}
