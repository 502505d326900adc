import { clusteringScores } from '../../app/learning/evaluation/clustering.ts';
import { printTable, type Benchmark } from './benchmark.ts';
import { crowd } from './crowd.ts';
import { megabytes, runMeasured } from './measured-process.ts';

const script = new URL('./rivals/group-faces.ts', import.meta.url);
const titles = {
  kindred: 'Kindred',
  'kindred-decided': 'Kindred with decisions',
  'full-matrix': 'average linkage, full matrix',
  'single-linkage': 'single linkage',
};
type Method = keyof typeof titles;

interface Result {
  method: Method;
  seconds: number;
  peakBytes: number | null;
  bcubedF: number;
  /** Pairwise F against Kindred's groups: 1 where they are the same. */
  agreement: number;
  /** Seconds over Kindred's. */
  ratio: number;
}

/** Groups the same faces by several methods, the first of which is Kindred. */
async function compare(count: number, methods: readonly Method[]): Promise<Result[]> {
  const { truth } = crowd(count);
  const results: Result[] = [];
  let reference: { seconds: number; labels: number[] } | undefined;
  for (const method of methods) {
    const { stdout, peakBytes } = await runMeasured(script, [method, String(count)]);
    const { seconds, labels } = JSON.parse(stdout) as { seconds: number; labels: number[] };
    reference ??= { seconds, labels };
    results.push({
      method,
      seconds,
      peakBytes,
      bcubedF: clusteringScores(labels, truth).bcubed.f,
      agreement: clusteringScores(labels, reference.labels).pairwise.f,
      ratio: seconds / reference.seconds,
    });
  }
  console.log(`\n${count} made-up faces of ${new Set(truth).size} people`);
  printTable([
    ['', 'seconds', 'times ours', 'peak memory', 'BCubed F', 'same as ours'],
    ...results.map(({ method, seconds, ratio, peakBytes, bcubedF, agreement }) => [
      titles[method],
      seconds.toFixed(2),
      ratio.toFixed(2),
      megabytes(peakBytes),
      bcubedF.toFixed(4),
      agreement.toFixed(4),
    ]),
  ]);
  return results;
}

export const benchmark: Benchmark = {
  about: 'grouping against average linkage on a full distance matrix and against single linkage',
  async run({ quick }) {
    const all: Method[] = ['kindred', 'kindred-decided', 'full-matrix', 'single-linkage'];
    const small = await compare(quick ? 2000 : 5000, all);
    // A full matrix of so many faces would not fit into memory.
    const large = await compare(20_000, ['kindred', 'kindred-decided', 'single-linkage']);
    const huge = quick ? undefined : await compare(100_000, ['kindred', 'kindred-decided']);
    return { small, large, huge };
  },
};
