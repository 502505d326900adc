import tf from '@tensorflow/tfjs';
import { TrainingLayers } from '../../faces/networks/tfjs-network.ts';
import { unfoldedWeights, type RecognitionTail } from '../../faces/networks/recognition-network.ts';
import type { ConvWeights, Weight } from '../../faces/networks/weights.ts';
import { normalise } from '../prototypes.ts';
import { mineSemiHard } from '../mining/semi-hard.ts';
import { createBatches, type Embedding, type Recipe } from './batches.ts';
import { selectRows } from './head.ts';
import type { LearningData } from './learning-data.ts';
import { train, type Trainable, type TrainingControl } from './trainer.ts';

/** How the last layers of the network are trained. */
export const finetuneRecipe: Recipe = {
  steps: 120,
  rate: 2e-4,
  margin: 1,
  pull: 0.5,
  people: 20,
  faces: 6,
  strangers: 120,
  seed: 1,
};

/** The map that a block of the network takes. */
export interface MapShape {
  height: number;
  width: number;
  channels: number;
}

/** A trained network, by the paths of the weights that are others than the shipped ones. */
export type TrainedWeights = Map<string, Weight>;

/** The end of the network as variables. */
interface TrainableTail extends Trainable<Int32Array> {
  weights(): Promise<TrainedWeights>;
  dispose(): void;
}

/**
 * Trains the last blocks of the network and its last layer by the triplet loss, on maps that the rest of the network made of
 * each face, which is left as it is.
 *
 * @param data whose features are these maps, `[height, width, channels]` one after the other
 * @param control what `from` it goes on with must be of the same data and recipe
 * @throws CollapseError; the reason of the signal
 */
export async function finetune(
  data: LearningData,
  tail: RecognitionTail,
  shape: MapShape,
  recipe: Recipe,
  control?: TrainingControl,
): Promise<TrainedWeights> {
  const base = tailEmbedding(tail, shape);
  const { features, sample } = await createBatches(data, base, recipe);
  base.dispose();
  const trainable = trainableTail(tail, features, shape);
  try {
    await train(trainable, sample, { ...recipe, miner: mineSemiHard }, control);
    return await trainable.weights();
  } finally {
    trainable.dispose();
  }
}

/** @param features maps, as {@link finetune} takes them; batches are numbers of rows */
export function trainableTail(tail: RecognitionTail, features: Float32Array, shape: MapShape): TrainableTail {
  const variables = new Map<Weight, tf.Variable>();
  const add = (weight: Weight): void => {
    const initial = tf.tensor(weight.values, [...weight.shape]);
    variables.set(weight, tf.variable(initial));
    initial.dispose();
  };
  for (const { filter, bias } of tail.convs.values()) [filter, bias].forEach(add);
  add(tail.last);
  const layers = new TrainingLayers(variables);
  const valueOf = async (weight: Weight): Promise<Weight> => ({
    shape: weight.shape,
    values: Float32Array.from(await variables.get(weight)!.data()),
  });
  return {
    variables: [...variables.values()],
    embed: (rows) => tf.tidy(() => tail.build(layers, mapsOf(features, shape, rows))[0] as tf.Tensor2D),
    async weights() {
      const convs = new Map<string, ConvWeights>();
      for (const [path, { filter, bias }] of tail.convs) {
        convs.set(path, { filter: await valueOf(filter), bias: await valueOf(bias) });
      }
      return unfoldedWeights(convs).set('fc', await valueOf(tail.last));
    },
    dispose: () => layers.dispose(),
  };
}

/** So many maps are embedded at a time: 16 KB each. */
const mapsAtOnce = 256;

/**
 * The end of the network as an embedding of maps.
 *
 * @param trained in the place of the tail's own weights
 */
export function tailEmbedding(
  tail: RecognitionTail,
  shape: MapShape,
  trained: ReadonlyMap<string, Weight> = new Map(),
): Embedding & { dispose(): void } {
  const replaced = new Map<Weight, tf.Tensor>();
  const replace = (weight: Weight, path: string): void => {
    const values = trained.get(path)?.values;
    if (values) replaced.set(weight, tf.keep(tf.tensor(values, [...weight.shape])));
  };
  for (const [path, { filter, bias }] of tail.convs) {
    replace(filter, `${path}/conv/filters`);
    replace(bias, `${path}/conv/bias`);
  }
  replace(tail.last, 'fc');
  const layers = new TrainingLayers(replaced);
  const dimension = tail.last.shape[1]!;
  return {
    dimension,
    async embed(features) {
      const size = shape.height * shape.width * shape.channels;
      const count = features.length / size;
      const embeddings = new Float32Array(count * dimension);
      for (let first = 0; first < count; first += mapsAtOnce) {
        const rows = Int32Array.from({ length: Math.min(mapsAtOnce, count - first) }, (_, i) => first + i);
        const unit = tf.tidy(() => {
          const [embedding] = tail.build(layers, mapsOf(features, shape, rows));
          return tf.div(embedding, tf.add(tf.norm(embedding, 2, 1, true), 1e-12));
        });
        embeddings.set(await unit.data(), first * dimension);
        unit.dispose();
      }
      return embeddings;
    },
    dispose: () => layers.dispose(),
  };
}

function mapsOf(features: Float32Array, { height, width, channels }: MapShape, rows: Int32Array): tf.Tensor {
  return tf.tensor4d(selectRows(features, height * width * channels, rows), [rows.length, height, width, channels]);
}

/** The two views of each face and copy, which lie one after the other, as copies of their own: so they are trained on. */
export function viewsApart(data: LearningData): LearningData {
  const inputs = data.inputs / 2;
  const view = (features: Float32Array, which: 0 | 1): Float32Array => {
    const count = features.length / data.inputs;
    return selectRows(
      features,
      inputs,
      Int32Array.from({ length: count }, (_, row) => 2 * row + which),
    );
  };
  const { confirmed, unconfirmed } = data;
  const [first, ...copies] = [confirmed.features, ...confirmed.copies].flatMap((faces) => [
    view(faces, 0),
    view(faces, 1),
  ]);
  return {
    ...data,
    inputs,
    confirmed: { ...confirmed, features: first!, copies },
    unconfirmed: { ...unconfirmed, features: view(unconfirmed.features, 0) },
  };
}

/** The embedding of a face as the normalised sum of those of its two views. */
export function bothViews({ dimension, embed }: Embedding): Embedding {
  return {
    dimension,
    async embed(features) {
      const views = await embed(features);
      const embeddings = new Float32Array(views.length / 2);
      for (let face = 0; face < embeddings.length / dimension; face++) {
        const row = embeddings.subarray(face * dimension, (face + 1) * dimension);
        for (let i = 0; i < dimension; i++) {
          row[i] = views[2 * face * dimension + i]! + views[(2 * face + 1) * dimension + i]!;
        }
        normalise(row);
      }
      return embeddings;
    },
  };
}
