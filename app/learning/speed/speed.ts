import tf from '@tensorflow/tfjs';
import {
  recognitionInputSize,
  recognitionOf,
  recognitionShapes,
  splitRecognitionOf,
} from '../../faces/networks/recognition-network.ts';
import { smallNetworkSide } from '../../faces/networks/small-network.ts';
import type { WeightLookup } from '../../faces/networks/weights.ts';
import { TrainingLayers } from '../../faces/networks/tfjs-network.ts';
import type { RgbImage } from '../../library/image.ts';
import { mineSemiHard } from '../mining/semi-hard.ts';
import { createRandom, gaussian } from '../random.ts';
import { createTrainableNetwork } from '../scratch/trainable-network.ts';
import { trainableTail } from '../training/finetune.ts';
import { train, type Trainable } from '../training/trainer.ts';

/** How fast this thread's backend trains. */
export interface TrainingSpeed {
  /** Of the batch. */
  faces: number;
  /** Median time of a step. */
  stepMs: number;
  /** That had a loss, mean per step. */
  triplets: number;
}

/** People and faces of each in a batch. */
export interface BatchSize {
  people: number;
  faces: number;
}

/** Last block of the recognition network, which fine-tuning changes. */
const trainedFrom = 'conv256_down_out';

/** Measures steps of fine-tuning: the recognition network's last block, on random maps. */
export function measureFinetuning({ people, faces }: BatchSize, steps: number): Promise<TrainingSpeed> {
  const { trunk, tail } = splitRecognitionOf(randomWeights(), trainedFrom);
  const layers = new TrainingLayers();
  const shape = tf.tidy(() => trunk.build<tf.Tensor>(layers, tf.zeros(inputShape(1)))[0]!.shape);
  layers.dispose();
  const [, height = 0, width = 0, channels = 0] = shape;
  const random = createRandom(1);
  const maps = Float32Array.from({ length: people * faces * height * width * channels }, () =>
    Math.max(0, gaussian(random)),
  );
  const trainable = trainableTail(tail, maps, { height, width, channels });
  return measureSteps(
    trainable,
    Int32Array.from({ length: people * faces }, (_, i) => i),
    { people, faces },
    steps,
  );
}

/** Measures steps of training from nothing: the small network whole, on random pictures. */
export function measureScratch({ people, faces }: BatchSize, steps: number): Promise<TrainingSpeed> {
  const random = createRandom(1);
  const chips = Array.from({ length: people * faces }, (): RgbImage => {
    const data = Uint8Array.from({ length: smallNetworkSide ** 2 * 3 }, () => 256 * random());
    return { data, width: smallNetworkSide, height: smallNetworkSide };
  });
  return measureSteps(createTrainableNetwork(chips, 1), chips, { people, faces }, steps);
}

/**
 * Measures the recognition network on batches of faces.
 *
 * @returns faces per second, in the median round
 */
export async function measureEmbedding(count: number, rounds: number): Promise<number> {
  const network = recognitionOf(randomWeights());
  const layers = new TrainingLayers();
  const input = tf.randomNormal(inputShape(count), 0, 0.3, 'float32', 1);
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    const embedding = tf.tidy(() => network.build<tf.Tensor>(layers, input)[0]!);
    await embedding.data();
    embedding.dispose();
    // The first one takes weights there and compiles.
    if (round > 0) times.push(performance.now() - started);
  }
  input.dispose();
  layers.dispose();
  return (1000 * count) / median(times);
}

/** What weights are does not change how long they take; and these need no file. */
function randomWeights(): WeightLookup {
  const random = createRandom(1);
  const weights = new Map(
    [...recognitionShapes()].map(([path, shape]) => {
      const size = shape.reduce((product, side) => product * side, 1);
      const deviation = Math.sqrt((2 * shape.at(-1)!) / size);
      const draw = (): number => (shape.length === 1 ? 1 : deviation * gaussian(random));
      return [path, { shape, values: Float32Array.from({ length: size }, draw) }];
    }),
  );
  return (path) => weights.get(path)!;
}

const warmUpSteps = 2;

async function measureSteps<Batch>(
  trainable: Trainable<Batch> & { dispose(): void },
  input: Batch,
  { people, faces }: BatchSize,
  steps: number,
): Promise<TrainingSpeed> {
  const labels = Int32Array.from({ length: people * faces }, (_, i) => Math.floor(i / faces));
  const pairs = people * faces * (faces - 1);
  const times: number[] = [];
  let triplets = 0;
  let started = performance.now();
  try {
    await train(
      trainable,
      () => ({ input, labels }),
      { steps: warmUpSteps + steps, rate: 1e-5, margin: 0.2, miner: mineSemiHard, seed: 1, pull: 0 },
      {
        onProgress({ step, activeFraction }) {
          if (step > warmUpSteps) {
            times.push(performance.now() - started);
            triplets += activeFraction * pairs;
          }
          started = performance.now();
        },
      },
    );
  } finally {
    trainable.dispose();
  }
  return { faces: people * faces, stepMs: median(times), triplets: triplets / steps };
}

function inputShape(count: number): [number, number, number, number] {
  return [count, recognitionInputSize, recognitionInputSize, 3];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
