import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with Kindred's package.json, found upwards: the sources lie at another depth than the compiled tree. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('Kindred is not installed completely: package.json is missing.');
    folder = parent;
  }
  return folder;
}

/** Absolute path of a file of the installed program. */
export function findPackageFile(...segments: string[]): string {
  return join(packageRoot(), ...segments);
}
