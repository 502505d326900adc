import { startTrainingBackend, stopTrainingBackend } from '../../app/engine/backend.ts';
import { headDimension, prepareHead, type Head } from '../../app/faces/models/head.ts';
import { judge } from '../../app/learning/gate.ts';
import type { Embedding } from '../../app/learning/training/batches.ts';
import type { LearningData } from '../../app/learning/training/learning-data.ts';
import { headRecipe, trainHead } from '../../app/learning/training/train-head.ts';
import { featureWorld } from '../support/learning.ts';
import { createRandom } from '../support/random.ts';
import { printTable, type Benchmark } from './benchmark.ts';
import { processorTime } from './processor-time.ts';

const inputs = 256;
/** 1,000 confirmed faces, and as many others as a training of the program takes. */
const world = { inputs, people: 50, facesEach: 20, strangers: 20_000, useful: 0.5, useless: 1.6, seed: 1 };
const library = 100_000;

interface Time {
  what: string;
  /** On the clock, and of processor time of all threads. */
  seconds: number;
  processorSeconds: number;
}

async function measure<Value>(times: Time[], what: string, work: () => Promise<Value>): Promise<Value> {
  const started = performance.now();
  const { value, milliseconds } = await processorTime(work);
  times.push({ what, seconds: (performance.now() - started) / 1000, processorSeconds: milliseconds / 1000 });
  return value;
}

function embeddingOf(head: Head): Embedding {
  return { dimension: headDimension(head), embed: prepareHead(head) };
}

export const benchmark: Benchmark = {
  about: 'training a head on 1,000 confirmed faces, and 100,000 embeddings by it',
  async run({ quick }) {
    const { data } = featureWorld(world);
    const random = createRandom(2);
    const features = Float32Array.from({ length: library * inputs }, random);
    const { name: backend } = await startTrainingBackend();
    const times: Time[] = [];
    const train = async (part: LearningData): Promise<Head> => ({ inputs, parts: await trainHead(part, headRecipe) });
    const head = await measure(times, 'training', () => train(data));
    await measure(times, 'embeddings', () => Promise.resolve(prepareHead(head)(features)));
    const [seconds, processorSeconds] = (['seconds', 'processorSeconds'] as const).map((unit) =>
      times.reduce((sum, time) => sum + time[unit], 0),
    );
    times.push({ what: 'together', seconds: seconds!, processorSeconds: processorSeconds! });
    if (!quick) {
      const { lastLayer } = data;
      const now = embeddingOf({
        inputs,
        parts: [{ weight: 1, matrix: lastLayer, columns: lastLayer.length / inputs }],
      });
      await measure(times, 'the gate, five trainings', () =>
        judge(
          data,
          () => now,
          async (part) => embeddingOf(await train(part)),
        ),
      );
    }
    console.log(`\n${world.people * world.facesEach} confirmed faces, ${library} embeddings, ${backend}`);
    printTable([
      ['', 'seconds', 'processor seconds'],
      ...times.map((time) => [time.what, time.seconds.toFixed(1), time.processorSeconds.toFixed(1)]),
    ]);
    await stopTrainingBackend();
    return { backend, times };
  },
};
