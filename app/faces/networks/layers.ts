import type { ConvWeights, SeparableWeights, Weight } from './weights.ts';

/**
 * Where a convolution or pool may reach beyond its map: nowhere; evenly, so that the size stays; or at the end only, so that
 * a stride of 2 halves the size, rounded up. (TensorFlow's `same` padding with a stride would put the odd pixel at the end
 * for even sizes but one at each side for odd ones, and so shift the grid against the anchors.)
 */
export type Padding = 'valid' | 'same' | 'end';

export interface ConvOptions {
  stride?: 1 | 2;
  /** `same` where nothing is said. */
  pad?: Padding;
  activation?: 'linear' | 'relu' | 'relu6';
}

/**
 * What a network is made of. Each network is written once, as a function of these layers; one implementation computes at
 * once with TensorFlow.js, another one writes the ONNX graph that the native engine runs.
 *
 * Maps are `[count, height, width, channels]`.
 */
export interface Layers<T> {
  /** Convolution, bias and activation. */
  conv(x: T, weights: ConvWeights, options?: ConvOptions): T;
  /** The same for each channel by itself. */
  depthwise(x: T, weights: ConvWeights, options?: ConvOptions): T;
  /** Depthwise convolution without bias, then a pointwise one; stride and padding are the former's, the activation the latter's. */
  separable(x: T, weights: SeparableWeights, options?: ConvOptions): T;
  maxPool(x: T, size: number, stride: number, pad: Padding): T;
  averagePool(x: T, size: number, stride: number): T;
  /** Mean over the whole map: `[count, channels]`. */
  globalMean(x: T): T;
  /** Rows times a matrix `[in, out]`. */
  dense(x: T, matrix: Weight, bias?: Weight): T;
  add(a: T, b: T): T;
  relu(x: T): T;
  leakyRelu(x: T, slope: number): T;
  /** Zeros at the end of height and width, and of the channels. */
  grow(x: T, pixels: number, channels: number): T;
  /**
   * Applies layers and frees their input at once, where that is of use: inside one big scope the maps of all layers would
   * live until its end, which is most of a network's memory.
   */
  through(x: T, layers: (x: T) => T): T;
}

/** A network of the built-in pack: its graph with its weights, to be run by either engine. */
export interface Architecture {
  /** Tells what the network was made from. */
  readonly name: string;
  /** Height and width that it takes, where only one will do. */
  readonly inputSide?: number;
  /** Names of the outputs, in order. */
  readonly outputs: readonly string[];
  build<T>(layers: Layers<T>, input: T): T[];
}
