import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { build, type Plugin } from 'vite';
import type { Benchmark } from './benchmark.ts';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '..', '..');
/** The script with what it needs beside it: to be copied to another machine. */
const folder = join(root, 'dist', 'bench-gpu');
/** What cannot be bundled: Dawn for Linux and this system, and WebAssembly. */
const beside: readonly [name: string, files: RegExp][] = [
  ['webgpu', new RegExp(`^(package[.]json|index[.]js|dist/(linux|${process.platform})-.*)$`)],
  ['@tensorflow/tfjs-backend-wasm', /^(package[.]json|dist[/]tfjs-backend-wasm[^/]*[.]wasm)$/],
];
/** TensorFlow.js has these of CommonJS. */
const banner = 'const { dirname: __dirname, filename: __filename } = import.meta;';

/** TensorFlow.js has other files for browsers, which a bundler would take. */
const asNodeResolves: Plugin = {
  name: 'as-node-resolves',
  enforce: 'pre',
  resolveId: (id) => (/^@tensorflow\/tfjs(?!-node)/.test(id) ? require.resolve(id) : null),
};

/** @returns the path of the script */
async function bundle(): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  const script = join(folder, 'gpu.mjs');
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    plugins: [asNodeResolves],
    ssr: { noExternal: true, external: ['sharp', 'onnxruntime-node', 'webgpu'] },
    build: {
      ssr: join(import.meta.dirname, 'gpu', 'on-this-machine.ts'),
      outDir: folder,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        external: /^@tensorflow\/tfjs-node/,
        output: { format: 'esm', entryFileNames: 'gpu.mjs', codeSplitting: false, banner },
      },
    },
  });
  for (const [name, files] of beside) {
    const from = join(root, 'node_modules', name);
    for (const file of await readdir(from, { recursive: true })) {
      if (!files.test(file.replaceAll(sep, '/')) || !(await stat(join(from, file))).isFile()) continue;
      await cp(join(from, file), join(folder, 'node_modules', name, file));
    }
  }
  return script;
}

export const benchmark: Benchmark = {
  about: 'training and embedding on each backend of a machine, by one script that needs Node only (dist/bench-gpu)',
  async run({ quick }) {
    const script = await bundle();
    console.log(`\nFor another machine: copy ${folder} there and run: node gpu.mjs [--quick] [--json FILE]\n`);
    const out = await mkdtemp(join(tmpdir(), 'kindred-bench-gpu-'));
    try {
      const json = join(out, 'results.json');
      const args = [script, '--json', json, ...(quick ? ['--quick'] : [])];
      const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: out });
      if (status !== 0) throw new Error(`${script} ended with ${status ?? 'a signal'}.`);
      return JSON.parse(await readFile(json, 'utf8')) as unknown;
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  },
};
