import tf from '@tensorflow/tfjs';
import { dlibFormat } from '../../faces/embedder.ts';
import type { ConvOptions } from '../../faces/networks/layers.ts';
import { networkInput } from '../../faces/networks/network.ts';
import { smallNetwork, smallNetworkShapes } from '../../faces/networks/small-network.ts';
import { TrainingLayers } from '../../faces/networks/tfjs-network.ts';
import type { ConvWeights, Weight } from '../../faces/networks/weights.ts';
import type { RgbImage } from '../../library/image.ts';
import { createRandom, gaussian } from '../random.ts';
import type { Trainable } from '../training/trainer.ts';

/** A whole network whose weights are variables. */
export interface TrainableNetwork extends Trainable<readonly RgbImage[]> {
  /** Unit rows. */
  embedChips(chips: readonly RgbImage[]): Promise<Float32Array>;
  weights(): Promise<Map<string, Weight>>;
  dispose(): void;
}

/**
 * The small network with random weights, scaled so that each channel of each layer has mean 0 and variance 1 on a batch of real
 * faces before its rectifier (Salimans and Kingma, 2016, section 3): without it all faces start in one place, and training stands
 * still there.
 *
 * @param chips of many people, by which the weights are scaled; squares of the network's size
 */
export function createTrainableNetwork(chips: readonly RgbImage[], seed: number): TrainableNetwork {
  const weights = randomWeights(seed);
  const variables = new Map<Weight, tf.Variable>();
  for (const weight of weights.values()) {
    const initial = tf.tensor(weight.values, [...weight.shape]);
    variables.set(weight, tf.variable(initial));
    initial.dispose();
  }
  const network = smallNetwork(weights);
  tf.tidy(() => void network.build(new ScalingLayers(variables), inputOf(chips)));
  const layers = new TrainingLayers(variables);
  const embed = (images: readonly RgbImage[]): tf.Tensor2D =>
    tf.tidy(() => network.build<tf.Tensor>(layers, inputOf(images))[0] as tf.Tensor2D);
  return {
    variables: [...variables.values()],
    embed,
    async embedChips(images) {
      const rows: Float32Array[] = [];
      for (let first = 0; first < images.length; first += chipsAtOnce) {
        const unit = tf.tidy(() => {
          const embedding = embed(images.slice(first, first + chipsAtOnce));
          return tf.div(embedding, tf.add(tf.norm(embedding, 2, 1, true), 1e-12));
        });
        rows.push((await unit.data()) as Float32Array);
        unit.dispose();
      }
      return Float32Array.from(rows.flatMap((values) => [...values]));
    },
    async weights() {
      const trained = new Map<string, Weight>();
      for (const [path, weight] of weights) {
        const values = Float32Array.from(await variables.get(weight)!.data());
        trained.set(path, { shape: weight.shape, values });
      }
      return trained;
    },
    dispose: () => layers.dispose(),
  };
}

const chipsAtOnce = 128;

function inputOf(chips: readonly RgbImage[]): tf.Tensor4D {
  const { dims, data } = networkInput(chips, dlibFormat);
  return tf.tensor4d(data, dims as [number, number, number, number]);
}

/** Normally distributed; the scale is given afterwards. */
function randomWeights(seed: number): Map<string, Weight> {
  const random = createRandom(seed);
  const weights = new Map<string, Weight>();
  for (const [path, shape] of smallNetworkShapes) {
    const size = shape.reduce((product, side) => product * side, 1);
    const isBias = shape.length === 1;
    const fanIn = size / shape.at(-1)!;
    const draw = (): number => (isBias ? 0 : gaussian(random) / Math.sqrt(fanIn));
    weights.set(path, { shape, values: Float32Array.from({ length: size }, draw) });
  }
  return weights;
}

/** Computes layers and scales their weights as it goes. */
class ScalingLayers extends TrainingLayers {
  readonly #variables: ReadonlyMap<Weight, tf.Variable>;

  constructor(variables: ReadonlyMap<Weight, tf.Variable>) {
    super(variables);
    this.#variables = variables;
  }

  override conv(x: tf.Tensor, weights: ConvWeights, options: ConvOptions = {}): tf.Tensor {
    this.#scale(weights.filter, weights.bias, super.conv(x, weights, { ...options, activation: 'linear' }), [0, 1, 2]);
    return super.conv(x, weights, options);
  }

  override dense(x: tf.Tensor, matrix: Weight, bias?: Weight): tf.Tensor {
    this.#scale(matrix, bias, super.dense(x, matrix, bias), [0]);
    return super.dense(x, matrix, bias);
  }

  #scale(matrix: Weight, bias: Weight | undefined, output: tf.Tensor, axes: number[]): void {
    const { mean, variance } = tf.moments(output, axes);
    const deviation = tf.sqrt(tf.add(variance, 1e-6));
    const [matrixVariable, biasVariable] = [this.#variables.get(matrix), bias && this.#variables.get(bias)];
    matrixVariable?.assign(tf.div(matrixVariable, deviation));
    biasVariable?.assign(tf.div(tf.sub(biasVariable, mean), deviation));
  }
}
