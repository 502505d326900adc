import type { Architecture, Layers } from './layers.ts';
import { readWeights, type ConvWeights, type SeparableWeights, type WeightLookup } from './weights.ts';

/** Side of the face crop that the network takes. */
export const landmarkInputSize = 112;
/** Points in the order of the 300-W annotation, which dlib uses as well. */
export const landmarkCount = 68;

interface DenseBlock {
  /** The first block's first layer is a plain convolution. */
  first: ConvWeights | SeparableWeights;
  rest: readonly SeparableWeights[];
}

/**
 * Finds the 68 facial landmarks in a crop around one face (face-api's `faceLandmark68Net`). Output: `points`, 68 (x, y) pairs
 * as fractions of the crop.
 */
export async function landmarkNetwork(): Promise<Architecture> {
  const weight = await readWeights('faceLandmark68Net');
  const blocks = [0, 1, 2, 3].map((index): DenseBlock => {
    const path = `dense${index}`;
    return {
      first: index === 0 ? plain(weight, `${path}/conv0`) : separable(weight, `${path}/conv0`),
      rest: [1, 2, 3].map((layer) => separable(weight, `${path}/conv${layer}`)),
    };
  });
  const matrix = weight('fc/weights');
  const bias = weight('fc/bias');
  return {
    name: 'face-landmark-68',
    inputSide: landmarkInputSize,
    outputs: ['points'],
    build(layers, input) {
      let x = input;
      for (const block of blocks) x = layers.through(x, (y) => denseBlock(layers, y, block));
      return [layers.dense(layers.globalMean(x), matrix, bias)];
    },
  };
}

function plain(weight: WeightLookup, path: string): ConvWeights {
  return { filter: weight(`${path}/filters`), bias: weight(`${path}/bias`) };
}

function separable(weight: WeightLookup, path: string): SeparableWeights {
  return {
    depthwise: weight(`${path}/depthwise_filter`),
    pointwise: { filter: weight(`${path}/pointwise_filter`), bias: weight(`${path}/bias`) },
  };
}

/** Each layer takes the rectified sum of all before it; the first halves the resolution. */
function denseBlock<T>(layers: Layers<T>, x: T, { first, rest }: DenseBlock): T {
  const options = { stride: 2, pad: 'end', activation: 'relu' } as const;
  const start = 'filter' in first ? layers.conv(x, first, options) : layers.separable(x, first, options);
  return layers.relu(
    rest.reduce((sum, weights) => layers.add(sum, layers.separable(layers.relu(sum), weights)), start),
  );
}
