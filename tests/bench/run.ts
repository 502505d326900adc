import { readdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';

/** Files of this folder that are no benchmarks. */
const helpers = new Set(
  [
    'run',
    'albums',
    'benchmark',
    'crowd',
    'decision-speed',
    'measured-process',
    'model-choices',
    'photo-sets',
    'processor-time',
  ].map((name) => `${name}.ts`),
);
const usage = 'npm run bench -- NAME [--quick] [--memory] [--json FILE]';

async function benchmarkNames(): Promise<string[]> {
  const files = await readdir(import.meta.dirname);
  return files.filter((file) => file.endsWith('.ts') && !helpers.has(file)).map((file) => file.slice(0, -'.ts'.length));
}

async function load(name: string): Promise<Benchmark> {
  const { benchmark } = (await import(new URL(`./${name}.ts`, import.meta.url).href)) as { benchmark: Benchmark };
  return benchmark;
}

async function listBenchmarks(names: readonly string[]): Promise<void> {
  console.log(`${usage}\n`);
  for (const name of names) console.log(`  ${name.padEnd(12)} ${(await load(name)).about}`);
}

function parseCommandLine(): { name: string | undefined; quick: boolean; memory: boolean; json: string | undefined } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, memory: { type: 'boolean' }, json: { type: 'string' } },
  });
  if (positionals.length > 1) throw new Error(`One benchmark at a time, please: ${positionals.join(', ')}.`);
  return { name: positionals[0], quick: values.quick ?? false, memory: values.memory ?? false, json: values.json };
}

/** @returns the exit code: 2 when it was called wrongly */
async function main(): Promise<number> {
  const names = await benchmarkNames();
  let options;
  try {
    options = parseCommandLine();
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    return 2;
  }
  if (options.name === undefined) {
    await listBenchmarks(names);
    return 0;
  }
  if (!names.includes(options.name)) {
    console.error(`There is no benchmark "${options.name}". There are: ${names.join(', ')}.`);
    return 2;
  }
  const results = await (await load(options.name)).run(options);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
  return 0;
}

process.exitCode = await main();
