import tf from '@tensorflow/tfjs';
import type { RgbImage } from '../../library/image.ts';
import type { Detection, FaceDetector } from '../detector.ts';
import { conv, depthwiseConv, foldDepthwiseNorm, halving, imageTensor, through, type ConvWeights } from './layers.ts';
import { withPackWeights, type WeightLookup } from './model-pack.ts';

/** Layers of MobileNet v1 (the one at index 0 is a plain convolution) that halve the resolution. */
const halvingLayers = [2, 4, 6, 12];
const lastLayer = 13;
/** The first box predictor looks at this layer, the others at the last one and at four smaller maps after it. */
const firstPredictedLayer = 11;
const predictorCount = 6;
const mean = [127.5, 127.5, 127.5] as const;

/**
 * Anchor sizes of each predictor in pixels: those of an SSD with scales from 0.2 to 0.95 of a 512-pixel image. The boxes
 * depend on pixels alone, so the network runs at any input size: what it finds are faces of about 30 to 500 pixels.
 */
const anchorSizes: readonly (readonly [height: number, width: number][])[] = Array.from(
  { length: predictorCount },
  (_, k) => {
    const scale = (index: number): number => 512 * (index < predictorCount ? 0.2 + 0.15 * index : 1);
    const withAspect = (aspect: number): [number, number] => [
      scale(k) / Math.sqrt(aspect),
      scale(k) * Math.sqrt(aspect),
    ];
    if (k === 0) return [[51.2, 51.2], withAspect(2), withAspect(1 / 2)];
    const between = Math.sqrt(scale(k) * scale(k + 1));
    return [withAspect(1), [between, between], withAspect(2), withAspect(1 / 2), withAspect(3), withAspect(1 / 3)];
  },
);

type Predictor = {
  boxes: ConvWeights;
  classes: ConvWeights;
};

type SsdWeights = {
  stem: ConvWeights;
  layers: { depthwise: ConvWeights; pointwise: ConvWeights }[];
  extra: ConvWeights[];
  predictors: Predictor[];
};

/** Single-shot detector on MobileNet v1 (face-api's `ssdMobilenetv1`), run fully convolutionally. */
export async function loadSsdDetector(): Promise<FaceDetector> {
  const weights = await withPackWeights('ssdMobilenetv1', (weight) => tf.tidy(() => readWeights(weight)));
  return {
    async detect(image, minScore) {
      const maps = tf.tidy(() => run(weights, image));
      const detections: Detection[] = [];
      for (const [k, map] of maps.entries()) {
        const boxes = (await map.boxes.data()) as Float32Array;
        const classes = (await map.classes.data()) as Float32Array;
        const [, rows, columns] = map.boxes.shape;
        detections.push(...decode(k, boxes, classes, rows, columns, minScore));
      }
      tf.dispose(maps);
      return detections;
    },
    dispose: () => tf.dispose(weights),
  };
}

type PredictedMap = {
  boxes: tf.Tensor4D;
  classes: tf.Tensor4D;
};

function run(weights: SsdWeights, image: RgbImage): PredictedMap[] {
  const relu6 = { activation: 'relu6' } as const;
  const maps: PredictedMap[] = [];
  const predict = (x: tf.Tensor4D): void => {
    const { boxes, classes } = weights.predictors[maps.length]!;
    maps.push({ boxes: conv(x, boxes), classes: conv(x, classes) });
  };
  let x = imageTensor([image], mean, 1 / 127.5, 32);
  x = through(x, (input) => conv(input, weights.stem, { ...halving(input), ...relu6 }));
  for (const [index, { depthwise, pointwise }] of weights.layers.entries()) {
    const halves = halvingLayers.includes(index + 1);
    x = through(x, (input) => depthwiseConv(input, depthwise, { ...(halves ? halving(input) : {}), ...relu6 }));
    x = through(x, (input) => conv(input, pointwise, relu6));
    if (index + 1 === firstPredictedLayer || index + 1 === lastLayer) predict(x);
  }
  for (const [index, extra] of weights.extra.entries()) {
    const halves = index % 2 === 1;
    x = through(x, (input) => conv(input, extra, { ...(halves ? halving(input) : {}), ...relu6 }));
    if (halves) predict(x);
  }
  return maps;
}

/** Boxes of one predictor's map, as SSD encodes them. */
function decode(
  predictor: number,
  boxes: Float32Array,
  classes: Float32Array,
  rows: number,
  columns: number,
  minScore: number,
): Detection[] {
  const anchors = anchorSizes[predictor]!;
  const stride = 16 << predictor;
  const minLogit = Math.log(minScore / (1 - minScore));
  const detections: Detection[] = [];
  let index = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (const [anchorHeight, anchorWidth] of anchors) {
        // Three classes: background, face, and one that was never trained.
        const logit = classes[index * 3 + 1]!;
        if (logit >= minLogit) {
          const height = anchorHeight * Math.exp(boxes[index * 4 + 2]! / 5);
          const width = anchorWidth * Math.exp(boxes[index * 4 + 3]! / 5);
          const centreY = (row + 0.5) * stride + (boxes[index * 4]! / 10) * anchorHeight;
          const centreX = (column + 0.5) * stride + (boxes[index * 4 + 1]! / 10) * anchorWidth;
          const score = 1 / (1 + Math.exp(-logit));
          detections.push({ x: centreX - width / 2, y: centreY - height / 2, width, height, score });
        }
        index++;
      }
    }
  }
  return detections;
}

function readWeights(weight: WeightLookup): SsdWeights {
  const backbone = 'mobilenetv1';
  const head = 'prediction_layer';
  const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  return {
    stem: normed(weight, `${backbone}/conv_0`),
    layers: indices(lastLayer).map((i) => ({
      depthwise: foldDepthwiseNorm(weight(`${backbone}/conv_${i + 1}/depthwise_conv/filters`), {
        mean: weight(`${backbone}/conv_${i + 1}/depthwise_conv/batch_norm_mean`),
        variance: weight(`${backbone}/conv_${i + 1}/depthwise_conv/batch_norm_variance`),
        scale: weight(`${backbone}/conv_${i + 1}/depthwise_conv/batch_norm_scale`),
        offset: weight(`${backbone}/conv_${i + 1}/depthwise_conv/batch_norm_offset`),
        epsilon: 0.001,
      }),
      pointwise: normed(weight, `${backbone}/conv_${i + 1}/pointwise_conv`),
    })),
    extra: indices(8).map((i) => normed(weight, `${head}/conv_${i}`)),
    predictors: indices(predictorCount).map((k) => ({
      boxes: biased(weight, `${head}/box_predictor_${k}/box_encoding_predictor`),
      classes: biased(weight, `${head}/box_predictor_${k}/class_predictor`),
    })),
  };
}

/** A convolution whose normalisation came folded in. */
function normed(weight: WeightLookup, path: string): ConvWeights {
  return {
    filter: tf.clone(weight<tf.Tensor4D>(`${path}/filters`)),
    bias: tf.clone(weight<tf.Tensor1D>(`${path}/batch_norm_offset`)),
  };
}

function biased(weight: WeightLookup, path: string): ConvWeights {
  return {
    filter: tf.clone(weight<tf.Tensor4D>(`${path}/filters`)),
    bias: tf.clone(weight<tf.Tensor1D>(`${path}/bias`)),
  };
}
