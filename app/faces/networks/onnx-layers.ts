import type { Architecture, ConvOptions, Layers, Padding } from './layers.ts';
import { encodeOnnxModel, type OnnxNode, type OnnxTensor } from './onnx-model.ts';
import type { ConvWeights, SeparableWeights, Weight } from './weights.ts';

/**
 * Writes a built-in network as an ONNX model that takes and gives the same numbers as it does under TensorFlow.js: input and
 * maps are `[count, height, width, channels]`, with any count and, unless the network is made for one size, any size.
 *
 * @returns the bytes of an `.onnx` file
 */
export function exportOnnx(architecture: Architecture): Uint8Array {
  const layers = new OnnxLayers();
  const side = architecture.inputSide;
  const planes = layers.node('Transpose', ['input'], { perm: [0, 3, 1, 2] });
  const outputs = architecture.build(layers, { name: planes, rank: 4 });
  for (const [i, output] of outputs.entries()) {
    const name = architecture.outputs[i]!;
    if (output.rank === 4) layers.node('Transpose', [output.name], { perm: [0, 2, 3, 1] }, name);
    else layers.node('Identity', [output.name], {}, name);
  }
  return encodeOnnxModel({
    name: architecture.name,
    nodes: layers.nodes,
    weights: layers.weights,
    inputs: [{ name: 'input', dims: ['count', side ?? 'height', side ?? 'width', 'channels'] }],
    outputs: outputs.map(({ rank }, i) => ({
      name: architecture.outputs[i]!,
      dims: Array.from({ length: rank }, (_, axis) => (axis === 0 ? 'count' : `${architecture.outputs[i]!}_${axis}`)),
    })),
  });
}

/** A tensor of the graph in ONNX's own order, `[count, channels, height, width]`. */
interface Symbol {
  name: string;
  rank: 2 | 4;
}

class OnnxLayers implements Layers<Symbol> {
  readonly nodes: OnnxNode[] = [];
  readonly weights: OnnxTensor[] = [];
  readonly #known = new Map<Weight, string>();

  /** Adds a node. @returns the name of its output */
  node(type: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}, output?: string): string {
    const name = output ?? `${type}_${this.nodes.length}`;
    this.nodes.push({ type, inputs, output: name, attributes });
    return name;
  }

  #map(type: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}): Symbol {
    return { name: this.node(type, inputs, attributes), rank: 4 };
  }

  #constant(dims: readonly number[], values: OnnxTensor['values']): string {
    const name = `w${this.weights.length}`;
    this.weights.push({ name, dims, values });
    return name;
  }

  #weight(weight: Weight, reorder: (weight: Weight) => Weight = (same) => same): string {
    let name = this.#known.get(weight);
    if (name === undefined) {
      const { shape, values } = reorder(weight);
      name = this.#constant(shape, values);
      this.#known.set(weight, name);
    }
    return name;
  }

  conv(x: Symbol, { filter, bias }: ConvWeights, options: ConvOptions = {}): Symbol {
    const inputs = [x.name, this.#weight(filter, outFirst), this.#weight(bias)];
    return this.#activate(this.#map('Conv', inputs, convAttributes(filter, options)), options);
  }

  depthwise(x: Symbol, { filter, bias }: ConvWeights, options: ConvOptions = {}): Symbol {
    const inputs = [x.name, this.#weight(filter, channelFirst), this.#weight(bias)];
    const attributes = { ...convAttributes(filter, options), group: filter.shape[2]! };
    return this.#activate(this.#map('Conv', inputs, attributes), options);
  }

  separable(x: Symbol, { depthwise, pointwise }: SeparableWeights, options: ConvOptions = {}): Symbol {
    const { activation = 'linear', ...spread } = options;
    const attributes = { ...convAttributes(depthwise, spread), group: depthwise.shape[2]! };
    return this.conv(this.#map('Conv', [x.name, this.#weight(depthwise, channelFirst)], attributes), pointwise, {
      activation,
    });
  }

  #activate(x: Symbol, { activation = 'linear' }: ConvOptions): Symbol {
    if (activation === 'linear') return x;
    if (activation === 'relu') return this.relu(x);
    const [least, most] = [0, 6].map((limit) => this.#constant([], Float32Array.of(limit)));
    return this.#map('Clip', [x.name, least!, most!]);
  }

  maxPool(x: Symbol, size: number, stride: number, pad: Padding): Symbol {
    return this.#map('MaxPool', [x.name], {
      kernel_shape: [size, size],
      strides: [stride, stride],
      auto_pad: pad === 'valid' ? 'VALID' : 'SAME_UPPER',
    });
  }

  averagePool(x: Symbol, size: number, stride: number): Symbol {
    return this.#map('AveragePool', [x.name], { kernel_shape: [size, size], strides: [stride, stride] });
  }

  globalMean(x: Symbol): Symbol {
    const mean = this.node('GlobalAveragePool', [x.name]);
    return { name: this.node('Flatten', [mean], { axis: 1 }), rank: 2 };
  }

  dense(x: Symbol, matrix: Weight, bias?: Weight): Symbol {
    const inputs = [x.name, this.#weight(matrix), ...(bias ? [this.#weight(bias)] : [])];
    return { name: this.node('Gemm', inputs), rank: 2 };
  }

  add(a: Symbol, b: Symbol): Symbol {
    return this.#map('Add', [a.name, b.name]);
  }

  relu(x: Symbol): Symbol {
    return this.#map('Relu', [x.name]);
  }

  leakyRelu(x: Symbol, slope: number): Symbol {
    return this.#map('LeakyRelu', [x.name], { alpha: slope });
  }

  grow(x: Symbol, pixels: number, channels: number): Symbol {
    if (pixels === 0 && channels === 0) return x;
    const ends = [0, 0, 0, 0, 0, channels, pixels, pixels].map(BigInt);
    return this.#map('Pad', [x.name, this.#constant([8], BigInt64Array.from(ends))]);
  }

  through(x: Symbol, layers: (x: Symbol) => Symbol): Symbol {
    return layers(x);
  }
}

function convAttributes({ shape }: Weight, { stride = 1, pad = 'same' }: ConvOptions): Record<string, number[]> {
  const size = shape[0]!;
  const before = pad === 'same' ? (size - 1) / 2 : 0;
  const after = pad === 'valid' ? 0 : size - 1 - before;
  return { kernel_shape: [size, size], strides: [stride, stride], pads: [before, before, after, after] };
}

/** `[height, width, in, out]` to `[out, in, height, width]`. */
function outFirst({ shape, values }: Weight): Weight {
  const [height = 1, width = 1, ins = 1, outs = 1] = shape;
  const moved = new Float32Array(values.length);
  const area = height * width;
  for (let at = 0; at < area; at++) {
    for (let from = 0; from < ins; from++) {
      for (let to = 0; to < outs; to++) moved[(to * ins + from) * area + at] = values[(at * ins + from) * outs + to]!;
    }
  }
  return { shape: [outs, ins, height, width], values: moved };
}

/** `[height, width, channels, 1]` to `[channels, 1, height, width]`. */
function channelFirst({ shape, values }: Weight): Weight {
  const [height = 1, width = 1, channels = 1] = shape;
  return outFirst({ shape: [height, width, 1, channels], values });
}
