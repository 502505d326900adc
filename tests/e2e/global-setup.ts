import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../support/cli.ts';
import { samplePhotos } from '../support/sample-album.ts';

/**
 * Builds the window, and scans the sample photos once into a library that tests start from copies of.
 *
 * @returns what removes it again
 */
export default async function setUp(): Promise<() => Promise<void>> {
  const root = join(import.meta.dirname, '..', '..');
  const built = spawnSync(process.execPath, ['scripts/build.ts', 'renderer', '--if-stale'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (built.status !== 0) throw new Error('the window could not be built');
  const folder = await mkdtemp(join(tmpdir(), 'kindred-e2e-'));
  const photos = join(folder, 'Party photos');
  await mkdir(photos);
  for (const [index, path] of samplePhotos.entries()) await cp(path, join(photos, `party-${index + 1}.jpg`));
  const library = join(folder, 'library');
  const scan = await runCli('scan', photos, '--library', library, '--json');
  if (scan.code !== 0) throw new Error(`the sample photos could not be scanned:\n${scan.stderr}`);
  process.env['KINDRED_E2E'] = folder;
  return () => rm(folder, { recursive: true, force: true });
}
