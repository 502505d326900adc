import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type tf from '@tensorflow/tfjs';

/** The networks of the built-in model pack that Kindred uses, by the names of `@vladmandic/face-api`. */
type NetworkName = 'tinyFaceDetector' | 'ssdMobilenetv1' | 'faceLandmark68Net' | 'faceRecognitionNet';

interface PackNetwork {
  loadFromDisk(folder: string): Promise<void>;
  getParamList(): { path: string; tensor: tf.Tensor }[];
  dispose(): void;
  /** Only the landmark network has one: its convolutions. */
  readonly faceFeatureExtractor?: PackNetwork;
}

/** Looks a weight up by its path, such as `conv32_1/conv1/conv/filters`; throws when there is none. */
export type WeightLookup = <T extends tf.Tensor = tf.Tensor>(path: string) => T;

const require = createRequire(import.meta.url);

/**
 * Loads a network's weights from the installed `@vladmandic/face-api`, lets `build` turn them into what inference
 * needs, and releases them. The package's own graphs are not used: ours run the same arithmetic with normalisation folded
 * into the convolutions, at any input size, and from our own filtered crops.
 *
 * @param build must copy whatever it keeps; tensors that it makes are the caller's
 * @throws Error when the package's weights are missing or damaged
 */
export async function withPackWeights<T>(name: NetworkName, build: (weight: WeightLookup) => T): Promise<T> {
  const packageFolder = dirname(require.resolve('@vladmandic/face-api/package.json'));
  const faceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as {
    nets: Record<NetworkName, PackNetwork>;
  };
  const network = faceApi.nets[name];
  await network.loadFromDisk(join(packageFolder, 'model'));
  try {
    const parameters = [...network.getParamList(), ...(network.faceFeatureExtractor?.getParamList() ?? [])];
    const byPath = new Map(parameters.map(({ path, tensor }) => [path, tensor]));
    return build(<W extends tf.Tensor>(path: string) => {
      const tensor = byPath.get(path);
      if (!tensor) throw new Error(`The network ${name} has no weight named ${path}.`);
      return tensor as W;
    });
  } finally {
    network.dispose();
  }
}
