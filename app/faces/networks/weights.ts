import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type tf from '@tensorflow/tfjs';

/** Numbers of a trained layer, in TensorFlow's order of dimensions. */
export interface Weight {
  shape: readonly number[];
  values: Float32Array;
}

/** Weights of one convolution with everything linear that follows it folded in. */
export interface ConvWeights {
  /** `[height, width, in, out]`, or `[height, width, in, 1]` for a depthwise convolution. */
  filter: Weight;
  bias: Weight;
}

/** A depthwise convolution without bias, followed by a 1x1 one. */
export interface SeparableWeights {
  depthwise: Weight;
  pointwise: ConvWeights;
}

/** Looks a weight up by its path, such as `conv32_1/conv1/conv/filters`; throws when there is none. */
export type WeightLookup = (path: string) => Weight;

/** The networks of the installed face library that Kindred uses, by its names for them. */
type NetworkName = 'tinyFaceDetector' | 'ssdMobilenetv1' | 'faceLandmark68Net' | 'faceRecognitionNet';

interface PackNetwork {
  loadFromDisk(folder: string): Promise<void>;
  getParamList(): { path: string; tensor: tf.Tensor }[];
  dispose(): void;
  /** Only the landmark network has one: its convolutions. */
  readonly faceFeatureExtractor?: PackNetwork;
}

const require = createRequire(import.meta.url);
const facePackage = '@vladmandic/face-api';

/** Version of the face library that carries the built-in weights. */
export function weightsVersion(): string {
  return (require(`${facePackage}/package.json`) as { version: string }).version;
}

/**
 * Reads a network's weights from the installed `@vladmandic/face-api`. The package's own graphs are not used: ours run the
 * same arithmetic with normalisation folded into the convolutions, at any input size, from our own filtered crops, and on
 * more than one engine.
 *
 * @throws Error when the package's weights are missing or damaged
 */
export async function readWeights(name: NetworkName): Promise<WeightLookup> {
  // The library decodes its weights with tensors. TensorFlow.js is not loaded before: it takes a quarter of a second.
  const { startBackend } = await import('../../engine/backend.ts');
  await startBackend();
  const faceApi = require(`${facePackage}/dist/face-api.node-wasm.js`) as { nets: Record<NetworkName, PackNetwork> };
  const network = faceApi.nets[name];
  await network.loadFromDisk(join(dirname(require.resolve(`${facePackage}/package.json`)), 'model'));
  const parameters = [...network.getParamList(), ...(network.faceFeatureExtractor?.getParamList() ?? [])];
  const byPath = new Map<string, Weight>();
  for (const { path, tensor } of parameters) {
    byPath.set(path, { shape: tensor.shape, values: Float32Array.from(await tensor.data()) });
  }
  network.dispose();
  return (path) => {
    const weight = byPath.get(path);
    if (!weight) throw new Error(`The network ${name} has no weight named ${path}.`);
    return weight;
  };
}

/** Scales each output channel of a convolution, as the normalisation or scale layer after it would. */
export function foldScale(filter: Weight, bias: Weight, scale: Weight, shift: Weight): ConvWeights {
  const channels = scale.values.length;
  return {
    filter: { shape: filter.shape, values: filter.values.map((value, i) => value * scale.values[i % channels]!) },
    bias: { shape: bias.shape, values: bias.values.map((value, i) => value * scale.values[i]! + shift.values[i]!) },
  };
}

/** Folds a batch normalisation into the depthwise convolution before it. */
export function foldDepthwiseNorm(
  filter: Weight,
  norm: { mean: Weight; variance: Weight; scale: Weight; offset: Weight; epsilon: number },
): ConvWeights {
  const factor = norm.scale.values.map((value, i) => value / Math.sqrt(norm.variance.values[i]! + norm.epsilon));
  return {
    filter: { shape: filter.shape, values: filter.values.map((value, i) => value * factor[i % factor.length]!) },
    bias: {
      shape: norm.offset.shape,
      values: norm.offset.values.map((value, i) => value - norm.mean.values[i]! * factor[i]!),
    },
  };
}
