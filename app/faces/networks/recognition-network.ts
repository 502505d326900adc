import tf from '@tensorflow/tfjs';
import type { RgbImage } from '../../library/image.ts';
import { conv, foldScale, imageTensor, through, type ConvWeights } from './layers.ts';
import { withPackWeights, type WeightLookup } from './model-pack.ts';

/** Side of the aligned face that the network takes. */
export const recognitionInputSize = 150;
/** Length of its output. */
export const recognitionOutputSize = 128;

const mean = [122.782, 117.001, 104.298] as const;

/** Residual blocks in order; those named `down` halve the resolution. */
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

type Block = {
  first: ConvWeights;
  second: ConvWeights;
  down: boolean;
};

/** dlib's 29-layer face recognition network (`dlib_face_recognition_resnet_model_v1`). */
export interface RecognitionNetwork {
  /**
   * @param chips aligned faces, squares of 150 pixels
   * @returns for each chip 128 numbers, not normalised, one row after another
   */
  run(chips: readonly RgbImage[]): Promise<Float32Array>;
  dispose(): void;
}

export async function loadRecognitionNetwork(): Promise<RecognitionNetwork> {
  const { stem, blocks, last } = await withPackWeights('faceRecognitionNet', (weight) =>
    tf.tidy(() => ({
      stem: scaledConv(weight, 'conv32_down'),
      blocks: blockNames.map((name): Block => ({
        first: scaledConv(weight, `${name}/conv1`),
        second: scaledConv(weight, `${name}/conv2`),
        down: name.includes('down'),
      })),
      last: tf.clone(weight<tf.Tensor2D>('fc')),
    })),
  );

  return {
    async run(chips) {
      const output = tf.tidy(() => {
        const input = imageTensor(chips, mean, 1 / 255);
        let x = through(input, (y) => conv(y, stem, { stride: 2, pad: 'valid', activation: 'relu' }));
        x = through(x, (y) => tf.maxPool(y, 3, 2, 'valid'));
        for (const block of blocks) x = through(x, (y) => (block.down ? residualDown(y, block) : residual(y, block)));
        return tf.matMul(tf.mean<tf.Tensor2D>(x, [1, 2]), last);
      });
      const rows = (await output.data()) as Float32Array;
      output.dispose();
      return rows;
    },
    dispose: () => tf.dispose([stem, blocks, last]),
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

function residual(x: tf.Tensor4D, { first, second }: Block): tf.Tensor4D {
  const y = conv(conv(x, first, { activation: 'relu' }), second);
  return tf.relu(tf.add(y, x));
}

/** Halves the resolution; the shortcut is an average pool, and where shapes differ the smaller is padded with zeros. */
function residualDown(x: tf.Tensor4D, { first, second }: Block): tf.Tensor4D {
  const y = conv(conv(x, first, { stride: 2, pad: 'valid', activation: 'relu' }), second);
  const shortcut = tf.avgPool(x, 2, 2, 'valid');
  return tf.relu(tf.add(zeroPad(y, shortcut.shape), zeroPad(shortcut, y.shape)));
}

function zeroPad(x: tf.Tensor4D, [, height, width, channels]: tf.Tensor4D['shape']): tf.Tensor4D {
  const missing = (have: number, want: number): [number, number] => [0, Math.max(0, want - have)];
  const [, h, w, c] = x.shape;
  return tf.pad(x, [[0, 0], missing(h, height), missing(w, width), missing(c, channels)]);
}
