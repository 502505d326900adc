import tf from '@tensorflow/tfjs';
import type { RgbImage } from '../../library/image.ts';

type Tensor1D = tf.Tensor1D;
type Tensor4D = tf.Tensor4D;

/** (A type, not an interface, so that it counts as a container of tensors.) Weights of one convolution with everything linear that follows it folded in. */
export type ConvWeights = {
  /** `[height, width, in, out]`, or `[height, width, in, 1]` for a depthwise convolution. */
  filter: Tensor4D;
  bias: Tensor1D;
};

/** A depthwise convolution followed by a 1x1 one. */
export type SeparableWeights = {
  depthwise: Tensor4D;
  pointwise: ConvWeights;
};

type Activation = 'linear' | 'relu' | 'relu6';

export interface ConvOptions {
  stride?: number;
  pad?: 'same' | 'valid' | ExplicitPadding;
  activation?: Activation;
}

/**
 * Applies a layer and frees its input at once; inside one `tidy` the maps of all layers would live until the end, which is
 * most of a network's memory.
 */
export function through(x: Tensor4D, layer: (x: Tensor4D) => Tensor4D): Tensor4D {
  const y = tf.tidy(() => layer(x));
  x.dispose();
  return y;
}

type ExplicitPadding = [[0, 0], [number, number], [number, number], [0, 0]];

/**
 * Stride and padding of a 3x3 convolution that halves the resolution.
 * TensorFlow's `same` padding puts such a 3x3 window's odd pixel at the end for even sizes, but one at each side for odd
 * ones, which would shift the grid against the anchors; this keeps the even layout at every size.
 */
export function halving(x: Tensor4D): { stride: 2; pad: ExplicitPadding } {
  const [, height, width] = x.shape;
  const atEnd = (size: number): [number, number] => [0, 1 + (size % 2)];
  return { stride: 2, pad: [[0, 0], atEnd(height), atEnd(width), [0, 0]] };
}

/** Convolution, bias and activation in one kernel. */
export function conv(x: Tensor4D, { filter, bias }: ConvWeights, options: ConvOptions = {}): Tensor4D {
  const { stride = 1, pad = 'same', activation = 'linear' } = options;
  return tf.fused.conv2d({ x, filter, strides: stride, pad, bias, activation });
}

/** Depthwise convolution, bias and activation in one kernel. */
export function depthwiseConv(x: Tensor4D, { filter, bias }: ConvWeights, options: ConvOptions = {}): Tensor4D {
  const { stride = 1, pad = 'same', activation = 'linear' } = options;
  // The declared type of `pad` lacks explicit padding, which the kernel takes.
  return tf.fused.depthwiseConv2d({ x, filter, strides: stride, pad: pad as 'same', bias, activation });
}

/** Depthwise and pointwise convolution; stride and padding are the former's, the activation the latter's. */
export function separableConv(x: Tensor4D, weights: SeparableWeights, options: ConvOptions = {}): Tensor4D {
  const { stride = 1, pad = 'same', activation = 'linear' } = options;
  return conv(tf.depthwiseConv2d(x, weights.depthwise, stride, pad), weights.pointwise, { activation });
}

/** Scales each output channel of a convolution, as the batch normalisation or scale layer after it would. */
export function foldScale(filter: Tensor4D, bias: Tensor1D, scale: Tensor1D, shift: Tensor1D): ConvWeights {
  return { filter: tf.mul(filter, scale), bias: tf.add(tf.mul(bias, scale), shift) };
}

/** Folds a batch normalisation into the depthwise convolution before it. */
export function foldDepthwiseNorm(
  filter: Tensor4D,
  norm: { mean: Tensor1D; variance: Tensor1D; scale: Tensor1D; offset: Tensor1D; epsilon: number },
): ConvWeights {
  const factor = tf.mul<Tensor1D>(norm.scale, tf.rsqrt(tf.add(norm.variance, norm.epsilon)));
  return {
    filter: tf.mul(filter, tf.reshape(factor, [1, 1, -1, 1])),
    bias: tf.sub(norm.offset, tf.mul(norm.mean, factor)),
  };
}

/**
 * Images of one size as a network input `[count, height, width, 3]`, each value `(pixel - mean) * scale`.
 *
 * @param multiple height and width are padded with the mean, at the bottom and the right, to a multiple of this
 */
export function imageTensor(
  images: readonly RgbImage[],
  mean: readonly [number, number, number],
  scale: number,
  multiple = 1,
): Tensor4D {
  const { width, height } = images[0]!;
  const paddedWidth = Math.ceil(width / multiple) * multiple;
  const paddedHeight = Math.ceil(height / multiple) * multiple;
  const values = new Float32Array(images.length * paddedHeight * paddedWidth * 3);
  for (const [index, { data }] of images.entries()) {
    for (let row = 0; row < height; row++) {
      const from = 3 * row * width;
      const shift = 3 * (index * paddedHeight + row) * paddedWidth - from;
      for (let i = from; i < from + 3 * width; i += 3) {
        values[i + shift] = (data[i]! - mean[0]) * scale;
        values[i + shift + 1] = (data[i + 1]! - mean[1]) * scale;
        values[i + shift + 2] = (data[i + 2]! - mean[2]) * scale;
      }
    }
  }
  return tf.tensor4d(values, [images.length, paddedHeight, paddedWidth, 3]);
}
