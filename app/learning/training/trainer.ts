import tf from '@tensorflow/tfjs';
import { activeTriplets, tripletLoss } from '../losses/triplet.ts';
import { pairDistances, unitRows } from '../losses/squared-distances.ts';
import type { Miner, MiningBatch } from '../mining/triplets.ts';
import { createRandom } from '../random.ts';
import { Adam, valuesOf, type AdamState } from './adam.ts';

/** What is trained: a head on features, the last layers of a network, or a whole one. */
export interface Trainable<Batch> {
  readonly variables: readonly tf.Variable[];
  /** @returns `[faces of the batch, dimension]`, not normalised; differentiable by the variables */
  embed(batch: Batch): tf.Tensor2D;
}

/** The faces of one step. */
export interface TrainingBatch<Batch> {
  /** What the trainable embeds. */
  input: Batch;
  /** Per face its person; -1 for strangers. */
  labels: Int32Array;
  trusted?: Uint8Array;
}

export interface TrainingOptions {
  steps: number;
  /** Of Adam. */
  rate: number;
  /** On squared L2 distances. */
  margin: number;
  miner: Miner;
  /** The same seed, data and backend give the same weights (bit by bit on the CPU and WebAssembly backends). */
  seed: number;
  /** How strongly the weights are pulled back to where they started: the weight of the mean squared change (L2-SP, Li 2018). */
  pull: number;
}

/** How one step went. */
export interface TrainingProgress {
  /** From 1. */
  step: number;
  steps: number;
  /** Mean over the mined triplets. */
  loss: number;
  /** Share of the anchor-positive pairs of the batch for which a triplet within the margin was found. */
  activeFraction: number;
  /** Mean squared L2 (0..4) between faces of one person, and of different ones, in the batch. */
  meanPositiveDistance: number;
  meanNegativeDistance: number;
}

/** As much as it takes to go on after this step. */
export interface TrainingState {
  /** Steps done. */
  step: number;
  weights: Float32Array[];
  adam: AdamState;
}

export interface TrainingControl {
  /** Called after each step; training goes on when it resolves, so that it can be paused. */
  onProgress?: (progress: TrainingProgress) => void | Promise<void>;
  /** Where to go on from. */
  from?: TrainingState;
  /** Called every so many steps, and at the end. */
  checkpoint?: { every: number; save: (state: TrainingState) => Promise<void> };
  signal?: AbortSignal;
}

/** All faces have come to lie in one place, where the loss is the margin: the rate is too high, or the labels are wrong. */
export class CollapseError extends Error {
  constructor(step: number) {
    super(`The embedding collapsed at step ${step}: all faces have become alike.`);
  }
}

/** Mean distance under which faces of different people count as one place. */
const collapsedDistance = 1e-4;

/**
 * Trains with triplets that are mined online in each batch (Schroff et al., FaceNet, 2015). The weights of the trainable are
 * changed in place.
 *
 * @param sample gives the batch of a step; depends on nothing but the step
 * @throws CollapseError; the reason of `signal` when it aborts, after the step in hand
 */
export async function train<Batch>(
  trainable: Trainable<Batch>,
  sample: (step: number) => TrainingBatch<Batch> | Promise<TrainingBatch<Batch>>,
  options: TrainingOptions,
  { onProgress, from, checkpoint, signal }: TrainingControl = {},
): Promise<void> {
  const { variables } = trainable;
  const start = variables.map((variable) => variable.clone());
  if (from) for (const [i, variable] of variables.entries()) assign(variable, from.weights[i]!);
  const adam = new Adam(variables, from?.adam);
  try {
    for (let step = (from?.step ?? 0) + 1; step <= options.steps; step++) {
      signal?.throwIfAborted();
      const progress = await takeStep(trainable, await sample(step), start, adam, step, options);
      if (progress.meanNegativeDistance < collapsedDistance) throw new CollapseError(step);
      if (checkpoint && (step % checkpoint.every === 0 || step === options.steps)) {
        await checkpoint.save({ step, weights: await valuesOf(variables), adam: await adam.state() });
      }
      await onProgress?.(progress);
    }
  } finally {
    adam.dispose();
    tf.dispose(start);
  }
}

async function takeStep<Batch>(
  { variables, embed }: Trainable<Batch>,
  { input, labels, trusted }: TrainingBatch<Batch>,
  start: readonly tf.Tensor[],
  adam: Adam,
  step: number,
  { miner, margin, seed, rate, pull, steps }: TrainingOptions,
): Promise<TrainingProgress> {
  // Mined on what the weights give now, then embedded again for the gradient: a batch is small.
  // Read without blocking, as a graphics card can do no other.
  const measured = tf.tidy(() => pairDistances(unitRows(embed(input))));
  const distances = (await measured.data()) as Float32Array;
  measured.dispose();
  const batch: MiningBatch = { distances, labels, ...(trusted && { trusted }) };
  const mined = miner(batch, margin, createRandom(seed * 1_000_003 + step));
  const active = activeTriplets(mined, distances, margin);
  const { value, grads } = tf.variableGrads(
    () =>
      tf.tidy<tf.Scalar>(() => {
        const loss = tripletLoss(unitRows(embed(input)), active, margin, mined.anchors.length);
        return pull === 0 ? loss : tf.add<tf.Scalar>(loss, tf.mul(pull, change(variables, start)));
      }),
    [...variables],
  );
  adam.apply(
    variables.map(({ name }) => grads[name]!),
    rate,
    step,
  );
  const [loss = 0] = await value.data();
  tf.dispose([value, ...Object.values(grads)]);
  return { step, steps, loss, ...meanDistances(distances, labels, active.anchors.length) };
}

/** Mean squared change of the weights, relative to their mean square. */
function change(variables: readonly tf.Variable[], start: readonly tf.Tensor[]): tf.Tensor {
  const parts = variables.map((variable, i) =>
    tf.div(tf.sum(tf.squaredDifference(variable, start[i]!)), tf.add(tf.sum(tf.square(start[i]!)), 1e-12)),
  );
  return tf.mean(tf.stack(parts));
}

function meanDistances(
  distances: Float32Array,
  labels: Int32Array,
  active: number,
): Pick<TrainingProgress, 'activeFraction' | 'meanPositiveDistance' | 'meanNegativeDistance'> {
  const count = labels.length;
  const sums = { positive: 0, negative: 0 };
  const counts = { positive: 0, negative: 0 };
  for (let a = 0; a < count; a++) {
    const person = labels[a]!;
    if (person < 0) continue;
    let [same, all, faces] = [0, 0, 0];
    for (let b = 0; b < count; b++) {
      if (a === b) continue;
      const distance = distances[a * count + b]!;
      all += distance;
      if (labels[b] !== person) continue;
      same += distance;
      faces++;
    }
    sums.positive += same;
    sums.negative += all - same;
    counts.positive += faces;
    counts.negative += count - 1 - faces;
  }
  return {
    activeFraction: active / Math.max(1, counts.positive),
    meanPositiveDistance: sums.positive / Math.max(1, counts.positive),
    meanNegativeDistance: sums.negative / Math.max(1, counts.negative),
  };
}

/** Gives a variable other numbers. */
function assign(variable: tf.Variable, values: Float32Array): void {
  const tensor = tf.tensor(values, variable.shape);
  variable.assign(tensor);
  tensor.dispose();
}
