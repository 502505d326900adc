import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { isStale } from '../../../scripts/is-stale.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('isStale', () => {
  let root: string;
  const touch = (path: string, seconds: number): void => utimesSync(join(root, path), seconds, seconds);
  const stale = (): boolean => isStale(root, ['sources', 'config.json', 'absent.json'], 'built.html');

  beforeEach(async () => {
    root = await temporaryFolder();
    mkdirSync(join(root, 'sources', 'deep'), { recursive: true });
    for (const path of ['sources/deep/a.ts', 'config.json', 'built.html']) writeFileSync(join(root, path), '');
    for (const path of ['sources/deep/a.ts', 'sources/deep', 'sources', 'config.json']) touch(path, 1000);
    touch('built.html', 2000);
  });

  it('leaves alone what is newer than its sources', () => {
    expect(stale()).toBe(false);
  });

  it('sees a changed file, however deep', () => {
    touch('sources/deep/a.ts', 3000);
    expect(stale()).toBe(true);
  });

  it('sees a deleted file', () => {
    rmSync(join(root, 'sources/deep/a.ts'));
    expect(stale()).toBe(true);
  });

  it('sees changed configuration', () => {
    touch('config.json', 3000);
    expect(stale()).toBe(true);
  });

  it('sees that nothing was built', () => {
    rmSync(join(root, 'built.html'));
    expect(stale()).toBe(true);
  });
});
