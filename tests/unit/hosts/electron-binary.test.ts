import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import {
  downloadElectron,
  downloadObstacle,
  electronObstacle,
  findElectron,
} from '../../../app/hosts/electron-binary.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('electronObstacle', () => {
  it('needs a display on Linux', () => {
    expect(electronObstacle({ platform: 'linux', env: {}, userId: 1000 })).toMatch('display');
    expect(electronObstacle({ platform: 'linux', env: { DISPLAY: ':0' }, userId: 1000 })).toBeNull();
    expect(electronObstacle({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' }, userId: 1000 })).toBeNull();
    expect(electronObstacle({ platform: 'darwin', env: {}, userId: 501 })).toBeNull();
    expect(electronObstacle({ platform: 'win32', env: {}, userId: undefined })).toBeNull();
  });

  it('does not run as root rather than without its sandbox', () => {
    expect(electronObstacle({ platform: 'linux', env: { DISPLAY: ':0' }, userId: 0 })).toMatch('root');
  });
});

describe('downloadObstacle', () => {
  it('keeps to the environment', () => {
    expect(downloadObstacle({})).toBeNull();
    expect(downloadObstacle({ ELECTRON_SKIP_BINARY_DOWNLOAD: '1' })).toMatch('ELECTRON_SKIP_BINARY_DOWNLOAD');
    expect(downloadObstacle({ CI: 'true' })).toMatch('CI');
  });
});

describe('downloadElectron', () => {
  /** Stands for `node_modules/electron`, with an installer of our own. */
  async function packageWith(install: string): Promise<string> {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
    writeFileSync(join(folder, 'install.js'), install);
    return folder;
  }

  it('finds the binary that the installer brought', async () => {
    const folder = await packageWith(`
      const { mkdirSync, writeFileSync } = require('node:fs');
      mkdirSync(__dirname + '/dist');
      writeFileSync(__dirname + '/dist/electron', 'binary');
      writeFileSync(__dirname + '/path.txt', 'electron');`);
    expect(findElectron(folder)).toBeNull();
    await expect(downloadElectron(folder, vi.fn())).resolves.toBe(join(folder, 'dist', 'electron'));
  });

  it('comes back empty-handed from an installer that fails', async () => {
    const begun = vi.fn();
    await expect(downloadElectron(await packageWith('process.exit(1)'), begun)).resolves.toBeNull();
    expect(begun).not.toHaveBeenCalled();
  });

  it('ends an installer to which nothing arrives', async () => {
    const folder = await packageWith('setInterval(() => {}, 1000)');
    await expect(downloadElectron(folder, vi.fn(), 100)).resolves.toBeNull();
  });

  it('says when bytes arrive, and ends a download that stalls', async () => {
    const folder = await packageWith(`
      require('node:fs').writeFileSync(require('node:os').tmpdir() + '/electron.zip', 'half');
      setInterval(() => {}, 1000)`);
    const begun = vi.fn();
    await expect(downloadElectron(folder, begun, 400)).resolves.toBeNull();
    expect(begun).toHaveBeenCalledOnce();
  });

  it('takes no binary that is only announced', async () => {
    const folder = await packageWith('');
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'path.txt'), 'electron');
    expect(findElectron(folder)).toBeNull();
  });
});
