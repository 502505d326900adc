import tf from '@tensorflow/tfjs';
import { startBackend } from '../../engine/backend.ts';
import type { Architecture, ConvOptions, Layers, Padding } from './layers.ts';
import type { Network } from './network.ts';
import type { ConvWeights, Weight } from './weights.ts';

type Map4 = tf.Tensor4D;
type ExplicitPadding = [[0, 0], [number, number], [number, number], [0, 0]];

/** Runs a built-in network with TensorFlow.js. */
export async function tfjsNetwork(architecture: Architecture): Promise<Network> {
  await startBackend();
  const layers = new TfjsLayers();
  return {
    async run({ dims, data }) {
      const outputs = tf.tidy(() =>
        architecture.build(layers, tf.tensor4d(data, dims as [number, number, number, number])),
      );
      const values = [];
      for (const output of outputs) values.push({ dims: output.shape, data: (await output.data()) as Float32Array });
      tf.dispose(outputs);
      return values;
    },
    dispose() {
      layers.dispose();
      return Promise.resolve();
    },
  };
}

/** Computes layers at once. */
class TfjsLayers implements Layers<tf.Tensor> {
  readonly #tensors: Map<Weight, tf.Tensor>;

  /** @param tensors what stands for some of the weights */
  constructor(tensors: ReadonlyMap<Weight, tf.Tensor> = new Map()) {
    this.#tensors = new Map(tensors);
  }

  protected tensor<T extends tf.Tensor>(weight: Weight): T {
    let tensor = this.#tensors.get(weight);
    if (!tensor) {
      tensor = tf.keep(tf.tensor(weight.values, [...weight.shape]));
      this.#tensors.set(weight, tensor);
    }
    return tensor as T;
  }

  conv(x: tf.Tensor, weights: ConvWeights, options: ConvOptions = {}): tf.Tensor {
    const { stride = 1, pad = 'same', activation = 'linear' } = options;
    return tf.fused.conv2d({
      x: x as Map4,
      filter: this.tensor<Map4>(weights.filter),
      bias: this.tensor(weights.bias),
      strides: stride,
      pad: padding(pad, weights.filter.shape[0]!),
      activation,
    });
  }

  depthwise(x: tf.Tensor, weights: ConvWeights, options: ConvOptions = {}): tf.Tensor {
    const { stride = 1, pad = 'same', activation = 'linear' } = options;
    return tf.fused.depthwiseConv2d({
      x: x as Map4,
      filter: this.tensor<Map4>(weights.filter),
      bias: this.tensor(weights.bias),
      strides: stride,
      // The declared type lacks explicit padding, which the kernel takes.
      pad: padding(pad, weights.filter.shape[0]!) as 'same',
      activation,
    });
  }

  separable(
    x: tf.Tensor,
    weights: Parameters<Layers<tf.Tensor>['separable']>[1],
    options: ConvOptions = {},
  ): tf.Tensor {
    const { stride = 1, pad = 'same', activation = 'linear' } = options;
    const size = weights.depthwise.shape[0]!;
    const spread = tf.depthwiseConv2d(x as Map4, this.tensor<Map4>(weights.depthwise), stride, padding(pad, size));
    return this.conv(spread, weights.pointwise, { activation });
  }

  maxPool(x: tf.Tensor, size: number, stride: number, pad: Padding): tf.Tensor {
    // Beyond a map's end there is nothing larger, so `same` is as good as padding at the end.
    return tf.maxPool(x as Map4, size, stride, pad === 'valid' ? 'valid' : 'same');
  }

  averagePool(x: tf.Tensor, size: number, stride: number): tf.Tensor {
    return tf.avgPool(x as Map4, size, stride, 'valid');
  }

  globalMean(x: tf.Tensor): tf.Tensor {
    return tf.mean(x, [1, 2]);
  }

  dense(x: tf.Tensor, matrix: Weight, bias?: Weight): tf.Tensor {
    const product = tf.matMul(x, this.tensor<tf.Tensor2D>(matrix));
    return bias ? tf.add(product, this.tensor(bias)) : product;
  }

  add(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
    return tf.add(a, b);
  }

  relu(x: tf.Tensor): tf.Tensor {
    return tf.relu(x);
  }

  leakyRelu(x: tf.Tensor, slope: number): tf.Tensor {
    return tf.leakyRelu(x, slope);
  }

  grow(x: tf.Tensor, pixels: number, channels: number): tf.Tensor {
    if (pixels === 0 && channels === 0) return x;
    return tf.pad(x, [
      [0, 0],
      [0, pixels],
      [0, pixels],
      [0, channels],
    ]);
  }

  through(x: tf.Tensor, layers: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    const y = tf.tidy(() => layers(x));
    x.dispose();
    return y;
  }

  dispose(): void {
    tf.dispose([...this.#tensors.values()]);
    this.#tensors.clear();
  }
}

/**
 * Computes layers so that they can be differentiated: everything lives until the gradient is known, and weights can be
 * variables.
 */
export class TrainingLayers extends TfjsLayers {
  override through(x: tf.Tensor, layers: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    return layers(x);
  }

  /** The fused one works out the gradient of its input also where nobody asks for it. */
  override conv(x: tf.Tensor, weights: ConvWeights, options: ConvOptions = {}): tf.Tensor {
    const { stride = 1, pad = 'same', activation = 'linear' } = options;
    const filter = this.tensor<Map4>(weights.filter);
    const y = tf.add(
      tf.conv2d(x as Map4, filter, stride, padding(pad, weights.filter.shape[0]!)),
      this.tensor(weights.bias),
    );
    if (activation === 'linear') return y;
    return activation === 'relu' ? tf.relu(y) : tf.relu6(y);
  }
}

function padding(pad: Padding, size: number): 'valid' | 'same' | ExplicitPadding {
  return pad === 'end'
    ? [
        [0, 0],
        [0, size - 1],
        [0, size - 1],
        [0, 0],
      ]
    : pad;
}
