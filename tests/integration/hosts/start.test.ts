import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLibraryDatabase } from '../../../app/store/connection.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Runs `npm start` to its end, where there is no Electron. */
function start(...args: string[]): { status: number | null; stderr: string } {
  const env = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ELECTRON_SKIP_BINARY_DOWNLOAD: '1' };
  const { status, stderr } = spawnSync(process.execPath, ['app/hosts/start.ts', ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stderr };
}

describe('npm start', () => {
  it('ends like the command line where the library cannot be opened', async () => {
    const folder = await temporaryFolder();
    const library = join(folder, 'library');
    const { close } = openLibraryDatabase(library);
    expect(start('--library', library)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('Another Kindred'),
    });
    close();
    await writeFile(join(folder, 'file'), '');
    expect(start('--library', join(folder, 'file')).status).toBe(3);
    expect(start(join(folder, 'nowhere'), '--library', library).status).toBe(2);
  });

  it('does not take an empty argument for the current folder', async () => {
    const library = join(await temporaryFolder(), 'library');
    expect(start('', '--library', library).status).toBe(2);
    expect(start('--library', '').status).toBe(2);
  });
});
