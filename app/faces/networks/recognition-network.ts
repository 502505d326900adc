import type { Architecture, Layers } from './layers.ts';
import { foldScale, readWeights, type ConvWeights, type Weight, type WeightLookup } from './weights.ts';

/** Side of the aligned face that the network takes. */
export const recognitionInputSize = 150;

/** A residual block. */
interface Block {
  name: BlockName;
  first: ConvWeights;
  second: ConvWeights;
  /** Halves the resolution. */
  down: boolean;
  /** By how many zero pixels the halved map must grow to be as large as the shortcut's. */
  missingPixels: 0 | 1;
}

/** In order; those named `down` halve the resolution. */
const blockNames = [
  'conv32_1',
  'conv32_2',
  'conv32_3',
  'conv64_down',
  'conv64_1',
  'conv64_2',
  'conv64_3',
  'conv128_down',
  'conv128_1',
  'conv128_2',
  'conv256_down',
  'conv256_1',
  'conv256_2',
  'conv256_down_out',
] as const;
export type BlockName = (typeof blockNames)[number];

/** The maps before these are of an even size, from which a pool takes one pixel more than an unpadded convolution does. */
const unevenBlocks: readonly string[] = ['conv256_down', 'conv256_down_out'];

/**
 * dlib's 29-layer face recognition network (`dlib_face_recognition_resnet_model_v1`). Outputs: `embedding`, 128 numbers, not
 * normalised, and `features`, the 256 pooled ones before its last layer, a matrix.
 *
 * @param trained weights that take the place of the shipped ones, by their paths, such as `conv256_2/conv1/conv/filters`
 * @throws Error where there is no such weight, or it has another shape
 */
export async function recognitionNetwork(trained: ReadonlyMap<string, Weight> = new Map()): Promise<Architecture> {
  const shipped = await readWeights('faceRecognitionNet');
  for (const [path, { shape }] of trained) {
    if (shape.join() !== shipped(path).shape.join()) throw new Error(`The trained weight ${path} has another shape.`);
  }
  return recognitionOf((path) => trained.get(path) ?? shipped(path));
}

/** The network with any weights. */
export function recognitionOf(weight: WeightLookup): Architecture {
  const { stem, blocks, last } = partsOf(weight);
  return {
    name: networkName,
    inputSide: recognitionInputSize,
    outputs: ['embedding', 'features'],
    build(layers, input) {
      const features = layers.globalMean(through(layers, start(layers, input, stem), blocks));
      return [layers.dense(features, last), features];
    },
  };
}

const networkName = 'dlib-resnet-v1';

/** The network cut in two before a block: what stays as it is, and what can be trained. */
export interface SplitRecognition {
  /** From the input to the map that the block takes. */
  trunk: Architecture;
  tail: RecognitionTail;
}

/** The last blocks of the network and its last layer. */
export interface RecognitionTail {
  /** By their paths, such as `conv256_down_out/conv1`; with the scale that follows folded in. */
  convs: ReadonlyMap<string, ConvWeights>;
  /** The matrix `[256, 128]`. */
  last: Weight;
  /** @param map what the trunk gives; @returns embedding (not normalised) and features, as the whole network does */
  build<T>(layers: Layers<T>, map: T): [embedding: T, features: T];
}

/** @param from the first block that can be trained */
export async function splitRecognition(from: BlockName): Promise<SplitRecognition> {
  return splitRecognitionOf(await readWeights('faceRecognitionNet'), from);
}

/** The same with any weights. */
export function splitRecognitionOf(weight: WeightLookup, from: BlockName): SplitRecognition {
  const { stem, blocks, last } = partsOf(weight);
  const cut = blocks.findIndex(({ name }) => name === from);
  const [before, after] = [blocks.slice(0, cut), blocks.slice(cut)];
  return {
    trunk: {
      name: `${networkName}-to-${from}`,
      inputSide: recognitionInputSize,
      outputs: ['map'],
      build: (layers, input) => [through(layers, start(layers, input, stem), before)],
    },
    tail: {
      convs: new Map(
        after.flatMap(({ name, first, second }) => [
          [`${name}/conv1`, first] as const,
          [`${name}/conv2`, second] as const,
        ]),
      ),
      last,
      build(layers, map) {
        const features = layers.globalMean(through(layers, map, after));
        return [layers.dense(features, last), features];
      },
    },
  };
}

/** Convolutions with their scale folded in, as the weights that {@link recognitionNetwork} takes: the scale is 1 then. */
export function unfoldedWeights(convs: ReadonlyMap<string, ConvWeights>): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  for (const [path, { filter, bias }] of convs) {
    const channels = [bias.values.length];
    weights.set(`${path}/conv/filters`, filter);
    weights.set(`${path}/conv/bias`, bias);
    weights.set(`${path}/scale/weights`, { shape: channels, values: new Float32Array(bias.values.length).fill(1) });
    weights.set(`${path}/scale/biases`, { shape: channels, values: new Float32Array(bias.values.length) });
  }
  return weights;
}

function partsOf(weight: WeightLookup): { stem: ConvWeights; blocks: Block[]; last: Weight } {
  return {
    stem: scaledConv(weight, 'conv32_down'),
    blocks: blockNames.map((name) => ({
      name,
      first: scaledConv(weight, `${name}/conv1`),
      second: scaledConv(weight, `${name}/conv2`),
      down: name.includes('down'),
      missingPixels: unevenBlocks.includes(name) ? 1 : 0,
    })),
    last: weight('fc'),
  };
}

function start<T>(layers: Layers<T>, input: T, stem: ConvWeights): T {
  const x = layers.through(input, (y) => layers.conv(y, stem, { stride: 2, pad: 'valid', activation: 'relu' }));
  return layers.through(x, (y) => layers.maxPool(y, 3, 2, 'valid'));
}

function through<T>(layers: Layers<T>, x: T, blocks: readonly Block[]): T {
  return blocks.reduce((map, block) => layers.through(map, (y) => residual(layers, y, block)), x);
}

function scaledConv(weight: WeightLookup, path: string): ConvWeights {
  return foldScale(
    weight(`${path}/conv/filters`),
    weight(`${path}/conv/bias`),
    weight(`${path}/scale/weights`),
    weight(`${path}/scale/biases`),
  );
}

/** Where the block halves the resolution, its shortcut is an average pool, grown by channels of zeros. */
function residual<T>(layers: Layers<T>, x: T, { first, second, down, missingPixels }: Block): T {
  const halving = down ? ({ stride: 2, pad: 'valid' } as const) : {};
  const y = layers.conv(layers.conv(x, first, { ...halving, activation: 'relu' }), second);
  if (!down) return layers.relu(layers.add(y, x));
  const [, , ins = 0, outs = 0] = first.filter.shape;
  const shortcut = layers.grow(layers.averagePool(x, 2, 2), 0, outs - ins);
  return layers.relu(layers.add(layers.grow(y, missingPixels, 0), shortcut));
}

/** Shape of each weight of the network, by its path: for what needs the network but not what it knows. */
export function recognitionShapes(): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const add = (path: string, size: number, ins: number, outs: number): void => {
    shapes.set(`${path}/conv/filters`, [size, size, ins, outs]);
    for (const name of ['conv/bias', 'scale/weights', 'scale/biases']) shapes.set(`${path}/${name}`, [outs]);
  };
  add('conv32_down', 7, 3, 32);
  let ins = 32;
  for (const name of blockNames) {
    const outs = Number(/^conv(\d+)/.exec(name)![1]);
    add(`${name}/conv1`, 3, ins, outs);
    add(`${name}/conv2`, 3, outs, outs);
    ins = outs;
  }
  return shapes.set('fc', [ins, 128]);
}
