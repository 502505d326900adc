/**
 * `node gpu.mjs [--quick] [--software] [--json FILE]`: how fast each backend of this machine trains and embeds. Bundled, it needs
 * nothing but Node and what lies beside it. Each backend is measured in a process of its own.
 */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startTrainingBackend, stopTrainingBackend } from '../../../app/engine/backend.ts';
import {
  measureEmbedding,
  measureFinetuning,
  measureScratch,
  type TrainingSpeed,
} from '../../../app/learning/speed/speed.ts';
import { printTable } from '../benchmark.ts';

/** What a backend does in a second. */
interface Rates {
  /** Triplets that had a loss. */
  finetuning: number;
  scratch: number;
  /** Faces through the recognition network. */
  embedding: number;
}

interface Result {
  backend: string;
  device: string;
  rates: Rates;
}

const batches = {
  usual: { batch: { people: 45, faces: 8 }, steps: 10, embedded: 64, rounds: 5 },
  quick: { batch: { people: 15, faces: 4 }, steps: 3, embedded: 8, rounds: 2 },
  /** A driver that draws with the processor takes seconds for a step. */
  software: { batch: { people: 2, faces: 3 }, steps: 1, embedded: 1, rounds: 1 },
};

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    software: { type: 'boolean', default: false },
    json: { type: 'string' },
    measure: { type: 'string' },
  },
});

/** In the process of one backend: prints what it measured as JSON. */
async function measure(name: string): Promise<void> {
  const { device } = await startTrainingBackend(name, values.software);
  const { batch, steps, embedded, rounds } = values.software
    ? batches.software
    : values.quick
      ? batches.quick
      : batches.usual;
  const perSecond = ({ triplets, stepMs }: TrainingSpeed): number => (1000 * triplets) / stepMs;
  const rates: Rates = {
    finetuning: perSecond(await measureFinetuning(batch, steps)),
    scratch: perSecond(await measureScratch(batch, steps)),
    embedding: await measureEmbedding(embedded, rounds),
  };
  await stopTrainingBackend();
  process.stdout.write(`\n${JSON.stringify({ backend: name, device, rates } satisfies Result)}\n`);
}

/** @throws Error with the last line of what it said */
async function measureInProcess(name: string): Promise<Result> {
  const args = process.argv.slice(2).filter((arg, i, all) => arg !== '--json' && all[i - 1] !== '--json');
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args, '--measure', name], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(/Error: (.*)/.exec(stderr)?.[1] ?? `the process ended with ${code ?? 'a signal'}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Result;
}

/** As many processes as there are cores, each by itself: the most that the processor could do. */
async function measureAllCores(cores: number): Promise<Result> {
  const results = await Promise.all(Array.from({ length: cores }, () => measureInProcess('wasm')));
  const sum = (key: keyof Rates): number => results.reduce((total, { rates }) => total + rates[key], 0);
  return {
    backend: `wasm, ${cores} at once`,
    device: cpus()[0]?.model ?? 'processor',
    rates: { finetuning: sum('finetuning'), scratch: sum('scratch'), embedding: sum('embedding') },
  };
}

function print(results: readonly Result[], reference: Rates): void {
  const cell = (value: number, against: number): string =>
    `${value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)} (${(value / against).toPrecision(2)}x)`;
  printTable([
    ['backend', 'fine-tuning, triplets/s', 'from nothing, triplets/s', 'embedding, faces/s', 'on'],
    ...results.map(({ backend, device, rates }) => [
      backend,
      cell(rates.finetuning, reference.finetuning),
      cell(rates.scratch, reference.scratch),
      cell(rates.embedding, reference.embedding),
      device,
    ]),
  ]);
}

async function main(): Promise<void> {
  const cores = availableParallelism();
  console.log(
    `Node ${process.version}, ${process.platform} ${process.arch}, ${cores} cores of ${cpus()[0]?.model ?? '?'}`,
  );
  const wasm = await measureInProcess('wasm');
  const results = [wasm];
  if (cores > 1) results.push(await measureAllCores(cores));
  const missing: { backend: string; reason: string }[] = [];
  for (const backend of ['tensorflow', 'webgpu']) {
    try {
      results.push(await measureInProcess(backend));
    } catch (error) {
      missing.push({ backend, reason: (error as Error).message });
    }
  }
  print(results, wasm.rates);
  for (const { reason } of missing) console.log(`  ${reason}`);
  const hasGpu = results.some(({ backend }) => backend === 'webgpu') && !values.software;
  if (!hasGpu) console.log('  NO GRAPHICS CARD WAS MEASURED.');
  if (values.json !== undefined) {
    await writeFile(values.json, `${JSON.stringify({ cores, hasGpu, results, missing }, null, 2)}\n`);
  }
}

await (values.measure === undefined ? main() : measure(values.measure));
