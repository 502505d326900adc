import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Surroundings {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  /** Of the user who runs this; undefined on Windows. */
  userId: number | undefined;
}

/** Why Electron cannot run here even with its binary, as the end of a sentence; null where it can. */
export function electronObstacle({ platform, env, userId }: Surroundings): string | null {
  if (platform !== 'linux') return null;
  if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return 'this machine has no display';
  // Chromium refuses to start as root with its sandbox, and without its sandbox we refuse.
  if (userId === 0) return 'the sandbox of its window does not work for root';
  return null;
}

/** Why Electron's binary must not be downloaded here, as the end of a sentence; null where it may. */
export function downloadObstacle(env: NodeJS.ProcessEnv): string | null {
  if (env['ELECTRON_SKIP_BINARY_DOWNLOAD']) return 'its binary is absent and ELECTRON_SKIP_BINARY_DOWNLOAD is set';
  if (env['CI']) return 'its binary is absent and is not downloaded in CI';
  return null;
}

/**
 * Finds the binary that the npm package `electron` runs.
 *
 * @param packageFolder `node_modules/electron`
 * @returns an absolute path, or null where it has not been downloaded
 */
export function findElectron(packageFolder: string): string | null {
  try {
    const binary = join(packageFolder, 'dist', readFileSync(join(packageFolder, 'path.txt'), 'utf8').trim());
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

/**
 * Runs the package's own download, quietly; gives up as soon as nothing has arrived for a while.
 *
 * @param onBytes called once, when the download has really begun
 * @param patience how long nothing may arrive, in milliseconds
 * @returns as {@link findElectron}
 */
export async function downloadElectron(
  packageFolder: string,
  onBytes: () => void,
  patience = 20_000,
): Promise<string | null> {
  // A temporary folder of its own shows from outside how far the download is.
  const folder = mkdtempSync(join(tmpdir(), 'kindred-electron-'));
  const install = spawn(process.execPath, [join(packageFolder, 'install.js')], {
    env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
    stdio: 'ignore',
  });
  let bytes = 0;
  let lastGrowth = performance.now();
  const watch = setInterval(
    () => {
      const now = sizeOf(folder) + sizeOf(join(packageFolder, 'dist'));
      if (now > bytes && bytes === 0) onBytes();
      if (now > bytes) lastGrowth = performance.now();
      bytes = Math.max(bytes, now);
      if (performance.now() - lastGrowth > patience) install.kill('SIGKILL');
    },
    Math.min(500, patience / 4),
  );
  try {
    await new Promise((resolve) => install.once('close', resolve).once('error', resolve));
  } finally {
    clearInterval(watch);
    rmSync(folder, { recursive: true, force: true });
  }
  return findElectron(packageFolder);
}

function sizeOf(folder: string): number {
  return globSync('**', { cwd: folder }).reduce(
    (sum, path) => sum + (statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
