import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Tells whether a built file is missing or older than any of its sources.
 *
 * @param sources files and folders (taken with all they contain), relative to `root`; absent ones do not count
 * @param output the file that the build writes last, relative to `root`
 */
export function isStale(root: string, sources: readonly string[], output: string): boolean {
  const built = modified(join(root, output));
  if (built === undefined) return true;
  // A folder's own time changes when a file in it is deleted or renamed.
  const files = sources.flatMap((source) => [source, ...globSync(`${source}/**`, { cwd: root })]);
  return files.some((file) => (modified(join(root, file)) ?? 0) > built);
}

function modified(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
