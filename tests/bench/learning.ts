import { startTrainingBackend } from '../../app/engine/backend.ts';
import { builtInChoice, defaultThresholdOf } from '../../app/faces/models/choice.ts';
import { headDimension, prepareHead, type HeadPart } from '../../app/faces/models/head.ts';
import { readWeights } from '../../app/faces/networks/weights.ts';
import { judge } from '../../app/learning/gate.ts';
import type { Embedding } from '../../app/learning/training/batches.ts';
import type { LearningData } from '../../app/learning/training/learning-data.ts';
import { headRecipe, trainHead } from '../../app/learning/training/train-head.ts';
import { printTable, type Benchmark } from './benchmark.ts';
import { inputs, libraryNames, scannedLibraries, type LibraryFaces, type LibraryName } from './learning/albums.ts';
import { finetuned } from './learning/finetuned.ts';
import { measure, modelOf, type Measured } from './learning/measure.ts';
import { mean, withInterval } from './learning/statistics.ts';
import { confirmSome } from './learning/user.ts';
import { hasSharedData } from './photo-sets.ts';

/** Faces that are confirmed of each person; what is compared with the goal is the second. */
const confirmedCounts = [5, 10, 20] as const;
const goalCount = 10;

/** What one simulated user got. */
interface Run {
  constraints: Measured;
  head: Measured;
  /** Null where it was not trained. */
  finetune: Measured | null;
  /** What the gate gave. */
  learned: Measured;
  kept: boolean;
  reason: string;
}

async function simulate(
  faces: LibraryFaces,
  count: number,
  seed: number,
  { lastLayer, deep }: { lastLayer: Float32Array; deep: boolean },
): Promise<Run> {
  const library = confirmSome(faces, count, seed);
  const data: LearningData = { ...library.data, lastLayer, threshold: defaultThresholdOf(builtInChoice) };
  const learn = async (part: LearningData): Promise<Embedding> =>
    embeddingOf(await trainHead(part, { ...headRecipe, seed }));
  const shipped = embeddingOf([{ weight: 1, matrix: lastLayer, columns: lastLayer.length / inputs }]);
  const { kept, reason } = await judge(data, () => shipped, learn, { seed });
  const constraints = await measure(faces, library, modelOf(faces, shipped));
  const head = await measure(faces, library, modelOf(faces, await learn(data)));
  const finetune = deep ? await finetuned(faces, library, { lastLayer, seed }) : null;
  return { constraints, head, finetune, learned: kept ? head : constraints, kept, reason };
}

function embeddingOf(parts: HeadPart[]): Embedding {
  const head = { inputs, parts };
  return { dimension: headDimension(head), embed: prepareHead(head) };
}

/** Columns of the table: what is compared, and where a run has it. */
const kinds = ['constraints', 'head', 'finetune', 'learned'] as const;

function report(name: LibraryName, count: number, runs: readonly Run[]): void {
  const rows = kinds.flatMap((kind) => {
    const measured = runs.flatMap((run) => run[kind] ?? []);
    if (measured.length === 0) return [];
    const errors = measured.map(({ error }) => error);
    const before = mean(runs.map(({ constraints }) => constraints.error));
    return [
      [
        kind,
        withInterval(errors),
        `${(100 * (mean(errors) / before - 1)).toFixed(0)} %`,
        withInterval(measured.map(({ bcubedF }) => bcubedF)),
        withInterval(measured.map(({ general }) => general)),
      ],
    ];
  });
  const kept = runs.filter((run) => run.kept).length;
  console.log(`\n${name}, ${count} confirmed faces of each person; kept by the gate: ${kept} of ${runs.length}`);
  printTable([['', 'error', 'change', 'BCubed F', 'general'], ...rows]);
}

/** The form in which the goal is asked for. */
function inShort(runs: readonly Run[]): object {
  const errorOf = (kind: (typeof kinds)[number]): { error: number | null } => {
    const errors = runs.flatMap((run) => run[kind]?.error ?? []);
    return { error: errors.length === 0 ? null : mean(errors) };
  };
  return {
    constraints: errorOf('constraints'),
    head: errorOf('head'),
    finetune: errorOf('finetune'),
    learned: { ...errorOf('learned'), kept: runs.filter(({ kept }) => kept).length * 2 > runs.length },
    general: {
      before: mean(runs.map(({ constraints }) => constraints.general)),
      after: mean(runs.map(({ learned }) => learned.general)),
      interval: {
        low: mean(runs.map(({ constraints }) => constraints.generalInterval.low)),
        high: mean(runs.map(({ constraints }) => constraints.generalInterval.high)),
      },
    },
    runs: runs.map(({ kept, reason, ...measured }) => ({ kept, reason, ...measured })),
  };
}

export const benchmark: Benchmark = {
  about: 'what corrections bring: clean, old, dim and mixed libraries, before and after training',
  async run({ quick }) {
    if (!hasSharedData) {
      console.log('The photos of lfw-dev are not here: nothing to learn from.');
      return undefined;
    }
    const libraries = await scannedLibraries();
    const lastLayer = (await readWeights('faceRecognitionNet'))('fc').values;
    const { name: backend } = await startTrainingBackend();
    const seeds = quick ? [1] : [1, 2, 3, 4, 5];
    const counts = quick ? [goalCount] : confirmedCounts;
    console.log(
      `\n30 people, ${seeds.length} seeds, mean ± 95 % interval of the mean; trained on the ${backend} backend.`,
    );
    console.log(
      'error: 1 - DIR at 1 % false positives among strangers; general: VAL@FAR=1e-3 of people never confirmed.',
    );
    const results: Partial<Record<LibraryName, object>> = {};
    const curves: { library: LibraryName; confirmed: number; runs: Run[] }[] = [];
    for (const name of libraryNames) {
      for (const count of counts) {
        const runs: Run[] = [];
        const deep = !quick && count === goalCount;
        for (const seed of seeds) runs.push(await simulate(libraries[name], count, seed, { lastLayer, deep }));
        report(name, count, runs);
        curves.push({ library: name, confirmed: count, runs });
        if (count === goalCount) results[name] = inShort(runs);
      }
    }
    return { libraries: results, curves };
  },
};
