import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { createWorkerPool, workerUrl } from '../../app/engine/worker-pool.ts';
import { PhotoViews } from '../../app/faces/views.ts';
import { openPhoto } from '../../app/library/decode.ts';
import { openPipeline, SeenPhoto, type Described } from './ablation/pipeline.ts';
import { readPortraits, score, type Portraits, type Scores } from './ablation/scores.ts';
import { stepsOf, type PackName } from './ablation/steps.ts';
import { printTable, type Benchmark } from './benchmark.ts';
import { sharedYuNet } from './model-choices.ts';
import { hasSharedData } from './photo-sets.ts';
import { median, processorTime } from './processor-time.ts';

/** Photos on which the steps are timed. */
const timedPhotos = 40;

interface Result extends Scores {
  title: string;
  /** Processor time from pixels to embedding, median over the photos. */
  milliseconds: number;
}

/** Each step by itself, from pixels to embedding, in turns, in this thread. */
async function timeSteps(pack: PackName, paths: readonly string[]): Promise<number[]> {
  const { describe } = await openPipeline(pack);
  const steps = stepsOf[pack];
  const times = steps.map((): number[] => []);
  for (let k = 0; k < timedPhotos; k++) {
    const path = paths[Math.floor((k * paths.length) / timedPhotos)]!;
    const views = new PhotoViews(await openPhoto(await readFile(path)));
    await views.atLeast(Infinity);
    for (const [i, step] of steps.entries()) {
      times[i]!.push((await processorTime(() => describe(step, new SeenPhoto(views)))).milliseconds);
    }
  }
  return times.map(median);
}

/** What every step gives for every photo: per step, per photo. */
async function describeAll(pack: PackName, paths: readonly string[]): Promise<Described[][]> {
  const pool = createWorkerPool<string, Described[]>(
    workerUrl(import.meta.url, './ablation/describe.worker'),
    availableParallelism(),
    pack,
  );
  const started = performance.now();
  let done = 0;
  try {
    const byPhoto = await Promise.all(
      paths.map(async (path) => {
        const described = await pool.run(path);
        if (++done % 500 === 0) {
          console.log(`  ${done} of ${paths.length} photos, ${Math.round((performance.now() - started) / 1000)} s`);
        }
        return described;
      }),
    );
    return stepsOf[pack].map((_, i) => byPhoto.map((described) => described[i]!));
  } finally {
    await pool.close();
  }
}

async function measure(title: string, pack: PackName, portraits: Portraits): Promise<Result[]> {
  console.log(`\n${title}: ${portraits.paths.length} photos`);
  const times = await timeSteps(pack, portraits.paths);
  const described = await describeAll(pack, portraits.paths);
  const results = stepsOf[pack].map((step, i) => ({
    title: step.title,
    milliseconds: times[i]!,
    ...score(portraits, described[i]!),
  }));
  printTable([
    ['', 'ms/photo', 'accuracy', 'VAL@1e-3', 'BCubed F', 'pairwise F', 'threshold', 'not found'],
    ...results.map((result) => [
      result.title,
      result.milliseconds.toFixed(1),
      `${(100 * result.accuracy).toFixed(2)} %`,
      result.valAtFar1e3.toFixed(3),
      result.bcubedF.toFixed(4),
      result.pairwiseF.toFixed(4),
      String(result.threshold),
      String(result.notFound),
    ]),
  ]);
  return results;
}

export const benchmark: Benchmark = {
  about: 'what each step from photo to embedding brings, and costs',
  async run({ quick }) {
    if (!hasSharedData) {
      console.log('The shared photos are not here: there is nothing to measure.');
      return undefined;
    }
    const portraits = await readPortraits(quick ? 2 : 10);
    const builtIn = await measure('Built-in models', 'built-in', portraits);
    const yunet = (await sharedYuNet()) ? await measure('YuNet', 'yunet', portraits) : undefined;
    return { builtIn, yunet };
  },
};
