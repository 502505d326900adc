import type { Architecture, Layers } from './layers.ts';
import type { ConvWeights, Weight } from './weights.ts';

/** Name of the architecture in version files. */
export const smallNetworkName = 'kindred-small-v1';
/** Side of the face chip that it takes. */
export const smallNetworkSide = 48;
/** Length of its embedding. */
export const smallNetworkDimension = 64;

interface Step {
  path: string;
  size: number;
  ins: number;
  outs: number;
  stride: 1 | 2;
  pad: 'same' | 'valid';
}

/**
 * Between the convolutions that halve the map stand those that look closer; the last one sees what is left of the map whole, so
 * that it knows where things are, which in an aligned face matters.
 */
const steps: readonly Step[] = [
  { path: 'conv1', size: 5, ins: 3, outs: 24, stride: 2, pad: 'valid' },
  { path: 'conv2', size: 3, ins: 24, outs: 48, stride: 2, pad: 'valid' },
  { path: 'conv3', size: 3, ins: 48, outs: 64, stride: 1, pad: 'same' },
  { path: 'conv4', size: 3, ins: 64, outs: 96, stride: 2, pad: 'valid' },
  { path: 'conv5', size: 3, ins: 96, outs: 96, stride: 1, pad: 'same' },
  { path: 'conv6', size: 4, ins: 96, outs: 128, stride: 1, pad: 'valid' },
];
const features = steps.at(-1)!.outs;
const last = 'fc';

/** The shape of each weight, by its path. */
export const smallNetworkShapes: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...steps.flatMap(({ path, size, ins, outs }): [string, readonly number[]][] => [
    [`${path}/filters`, [size, size, ins, outs]],
    [`${path}/bias`, [outs]],
  ]),
  [`${last}/weights`, [features, smallNetworkDimension]],
  [`${last}/bias`, [smallNetworkDimension]],
]);

/**
 * A small convolutional network for training from nothing: of the kind of FaceNet's NNS models (Schroff et al., 2015, table 2),
 * smaller by far. Outputs: `embedding`, not normalised, and `features`, the numbers before its last layer.
 *
 * @throws Error where a weight is missing or has another shape
 */
export function smallNetwork(weights: ReadonlyMap<string, Weight>): Architecture {
  const weight = (path: string): Weight => {
    const found = weights.get(path);
    const shape = smallNetworkShapes.get(path)!;
    if (found?.shape.join() !== shape.join()) throw new Error(`The weight ${path} is missing, or of another shape.`);
    return found;
  };
  const convs = steps.map((step) => {
    const { path } = step;
    const conv: ConvWeights = { filter: weight(`${path}/filters`), bias: weight(`${path}/bias`) };
    return { ...step, conv };
  });
  const [matrix, bias] = [weight(`${last}/weights`), weight(`${last}/bias`)];
  return {
    name: smallNetworkName,
    inputSide: smallNetworkSide,
    outputs: ['embedding', 'features'],
    build<T>(layers: Layers<T>, input: T): T[] {
      let x = input;
      for (const { conv, stride, pad } of convs) {
        x = layers.through(x, (map) => layers.conv(map, conv, { stride, pad, activation: 'relu' }));
      }
      // One place is left of the map.
      const pooled = layers.globalMean(x);
      return [layers.dense(pooled, matrix, bias), pooled];
    },
  };
}
