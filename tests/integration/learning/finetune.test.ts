import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../app/engine/backend.ts';
import { openTrained } from '../../../app/faces/models/built-in.ts';
import {
  recognitionNetwork,
  splitRecognition,
  type SplitRecognition,
} from '../../../app/faces/networks/recognition-network.ts';
import type { Values } from '../../../app/faces/networks/network.ts';
import { tfjsNetwork } from '../../../app/faces/networks/tfjs-network.ts';
import { finetune, finetuneRecipe, tailEmbedding, type MapShape } from '../../../app/learning/training/finetune.ts';
import type { LearningData } from '../../../app/learning/training/learning-data.ts';
import type { TrainingProgress } from '../../../app/learning/training/trainer.ts';
import { createRandom, gaussian } from '../../support/random.ts';

const [people, facesEach, strangerCount] = [5, 4, 10];
const count = people * facesEach + strangerCount;
const side = 150;

/** Coarse patterns, one per person, under noise: pictures that the network can tell apart, and confuses. */
function pictures(): Float32Array {
  const random = createRandom(3);
  const coarse = 10;
  const pattern = (): number[] => Array.from({ length: coarse * coarse * 3 }, () => gaussian(random) * 0.15);
  const data = new Float32Array(count * side * side * 3);
  let own: number[] = [];
  for (let face = 0; face < count; face++) {
    if (face >= people * facesEach || face % facesEach === 0) own = pattern();
    const change = pattern();
    for (let i = 0; i < side * side; i++) {
      const cell =
        Math.floor(Math.floor(i / side) / (side / coarse)) * coarse + Math.floor((i % side) / (side / coarse));
      for (let channel = 0; channel < 3; channel++) {
        const at = 3 * cell + channel;
        data[(face * side * side + i) * 3 + channel] = own[at]! + 0.8 * change[at]!;
      }
    }
  }
  return data;
}

describe('fine-tuning the recognition network', () => {
  const input: Values = { dims: [count, side, side, 3], data: pictures() };
  let split: SplitRecognition;
  let shape: MapShape;
  let data: LearningData;
  let folder: string;

  beforeAll(async () => {
    await startBackend();
    folder = await mkdtemp(join(tmpdir(), 'kindred-finetune-'));
    split = await splitRecognition('conv256_down_out');
    const trunk = await tfjsNetwork(split.trunk);
    const [map] = await trunk.run(input);
    const [, height = 0, width = 0, channels = 0] = map!.dims;
    shape = { height, width, channels };
    const size = height * width * channels;
    const confirmed = people * facesEach;
    data = {
      inputs: size,
      lastLayer: split.tail.last.values,
      threshold: 0.1,
      confirmed: {
        features: map!.data.slice(0, confirmed * size),
        copies: [],
        people: Int32Array.from({ length: confirmed }, (_, i) => Math.floor(i / facesEach)),
        photos: Int32Array.from({ length: confirmed }, (_, i) => i),
        quality: new Float32Array(confirmed).fill(1),
      },
      unconfirmed: {
        features: map!.data.slice(confirmed * size),
        photos: Int32Array.from({ length: strangerCount }, (_, i) => confirmed + i),
        isNot: new Map(),
      },
    };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const recipe = { ...finetuneRecipe, steps: 6, rate: 3e-4, people: 5, faces: 4, strangers: 10, margin: 0.05 };

  it('cuts the network in two that give what the whole gives', async () => {
    const whole = await tfjsNetwork(await recognitionNetwork());
    const [embedding] = await whole.run({ dims: [4, side, side, 3], data: input.data.slice(0, 4 * side * side * 3) });
    const parts = await tailEmbedding(split.tail, shape).embed(data.confirmed.features.slice(0, 4 * data.inputs));
    for (let face = 0; face < 4; face++) {
      const row = embedding!.data.subarray(face * 128, (face + 1) * 128);
      const length = Math.hypot(...row);
      for (let i = 0; i < 128; i++) expect(parts[face * 128 + i]).toBeCloseTo(row[i]! / length, 4);
    }
  });

  it('learns, the same each time, and runs as a network on the native engine', async () => {
    const course: TrainingProgress[] = [];
    const weights = await finetune(data, split.tail, shape, recipe, { onProgress: (step) => void course.push(step) });
    const again = await finetune(data, split.tail, shape, recipe);
    expect(again).toEqual(weights);
    const spread = ({ meanPositiveDistance, meanNegativeDistance }: TrainingProgress): number =>
      meanNegativeDistance / meanPositiveDistance;
    expect(spread(course.at(-1)!)).toBeGreaterThan(spread(course[0]!));

    const learned = tailEmbedding(split.tail, shape, weights);
    const expected = await learned.embed(data.confirmed.features);
    learned.dispose();
    const network = await openTrained({ id: 'finetune-test', build: () => recognitionNetwork(weights) }, folder);
    const faces = people * facesEach;
    const [embedding] = await network.run({
      dims: [faces, side, side, 3],
      data: input.data.slice(0, faces * side * side * 3),
    });
    await network.dispose();
    for (let face = 0; face < faces; face++) {
      const row = embedding!.data.subarray(face * 128, (face + 1) * 128);
      const length = Math.hypot(...row);
      for (let i = 0; i < 128; i += 7) expect(row[i]! / length).toBeCloseTo(expected[face * 128 + i]!, 3);
    }
  });

  it('goes on after a kill as if nothing had been', async () => {
    const whole = await finetune(data, split.tail, shape, recipe);
    let state:
      Parameters<NonNullable<NonNullable<Parameters<typeof finetune>[4]>['checkpoint']>['save']>[0] | undefined;
    await expect(
      finetune(data, split.tail, shape, recipe, {
        checkpoint: { every: 2, save: (kept) => Promise.resolve(void (state = structuredClone(kept))) },
        onProgress: ({ step }) => {
          if (step === 5) throw new Error('killed');
        },
      }),
    ).rejects.toThrow('killed');
    expect(state!.step).toBe(4);
    expect(await finetune(data, split.tail, shape, recipe, { from: state! })).toEqual(whole);
  });

  it('leaves no tensors behind', async () => {
    await finetune(data, split.tail, shape, { ...recipe, steps: 1 });
    const before = tf.memory().numTensors;
    await finetune(data, split.tail, shape, { ...recipe, steps: 2 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
