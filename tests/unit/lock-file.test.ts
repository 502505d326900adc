import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface LockFile {
  packages: Record<string, { version?: string; resolved?: string; gypfile?: boolean; optionalDependencies?: object }>;
}

describe('package-lock.json', () => {
  const { packages } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'),
  ) as LockFile;

  it('keeps npm 10 from compiling better-sqlite3', () => {
    // The package says `gypfile: false`, as it carries its binaries; npm 10 forgets that when it installs from a lock
    // file, and fails where there is no compiler. `npm install` drops this line: put it back afterwards.
    expect(packages['node_modules/better-sqlite3']).toHaveProperty('gypfile', false);
  });

  it('names every package that another one asks for, on every platform', () => {
    // `npm ci` refuses a lock file from which the binaries for other platforms are missing.
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });
});
