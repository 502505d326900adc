import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../../app/engine/backend.ts';
import { createTrainableNetwork } from '../../../../app/learning/scratch/trainable-network.ts';
import {
  scratchChipSide,
  scratchRecipe,
  trainScratch,
  type IdentityFaces,
} from '../../../../app/learning/scratch/train-scratch.ts';
import { chooseUnseen, scoreUnseen } from '../../../../app/learning/scratch/unseen-people.ts';
import type { TrainingProgress, TrainingState } from '../../../../app/learning/training/trainer.ts';
import type { RgbImage } from '../../../../app/library/image.ts';
import { createRandom, gaussian } from '../../../support/random.ts';

const side = scratchChipSide;

/**
 * Made identities: each a coarse pattern of its own, under a much stronger one that changes from picture to picture and tells
 * nothing. Random weights see the latter; to find the former has to be learned.
 */
function madeFaces(people: number, each: number): IdentityFaces {
  const random = createRandom(11);
  const chips: RgbImage[] = [];
  for (let person = 0; person < people; person++) {
    const own = Array.from({ length: 16 }, () => gaussian(random));
    for (let face = 0; face < each; face++) {
      const light = Array.from({ length: 3 }, () => 45 * gaussian(random));
      const slope = [gaussian(random) * 50, gaussian(random) * 50];
      const data = new Uint8Array(side * side * 3);
      for (let i = 0; i < side * side; i++) {
        const [row, column] = [Math.floor(i / side), i % side];
        // Symmetric, as faces are.
        const across = Math.min(column, side - 1 - column);
        const cell = own[4 * Math.floor((4 * row) / side) + Math.floor((8 * across) / side)]!;
        const other = slope[0]! * (row / side - 0.5) + slope[1]! * (column / side - 0.5);
        for (let c = 0; c < 3; c++) {
          data[3 * i + c] = Math.max(0, Math.min(255, 128 + 30 * cell + light[c]! + other + 8 * gaussian(random)));
        }
      }
      chips.push({ data, width: side, height: side });
    }
  }
  return { chips, people: Int32Array.from({ length: people * each }, (_, i) => Math.floor(i / each)) };
}

const recipe = { ...scratchRecipe, steps: 40, people: 10, faces: 3 };

describe('training a network from nothing', () => {
  beforeAll(() => startBackend());
  const faces = madeFaces(48, 4);

  it('learns to tell people apart whom it has not seen', { timeout: 300_000 }, async () => {
    const course: TrainingProgress[] = [];
    const { unseen, people } = await trainScratch(faces, recipe, { onProgress: (step) => void course.push(step) });
    expect(people + unseen.people).toBe(48);
    const spread = ({ meanPositiveDistance, meanNegativeDistance }: TrainingProgress): number =>
      meanNegativeDistance / meanPositiveDistance;
    expect(spread(course.at(-1)!)).toBeGreaterThan(2 * spread(course[0]!));
    expect(unseen.after.accuracy).toBeGreaterThan(unseen.before.accuracy + 0.15);
    expect(unseen.after.auc).toBeGreaterThan(0.85);
  });

  it('goes on after a kill as if nothing had been', { timeout: 120_000 }, async () => {
    const short = { ...recipe, steps: 4, people: 4 };
    const whole = await trainScratch(faces, short);
    let state: TrainingState | undefined;
    await expect(
      trainScratch(faces, short, {
        checkpoint: { every: 2, save: (kept) => Promise.resolve(void (state = structuredClone(kept))) },
        onProgress: ({ step }) => {
          if (step === 3) throw new Error('killed');
        },
      }),
    ).rejects.toThrow('killed');
    expect(state!.step).toBe(2);
    expect((await trainScratch(faces, short, { from: state! })).weights).toEqual(whole.weights);
  });

  it('leaves no tensors behind', async () => {
    const short = { ...recipe, steps: 1, people: 3 };
    await trainScratch(faces, short);
    const before = tf.memory().numTensors;
    await trainScratch(faces, short);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses too few people', async () => {
    await expect(trainScratch(madeFaces(7, 4), recipe)).rejects.toThrow('too few people');
  });
});

describe('random weights', () => {
  beforeAll(() => startBackend());

  it('spread faces evenly about the middle', async () => {
    const { chips } = madeFaces(30, 1);
    const small = chips.map(({ data }) => ({ data: data.slice(0, 48 * 48 * 3), width: 48, height: 48 }));
    const network = createTrainableNetwork(small, 3);
    const embedding = network.embed(small);
    const { mean, variance } = tf.moments(embedding, 0);
    for (const value of await mean.data()) expect(Math.abs(value)).toBeLessThan(1e-3);
    for (const value of await variance.data()) expect(value).toBeCloseTo(1, 1);
    tf.dispose([embedding, mean, variance]);
    network.dispose();
  });
});

describe('people who are held out', () => {
  it('are one in four of those with four photos', () => {
    const people = Int32Array.from([...Array.from({ length: 40 }, (_, i) => i >> 2), 10, 10, 10, 11]);
    expect([...chooseUnseen(people)]).toEqual([2, 6]);
  });

  it('score 1 where each lies in a place of their own, and chance where all lie anywhere', () => {
    const [count, each, dimension] = [40, 6, 40];
    const people = Int32Array.from({ length: count * each }, (_, i) => Math.floor(i / each));
    const perfect = new Float32Array(people.length * dimension);
    for (const [face, person] of people.entries()) perfect[face * dimension + person] = 1;
    expect(scoreUnseen(perfect, people, 1)).toMatchObject({ accuracy: 1, auc: 1, general: 1, identification: 1 });
    const random = createRandom(2);
    const anywhere = Float32Array.from(perfect, () => gaussian(random));
    for (let start = 0; start < anywhere.length; start += dimension) {
      const row = anywhere.subarray(start, start + dimension);
      const length = Math.hypot(...row);
      for (let i = 0; i < dimension; i++) row[i]! /= length;
    }
    const scores = scoreUnseen(anywhere, people, 1);
    expect(Math.abs(scores.accuracy - 0.5)).toBeLessThan(0.06);
    expect(Math.abs(scores.auc - 0.5)).toBeLessThan(0.06);
    expect(scores.identification).toBeLessThan(0.15);
  });
});
