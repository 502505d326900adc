import type { Architecture, Layers } from './layers.ts';
import { foldScale, readWeights, type ConvWeights, type WeightLookup } from './weights.ts';

/** Side of the aligned face that the network takes. */
export const recognitionInputSize = 150;

/** A residual block. */
interface Block {
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
/** The maps before these are of an even size, from which a pool takes one pixel more than an unpadded convolution does. */
const unevenBlocks: readonly string[] = ['conv256_down', 'conv256_down_out'];

/**
 * dlib's 29-layer face recognition network (`dlib_face_recognition_resnet_model_v1`). Outputs: `embedding`, 128 numbers, not
 * normalised, and `features`, the 256 pooled ones before its last layer, a matrix.
 */
export async function recognitionNetwork(): Promise<Architecture> {
  const weight = await readWeights('faceRecognitionNet');
  const stem = scaledConv(weight, 'conv32_down');
  const last = weight('fc');
  const blocks = blockNames.map((name): Block => ({
    first: scaledConv(weight, `${name}/conv1`),
    second: scaledConv(weight, `${name}/conv2`),
    down: name.includes('down'),
    missingPixels: unevenBlocks.includes(name) ? 1 : 0,
  }));
  return {
    name: 'dlib-resnet-v1',
    inputSide: recognitionInputSize,
    outputs: ['embedding', 'features'],
    build(layers, input) {
      let x = layers.through(input, (y) => layers.conv(y, stem, { stride: 2, pad: 'valid', activation: 'relu' }));
      x = layers.through(x, (y) => layers.maxPool(y, 3, 2, 'valid'));
      for (const block of blocks) x = layers.through(x, (y) => residual(layers, y, block));
      const features = layers.globalMean(x);
      return [layers.dense(features, last), features];
    },
  };
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
