import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import { electronObstacle, findElectron } from '../../../app/hosts/electron-binary.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../../..');
const binary = findElectron(join(root, 'node_modules', 'electron'));
const obstacle =
  binary === null
    ? 'no Electron binary'
    : electronObstacle({ platform: process.platform, env: process.env, userId: process.getuid?.() });

describe.skipIf(obstacle !== null)(obstacle === null ? 'Electron' : `${obstacle}: Electron`, () => {
  it('opens the window in its sandbox, joined to the service, and closes in order', async () => {
    const build = spawnSync(process.execPath, ['scripts/build.ts', '--if-stale'], { cwd: root, stdio: 'inherit' });
    expect(build.status).toBe(0);
    const library = join(await temporaryFolder(), 'library');
    const app = await _electron.launch({ executablePath: binary ?? '', args: [root, `--library=${library}`] });
    try {
      const page = await app.firstWindow();
      expect(page.url()).toBe('kindred://app/');
      // The first run's offer comes from the service, over the MessagePort.
      await page.getByRole('button', { name: /sample photos/i }).waitFor();
      expect(await page.evaluate(() => typeof window.kindred?.chooseFolder)).toBe('function');
      expect(await page.evaluate(() => 'require' in window || 'process' in window)).toBe(false);
      const status = (url: string): Promise<number | string> =>
        page.evaluate((address) => fetch(address).then((response) => response.status, String), url);
      expect(await status('/media/photo/12345')).toBe(404);
      expect(await status('/..%2f..%2fpackage.json')).toBe(404);
      expect(await status('https://example.com/')).toMatch(/TypeError/);
      expect(await page.evaluate(() => window.open('https://example.com/'))).toBeNull();
      await page.evaluate(() => location.assign('https://example.com/'));
      expect(page.url()).toBe('kindred://app/');
    } finally {
      await app.close();
    }
  });
});
