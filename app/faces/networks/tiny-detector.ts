import tf from '@tensorflow/tfjs';
import type { Detection, FaceDetector } from '../detector.ts';
import { conv, imageTensor, separableConv, through, type ConvWeights, type SeparableWeights } from './layers.ts';
import { withPackWeights } from './model-pack.ts';

/** Pixels per cell of the output grid. */
const stride = 32;
/** Anchor sizes (width, height) in cells. */
const anchors = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const;
/** Numbers per anchor: x, y, width, height, confidence. */
const encoding = 5;
const mean = [117.001, 114.697, 97.404] as const;

type TinyWeights = {
  stem: ConvWeights;
  layers: SeparableWeights[];
  last: ConvWeights;
};

/** Tiny YOLO v2 with separable convolutions (face-api's `tinyFaceDetector`), run fully convolutionally. */
export async function loadTinyDetector(): Promise<FaceDetector> {
  const weights = await withPackWeights('tinyFaceDetector', (weight) =>
    tf.tidy((): TinyWeights => ({
      stem: { filter: tf.clone(weight('conv0/filters')), bias: tf.clone(weight('conv0/bias')) },
      layers: [1, 2, 3, 4, 5].map((i) => ({
        depthwise: tf.clone(weight(`conv${i}/depthwise_filter`)),
        pointwise: {
          filter: tf.clone(weight(`conv${i}/pointwise_filter`)),
          bias: tf.clone(weight(`conv${i}/bias`)),
        },
      })),
      last: { filter: tf.clone(weight('conv8/filters')), bias: tf.clone(weight('conv8/bias')) },
    })),
  );

  return {
    async detect(image, minScore) {
      const output = tf.tidy(() => {
        let x = imageTensor([image], mean, 1 / 255, stride);
        x = through(x, (input) => pooledLeaky(conv(input, weights.stem, { pad: 'valid' }), 2));
        for (const [index, layer] of weights.layers.entries()) {
          const last = index === weights.layers.length - 1;
          x = through(x, (input) => pooledLeaky(separableConv(input, layer), last ? 1 : 2));
        }
        return conv(x, weights.last);
      });
      const values = (await output.data()) as Float32Array;
      const [, rows, columns] = output.shape;
      output.dispose();
      return decode(values, rows, columns, minScore);
    },
    dispose: () => tf.dispose(weights),
  };
}

/** Leaky ReLU and maximum pooling; they commute, and the pooled map is a quarter of the work. */
function pooledLeaky(x: tf.Tensor4D, step: 1 | 2): tf.Tensor4D {
  return tf.leakyRelu(
    through(x, (input) => tf.maxPool(input, 2, step, 'same')),
    0.1,
  );
}

/** Boxes of the grid, as YOLO v2 encodes them. */
function decode(values: Float32Array, rows: number, columns: number, minScore: number): Detection[] {
  const minLogit = Math.log(minScore / (1 - minScore));
  const detections: Detection[] = [];
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (const [anchorWidth, anchorHeight] of anchors) {
        const logit = values[at + 4]!;
        if (logit >= minLogit) {
          const width = Math.exp(values[at + 2]!) * anchorWidth * stride;
          const height = Math.exp(values[at + 3]!) * anchorHeight * stride;
          const centreX = (column + sigmoid(values[at]!)) * stride;
          const centreY = (row + sigmoid(values[at + 1]!)) * stride;
          detections.push({ x: centreX - width / 2, y: centreY - height / 2, width, height, score: sigmoid(logit) });
        }
        at += encoding;
      }
    }
  }
  return detections;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
