import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mineBatchHard } from '../../../../app/learning/mining/batch-hard.ts';
import { mineSemiHard } from '../../../../app/learning/mining/semi-hard.ts';
import { createPkSampler } from '../../../../app/learning/sampling/pk-sampler.ts';
import { createTrainableHead } from '../../../../app/learning/training/head.ts';
import {
  CollapseError,
  train,
  type TrainingControl,
  type TrainingOptions,
  type TrainingProgress,
  type TrainingState,
} from '../../../../app/learning/training/trainer.ts';
import { featureWorld } from '../../../support/learning.ts';

const { data } = featureWorld({
  inputs: 16,
  people: 6,
  facesEach: 6,
  strangers: 30,
  useful: 0.3,
  useless: 1.5,
  seed: 5,
});
const { features, people } = data.confirmed;
const options: TrainingOptions = { steps: 40, rate: 0.01, margin: 0.2, miner: mineSemiHard, seed: 3, pull: 0 };

function rowsByPerson(owners: Int32Array): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (const [row, person] of owners.entries()) rows.set(person, [...(rows.get(person) ?? []), row]);
  return rows;
}

async function trained(control: TrainingControl = {}, changed: Partial<TrainingOptions> = {}): Promise<Float32Array> {
  const head = createTrainableHead(features, data.lastLayer, 16);
  const sample = createPkSampler(rowsByPerson(people), [], { people: 5, faces: 4, strangers: 0, seed: 3 });
  try {
    await train(
      head,
      (step) => {
        const { rows, labels } = sample(step);
        return { input: rows, labels };
      },
      { ...options, ...changed },
      control,
    );
    return await head.matrix();
  } finally {
    head.dispose();
  }
}

describe('training', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('lowers the loss and tells how it goes', async () => {
    const course: TrainingProgress[] = [];
    await trained({ onProgress: (progress) => void course.push(progress) });
    expect(course.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    const ratio = ({ meanPositiveDistance, meanNegativeDistance }: TrainingProgress): number =>
      meanPositiveDistance / meanNegativeDistance;
    expect(ratio(course.at(-1)!)).toBeLessThan(0.8 * ratio(course[0]!));
    for (const { activeFraction } of course) {
      expect(activeFraction).toBeGreaterThanOrEqual(0);
      expect(activeFraction).toBeLessThanOrEqual(1);
    }
  });

  it('gives the same weights each time, and others with another seed', async () => {
    const [first, again] = [await trained(), await trained()];
    expect(again).toEqual(first);
    expect(first).not.toEqual(data.lastLayer);
  });

  it('goes on after a kill as if nothing had been', async () => {
    const whole = await trained();
    let kept: TrainingState | undefined;
    const killed = trained({
      checkpoint: {
        every: 7,
        save: (state) => {
          kept = structuredClone(state);
          return Promise.resolve();
        },
      },
      onProgress: ({ step }) => {
        if (step === 24) throw new Error('killed');
      },
    });
    await expect(killed).rejects.toThrow('killed');
    expect(kept!.step).toBe(21);
    expect(await trained({ from: kept! })).toEqual(whole);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    let last = 0;
    const stopped = trained({
      signal: stop.signal,
      onProgress: ({ step }) => {
        last = step;
        if (step === 5) stop.abort();
      },
    });
    await expect(stopped).rejects.toThrow();
    expect(last).toBe(5);
  });

  it('waits while it is paused', async () => {
    let go: () => void = () => undefined;
    let steps = 0;
    const paused = trained({
      onProgress: ({ step }) => {
        steps = step;
        return step === 3 ? new Promise<void>((resolve) => (go = resolve)) : undefined;
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(steps).toBe(3);
    go();
    await paused;
    expect(steps).toBe(40);
  });

  it('stays near the start where it is pulled back', async () => {
    const change = (weights: Float32Array): number =>
      Math.hypot(...weights.map((value, i) => value - data.lastLayer[i]!));
    const [free, pulled] = [await trained(), await trained({}, { pull: 10 })];
    expect(change(pulled)).toBeLessThan(0.5 * change(free));
  });

  it('tells of a collapse', async () => {
    const head = createTrainableHead(new Float32Array(features.length).fill(1), data.lastLayer, 16);
    const batch = { input: Int32Array.of(0, 1, 2, 3), labels: Int32Array.of(0, 0, 1, 1) };
    await expect(train(head, () => batch, { ...options, miner: mineBatchHard })).rejects.toThrow(CollapseError);
    head.dispose();
  });

  it('leaves no tensors behind', async () => {
    await trained();
    const before = tf.memory().numTensors;
    await trained();
    expect(tf.memory().numTensors).toBe(before);
  });
});
