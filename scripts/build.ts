/**
 * Builds `dist/`: the window with vite (`dist/renderer`) and, for Electron, `app/` with tsc (`dist/app`).
 *
 *     node scripts/build.ts [renderer] [app] [--if-stale]
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { isStale } from './is-stale.ts';

const root = join(import.meta.dirname, '..');
const configuration = ['package.json', 'tsconfig.json'];

/** Every part with what it is made of and the file that proves that it was made. */
const parts = {
  renderer: {
    sources: ['renderer', 'app/contract', 'vite.config.ts', 'svelte.config.js', ...configuration],
    output: 'dist/renderer/index.html',
    make: buildRenderer,
  },
  app: {
    sources: ['app', 'tsconfig.build.json', ...configuration],
    output: 'dist/app/hosts/electron/main.js',
    make: buildApp,
  },
};

async function buildRenderer(): Promise<void> {
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
}

function buildApp(): void {
  rmSync(join(root, 'dist', 'app'), { recursive: true, force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('TypeScript could not compile app/.');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'if-stale': { type: 'boolean', default: false } },
});
try {
  for (const [name, part] of Object.entries(parts)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    if (values['if-stale'] && !isStale(root, part.sources, part.output)) continue;
    process.stderr.write(`Building dist/${name} …\n`);
    await part.make();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
