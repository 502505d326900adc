import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printTable, type Benchmark } from './benchmark.ts';
import { megabytes, runMeasured } from './measured-process.ts';
import type { Finding } from './rivals/find-nearest.ts';

const makeFaces = new URL('./programs/make-search-faces.ts', import.meta.url);
const findNearest = new URL('./rivals/find-nearest.ts', import.meta.url);
const queries = 200;
const wanted = 50;

/** The plain loop comes first: what it finds is the truth. */
const titles = {
  loop: 'plain JavaScript loop',
  kindred: 'Kindred',
  'sqlite-vec': 'sqlite-vec 0.1.9',
  'usearch-exact': 'usearch 2.26, exact',
  'usearch-hnsw': 'usearch 2.26, HNSW',
};
type Method = keyof typeof titles;

interface Result extends Omit<Finding, 'found'> {
  method: Method;
  /** Of the truly nearest 50, the part that was found; mean of the queries. */
  recall: number;
  /** Largest resident memory of the whole process, building included. */
  peakBytes: number | null;
  /** Milliseconds over Kindred's. */
  ratio: number;
}

async function compare(count: number): Promise<Result[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kindred-bench-'));
  try {
    await runMeasured(makeFaces, [String(count), String(queries), folder]);
    const results: Omit<Result, 'ratio'>[] = [];
    let truth: number[][] | undefined;
    for (const method of Object.keys(titles) as Method[]) {
      const { stdout, peakBytes } = await runMeasured(findNearest, [method, folder, String(wanted)]);
      const { found, ...measured } = JSON.parse(stdout) as Finding;
      if (!truth) {
        truth = found;
        await writeFile(join(folder, 'truth.json'), JSON.stringify({ found }));
      }
      results.push({ method, ...measured, recall: recallOf(found, truth), peakBytes });
    }
    const ours = results.find(({ method }) => method === 'kindred')!;
    return results.map((result) => ({ ...result, ratio: result.milliseconds / ours.milliseconds }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function recallOf(found: readonly number[][], truth: readonly number[][]): number {
  const hits = truth.map((faces, i) => {
    const those = new Set(found[i]);
    return faces.filter((face) => those.has(face)).length / faces.length;
  });
  return hits.reduce((sum, part) => sum + part, 0) / hits.length;
}

function print(count: number, results: readonly Result[]): void {
  console.log(
    `\n${count} made-up faces of 128 numbers, the nearest ${wanted}, one thread, median of ${queries} queries`,
  );
  printTable([
    ['', 'ms a query', 'times ours', 'ms passed', `recall@${wanted}`, 'built in', 'peak memory', ''],
    ...results.map((result) => [
      titles[result.method],
      result.milliseconds.toFixed(2),
      result.ratio.toFixed(2),
      result.wallMilliseconds.toFixed(2),
      result.recall.toFixed(4),
      `${result.buildSeconds.toFixed(1)} s`,
      megabytes(result.peakBytes),
      result.setting ?? '',
    ]),
  ]);
  const rivals = results.filter(({ method, recall }) => method !== 'kindred' && recall >= 0.99);
  const fastest = rivals.toSorted((a, b) => a.ratio - b.ratio)[0];
  if (fastest)
    console.log(`  The fastest other with recall 0.99 or more takes ${fastest.ratio.toFixed(2)} times as long.`);
}

export const benchmark: Benchmark = {
  about: 'the nearest faces against sqlite-vec, usearch (exact and HNSW) and a plain loop',
  async run({ quick }) {
    const sizes: Record<string, Result[]> = {};
    for (const count of quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]) {
      sizes[count] = await compare(count);
      print(count, sizes[count]);
    }
    return { queries, wanted, dimension: 128, sizes };
  },
};
