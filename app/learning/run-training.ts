import type { TrainingPoint } from '../contract/learning.ts';
import { startTrainingBackend } from '../engine/backend.ts';
import { thinned } from './thinned.ts';
import type { NamedTensor } from '../engine/safetensors.ts';
import { headDimension, prepareHead, type Head, type HeadPart } from '../faces/models/head.ts';
import { readVersionFile } from '../faces/models/version-file.ts';
import { readWeights } from '../faces/networks/weights.ts';
import { mapsOfFaces } from './face-maps.ts';
import { foldCount, judge, type HeldOutMetrics, type Verdict } from './gate.ts';
import { histogram, countDistances, recognitionChanges, rocCurve, shownRange } from './report.ts';
import type { TrainingInput, TrainingResult } from './training-messages.ts';
import type { Embedding } from './training/batches.ts';
import {
  bothViews,
  finetune,
  finetuneRecipe,
  tailEmbedding,
  viewsApart,
  type TrainedWeights,
} from './training/finetune.ts';
import { withConfirmed, type LearningData } from './training/learning-data.ts';
import { headRecipe, trainHead } from './training/train-head.ts';
import { Trainings, type RunControl } from './trainings.ts';

/**
 * Trains a model several times over, each time without other faces, has the gate judge it by these, and trains it on all faces
 * where it passes. The same input gives the same result, also where it goes on from a checkpoint.
 *
 * @throws CollapseError
 */
export function runTraining(input: TrainingInput, control: RunControl): Promise<TrainingResult> {
  return input.kind === 'finetune' ? runFinetuning(input, control) : runHeadTraining(input, control);
}

async function runHeadTraining(input: TrainingInput, control: RunControl): Promise<TrainingResult> {
  const { inputs } = input.data;
  const data: LearningData = { ...input.data, lastLayer: await lastLayerOf(input) };
  // After the weights were read, which takes another backend.
  await startTrainingBackend();
  const shipped: Head = {
    inputs,
    parts: [{ weight: 1, matrix: data.lastLayer, columns: data.lastLayer.length / inputs }],
  };
  const trainings = new Trainings<HeadPart[]>(
    {
      steps: headRecipe.steps,
      count: foldCount * (input.retrain ? 2 : 1) + 1,
      train: (part, options) => trainHead(part, { ...headRecipe, seed: input.seed }, options),
    },
    control,
  );
  const next = async (part: LearningData): Promise<Head> => ({ inputs, parts: await trainings.next(part) });
  const verdict = await judge(
    data,
    async (_, fold) => {
      if (!input.retrain) return embeddingOf(input.head ?? shipped);
      const known = fold.training.filter((row) => input.learnedBefore[row] === 1);
      const people = new Set(known.map((row) => data.confirmed.people[row]));
      return embeddingOf(people.size < 2 ? shipped : await next(withConfirmed(data, known)));
    },
    async (part) => embeddingOf(await next(part)),
    { seed: input.seed, onFold: (done) => (done === foldCount ? trainings.measuring() : undefined) },
  );
  const head = verdict.kept ? await next(data) : null;
  return toResult(input, verdict, head && { architecture, head, weights: new Map() }, trainings.curve);
}

/** Trains the last layers of the network itself, on what the layers before them make of the faces' pictures. */
async function runFinetuning(input: TrainingInput, control: RunControl): Promise<TrainingResult> {
  const total = finetuneRecipe.steps * (foldCount + 1);
  // It can be paused and stopped meanwhile.
  const { confirmed, unconfirmed } = input.data;
  const count = confirmed.people.length;
  const options = {
    modelsPath: input.modelsPath,
    onProgress: () => control.onProgress({ phase: 'training', done: 0, total, point: null }),
  };
  const { tail, shape, maps } = await mapsOfFaces(input.pictures, options);
  const changed = await mapsOfFaces(input.pictures.slice(0, count), { ...options, augmented: input });
  await startTrainingBackend();
  const size = maps.length / Math.max(1, input.pictures.length);
  const data: LearningData = {
    ...input.data,
    inputs: size,
    lastLayer: tail.last.values,
    confirmed: { ...confirmed, features: maps.subarray(0, count * size), copies: [changed.maps] },
    unconfirmed: { ...unconfirmed, features: maps.subarray(count * size) },
  };
  const inUse: { dispose(): void }[] = [];
  const embedding = (weights?: TrainedWeights): Embedding => {
    const views = tailEmbedding(tail, shape, weights);
    inUse.push(views);
    return bothViews(views);
  };
  const shipped = embedding();
  const trainings = new Trainings<TrainedWeights>(
    {
      steps: finetuneRecipe.steps,
      count: foldCount + 1,
      train: (part, options) =>
        finetune(viewsApart(part), tail, shape, { ...finetuneRecipe, seed: input.seed }, options),
    },
    control,
  );
  try {
    const verdict = await judge(
      data,
      () => shipped,
      async (part) => embedding(await trainings.next(part)),
      { seed: input.seed, onFold: (done) => (done === foldCount ? trainings.measuring() : undefined) },
    );
    const weights = verdict.kept ? await trainings.next(data) : null;
    return toResult(input, verdict, weights && { architecture, head: null, weights: named(weights) }, trainings.curve);
  } finally {
    for (const views of inUse) views.dispose();
  }
}

const architecture = 'dlib-resnet-v1';

function named(weights: TrainedWeights): Map<string, NamedTensor> {
  return new Map([...weights].map(([path, { shape, values }]) => [path, { shape: [...shape], values }]));
}

async function lastLayerOf({ networkFile }: TrainingInput): Promise<Float32Array> {
  const trained = networkFile === null ? undefined : readVersionFile(networkFile).weights.get('fc');
  return (trained ?? (await readWeights('faceRecognitionNet'))('fc')).values;
}

function embeddingOf(head: Head): Embedding {
  return { dimension: headDimension(head), embed: prepareHead(head) };
}

function toResult(
  { faceIds }: TrainingInput,
  verdict: Verdict,
  model: TrainingResult['model'],
  curve: readonly TrainingPoint[],
): TrainingResult {
  const { kept, reason, before, after, intervals, threshold, evidence } = verdict;
  const [pairsBefore, pairsAfter] = [countDistances(evidence.before), countDistances(evidence.after)];
  const end = shownRange([pairsBefore, pairsAfter]);
  return {
    kept,
    reason,
    metrics: { before: toMetrics(before), after: toMetrics(after) },
    intervals: { gain: intervals.gain, general: intervals.general },
    threshold,
    roc: { before: rocCurve(pairsBefore), after: rocCurve(pairsAfter) },
    distances: { before: histogram(pairsBefore, end), after: histogram(pairsAfter, end) },
    changes: recognitionChanges(
      evidence.folds.map(({ probes }) => probes.map((row) => faceIds[row]!)),
      evidence.before,
      evidence.after,
    ),
    curve: thinned(curve),
    model,
  };
}

function toMetrics({ dir, bcubedF, general }: HeldOutMetrics): TrainingResult['metrics']['before'] {
  return { identification: dir, grouping: bcubedF, general };
}
