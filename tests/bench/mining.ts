import { squaredDistances } from '../../app/learning/mining/distances.ts';
import { mineSemiHard } from '../../app/learning/mining/semi-hard.ts';
import type { Triplets } from '../../app/learning/mining/triplets.ts';
import { createRandom, gaussian } from '../support/random.ts';
import { printTable, type Benchmark } from './benchmark.ts';
import { median, processorTime } from './processor-time.ts';
import { directSemiHard } from './rivals/direct-semi-hard.ts';

const dimension = 128;
const margin = 0.2;

interface Result {
  people: number;
  faces: number;
  triplets: number;
  directMs: number;
  ourMs: number;
  ratio: number;
  same: boolean;
}

/** Unit vectors around one centre per person, spread so that there are semi-hard negatives for most pairs. */
function batch(people: number, facesEach: number): { embeddings: Float32Array; labels: Int32Array } {
  const random = createRandom(1);
  const count = people * facesEach;
  const embeddings = new Float32Array(count * dimension);
  const labels = Int32Array.from({ length: count }, (_, i) => Math.floor(i / facesEach));
  let centre: number[] = [];
  for (let face = 0; face < count; face++) {
    if (face % facesEach === 0) centre = Array.from({ length: dimension }, () => 1 + 0.45 * gaussian(random));
    const row = centre.map((value) => value + 0.35 * gaussian(random));
    const length = Math.hypot(...row);
    embeddings.set(
      row.map((value) => value / length),
      face * dimension,
    );
  }
  return { embeddings, labels };
}

/** Both from the embeddings on, in turns; the first round, which compiles them, does not count. */
async function compare(people: number, facesEach: number, rounds: number): Promise<Result> {
  const { embeddings, labels } = batch(people, facesEach);
  const programs = {
    direct: () => directSemiHard(embeddings, labels, dimension, margin),
    ours: () => mineSemiHard({ distances: squaredDistances(embeddings, dimension), labels }, margin, Math.random),
  };
  const times = { direct: [] as number[], ours: [] as number[] };
  const results = { direct: programs.direct(), ours: programs.ours() };
  for (let round = 0; round < rounds; round++) {
    for (const name of ['direct', 'ours'] as const) {
      const { value, milliseconds } = await processorTime(() => Promise.resolve(programs[name]()));
      times[name].push(milliseconds);
      results[name] = value;
    }
  }
  const [directMs, ourMs] = [median(times.direct), median(times.ours)];
  return {
    people,
    faces: people * facesEach,
    triplets: results.ours.anchors.length,
    directMs,
    ourMs,
    ratio: directMs / ourMs,
    same: keyOf(results.direct) === keyOf(results.ours),
  };
}

function keyOf({ anchors, positives, negatives }: Triplets): string {
  return [...anchors]
    .map((anchor, i) => `${anchor} ${positives[i]!} ${negatives[i]!}`)
    .toSorted()
    .join();
}

export const benchmark: Benchmark = {
  about: 'semi-hard triplets of a batch against a direct port with nested loops',
  async run({ quick }) {
    const rounds = quick ? 7 : 25;
    const results = [await compare(15, 12, rounds), await compare(45, 40, rounds)];
    console.log(`\nSemi-hard triplets from the embeddings on, milliseconds of processor time, median of ${rounds}`);
    printTable([
      ['people', 'faces', 'triplets', 'nested loops', 'Kindred', 'ratio', 'the same triplets'],
      ...results.map(({ people, faces, triplets, directMs, ourMs, ratio, same }) => [
        String(people),
        String(faces),
        String(triplets),
        directMs.toFixed(1),
        ourMs.toFixed(1),
        ratio.toFixed(1),
        same ? 'yes' : 'NO',
      ]),
    ]);
    return results;
  },
};
