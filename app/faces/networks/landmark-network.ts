import tf from '@tensorflow/tfjs';
import type { RgbImage } from '../../library/image.ts';
import { conv, imageTensor, separableConv, through, type ConvWeights, type SeparableWeights } from './layers.ts';
import { withPackWeights, type WeightLookup } from './model-pack.ts';

/** Side of the face crop that the network takes. */
export const landmarkInputSize = 112;
/** Points in the order of the 300-W annotation, which dlib uses as well. */
export const landmarkCount = 68;

const mean = [122.782, 117.001, 104.298] as const;

/** Finds the 68 facial landmarks in a crop around one face. */
export interface LandmarkNetwork {
  /**
   * @param crops squares of 112 pixels
   * @returns for each crop 68 (x, y) pairs as fractions of it, one row after another
   */
  run(crops: readonly RgbImage[]): Promise<Float32Array>;
  dispose(): void;
}

type DenseBlock = {
  /** The first block's first layer is a plain convolution. */
  first: ConvWeights | SeparableWeights;
  rest: [SeparableWeights, SeparableWeights, SeparableWeights];
};

export async function loadLandmarkNetwork(): Promise<LandmarkNetwork> {
  const { blocks, last } = await withPackWeights('faceLandmark68Net', (weight) =>
    tf.tidy(() => ({
      blocks: ['dense0', 'dense1', 'dense2', 'dense3'].map((name, index): DenseBlock => ({
        first: index === 0 ? plain(weight, `${name}/conv0`) : separable(weight, `${name}/conv0`),
        rest: [
          separable(weight, `${name}/conv1`),
          separable(weight, `${name}/conv2`),
          separable(weight, `${name}/conv3`),
        ],
      })),
      last: { filter: tf.clone(weight<tf.Tensor2D>('fc/weights')), bias: tf.clone(weight<tf.Tensor1D>('fc/bias')) },
    })),
  );

  return {
    async run(crops) {
      const output = tf.tidy(() => {
        let x = imageTensor(crops, mean, 1 / 255);
        for (const block of blocks) x = through(x, (input) => denseBlock(input, block));
        const features = tf.reshape<tf.Rank.R2>(tf.avgPool(x, 7, 2, 'valid'), [crops.length, -1]);
        return tf.add(tf.matMul(features, last.filter), last.bias);
      });
      const points = (await output.data()) as Float32Array;
      output.dispose();
      return points;
    },
    dispose: () => tf.dispose([blocks, last]),
  };
}

function plain(weight: WeightLookup, path: string): ConvWeights {
  return {
    filter: tf.clone(weight<tf.Tensor4D>(`${path}/filters`)),
    bias: tf.clone(weight<tf.Tensor1D>(`${path}/bias`)),
  };
}

function separable(weight: WeightLookup, path: string): SeparableWeights {
  return {
    depthwise: tf.clone(weight<tf.Tensor4D>(`${path}/depthwise_filter`)),
    pointwise: {
      filter: tf.clone(weight<tf.Tensor4D>(`${path}/pointwise_filter`)),
      bias: tf.clone(weight<tf.Tensor1D>(`${path}/bias`)),
    },
  };
}

/** Each layer takes the rectified sum of all before it; the first halves the resolution. */
function denseBlock(x: tf.Tensor4D, { first, rest }: DenseBlock): tf.Tensor4D {
  const options = { stride: 2, activation: 'relu' } as const;
  const start = 'filter' in first ? conv(x, first, options) : separableConv(x, first, options);
  return tf.relu(rest.reduce((sum, weights) => tf.add(sum, separableConv(tf.relu(sum), weights)), start));
}
