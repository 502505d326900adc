import tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../../app/engine/backend.ts';
import { contrastiveLoss } from '../../../../app/learning/losses/contrastive.ts';
import { unitRows } from '../../../../app/learning/losses/squared-distances.ts';
import { activeTriplets, tripletLoss } from '../../../../app/learning/losses/triplet.ts';
import { squaredDistances } from '../../../../app/learning/mining/distances.ts';
import { mineAnyViolator } from '../../../../app/learning/mining/any-violator.ts';
import type { Triplets } from '../../../../app/learning/mining/triplets.ts';
import { unitRowsOf } from '../../../support/learning.ts';
import { createRandom, gaussian } from '../../../support/random.ts';

const [count, dimension, margin] = [12, 6, 0.4];
const labels = Int32Array.from({ length: count }, (_, i) => (i < 9 ? i % 3 : -1));
const random = createRandom(11);
const rows = Float32Array.from({ length: count * dimension }, () => gaussian(random));
const distances = squaredDistances(unitRowsOf(rows, dimension), dimension);
const mined = mineAnyViolator({ distances, labels }, margin, createRandom(1));

const losses: Record<string, (embeddings: tf.Tensor2D) => tf.Scalar> = {
  triplet: (embeddings) =>
    tripletLoss(unitRows(embeddings), activeTriplets(mined, distances, margin), margin, mined.anchors.length),
  contrastive: (embeddings) => contrastiveLoss(unitRows(embeddings), labels, 1.2),
};

function lossAt(loss: (embeddings: tf.Tensor2D) => tf.Scalar, values: Float32Array): number {
  return tf.tidy(() => loss(tf.tensor2d(values, [count, dimension])).dataSync()[0]!);
}

function gradientAt(loss: (embeddings: tf.Tensor2D) => tf.Scalar, values: Float32Array): Float32Array {
  return tf.tidy(() =>
    tf
      .grad((x: tf.Tensor) => loss(x as tf.Tensor2D))(tf.tensor2d(values, [count, dimension]))
      .dataSync(),
  ) as Float32Array;
}

/** Straight from the formula. */
function slowTripletLoss({ anchors, positives, negatives }: Triplets): number {
  let sum = 0;
  for (const [i, anchor] of anchors.entries()) {
    const to = (row: number): number => distances[anchor * count + row]!;
    sum += Math.max(0, to(positives[i]!) + margin - to(negatives[i]!));
  }
  return sum / anchors.length;
}

describe.each(['cpu', 'wasm'])('losses on the %s backend', (backend) => {
  beforeAll(async () => {
    if (backend === 'wasm') await startBackend();
    else await tf.setBackend(backend);
  });
  afterAll(() => expect(tf.getBackend()).toBe(backend));

  it('have the gradients that small steps show', () => {
    for (const loss of Object.values(losses)) {
      const gradient = gradientAt(loss, rows);
      expect(Math.hypot(...gradient)).toBeGreaterThan(0.01);
      for (let i = 0; i < rows.length; i += 5) {
        const step = 1e-2;
        const [ahead, behind] = [Float32Array.from(rows), Float32Array.from(rows)];
        ahead[i]! += step;
        behind[i]! -= step;
        expect(gradient[i]).toBeCloseTo((lossAt(loss, ahead) - lossAt(loss, behind)) / (2 * step), 3);
      }
    }
  });

  it('are the same as on the plain CPU backend', async () => {
    const here = Object.values(losses).map((loss) => [lossAt(loss, rows), ...gradientAt(loss, rows)]);
    await tf.setBackend('cpu');
    const there = Object.values(losses).map((loss) => [lossAt(loss, rows), ...gradientAt(loss, rows)]);
    await tf.setBackend(backend);
    for (const [i, values] of here.entries()) {
      for (const [j, value] of values.entries()) expect(value).toBeCloseTo(there[i]![j]!, 5);
    }
  });

  it('sum what the formula says', () => {
    expect(mined.anchors.length).toBeGreaterThan(5);
    expect(lossAt(losses['triplet']!, rows)).toBeCloseTo(slowTripletLoss(mined), 5);
  });

  it('are the margin where all faces are alike, and finite', () => {
    const same = new Float32Array(count * dimension).fill(1);
    const zero = new Float32Array(count * count);
    const all = mineAnyViolator({ distances: zero, labels }, margin, createRandom(1));
    const collapsed = tf.tidy(() =>
      tripletLoss(
        unitRows(tf.tensor2d(same, [count, dimension])),
        activeTriplets(all, zero, margin),
        margin,
        all.anchors.length,
      ).dataSync(),
    );
    expect(collapsed[0]).toBeCloseTo(margin, 5);
    for (const loss of Object.values(losses)) {
      for (const value of gradientAt(loss, same)) expect(value).toSatisfy(Number.isFinite);
      for (const value of gradientAt(loss, new Float32Array(count * dimension)))
        expect(value).toSatisfy(Number.isFinite);
    }
  });

  it('are nothing without triplets', () => {
    const none = { anchors: new Int32Array(0), positives: new Int32Array(0), negatives: new Int32Array(0) };
    expect(
      tf.tidy(() => tripletLoss(unitRows(tf.tensor2d(rows, [count, dimension])), none, margin, 0).dataSync()[0]),
    ).toBe(0);
  });
});
