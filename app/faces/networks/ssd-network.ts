import type { Architecture } from './layers.ts';
import { foldDepthwiseNorm, readWeights, type ConvWeights, type WeightLookup } from './weights.ts';

/** Layers of MobileNet v1 (the one at index 0 is a plain convolution) that halve the resolution. */
const halvingLayers = [2, 4, 6, 12];
const lastLayer = 13;
const extraLayers = 8;
/** The first box predictor looks at this layer, the others at the last one and at four smaller maps after it. */
const firstPredictedLayer = 11;
export const predictorCount = 6;

/**
 * Single-shot detector on MobileNet v1 (face-api's `ssdMobilenetv1`), fully convolutional. Outputs: `boxes_k` and `classes_k`
 * of each predictor, as SSD encodes them.
 */
export async function ssdNetwork(): Promise<Architecture> {
  const weight = await readWeights('ssdMobilenetv1');
  const indices = (count: number): number[] => [...Array(count).keys()];
  const stem = normed(weight, 'mobilenetv1/conv_0');
  const backbone = indices(lastLayer).map((i) => ({
    depthwise: normedDepthwise(weight, `mobilenetv1/conv_${i + 1}/depthwise_conv`),
    pointwise: normed(weight, `mobilenetv1/conv_${i + 1}/pointwise_conv`),
  }));
  const extra = indices(extraLayers).map((i) => normed(weight, `prediction_layer/conv_${i}`));
  const predictors = indices(predictorCount).map((k) => ({
    boxes: biased(weight, `prediction_layer/box_predictor_${k}/box_encoding_predictor`),
    classes: biased(weight, `prediction_layer/box_predictor_${k}/class_predictor`),
  }));
  const relu6 = { activation: 'relu6' } as const;
  const halving = { stride: 2, pad: 'end', ...relu6 } as const;
  return {
    name: 'ssd-mobilenet-v1',
    outputs: indices(predictorCount).flatMap((k) => [`boxes_${k}`, `classes_${k}`]),
    build(layers, input) {
      const maps: (typeof input)[] = [];
      const predict = (x: typeof input): void => {
        const { boxes, classes } = predictors[maps.length / 2]!;
        maps.push(layers.conv(x, boxes), layers.conv(x, classes));
      };
      let x = layers.through(input, (y) => layers.conv(y, stem, halving));
      for (const [index, { depthwise, pointwise }] of backbone.entries()) {
        const halves = halvingLayers.includes(index + 1);
        x = layers.through(x, (y) => layers.depthwise(y, depthwise, halves ? halving : relu6));
        x = layers.through(x, (y) => layers.conv(y, pointwise, relu6));
        if (index + 1 === firstPredictedLayer || index + 1 === lastLayer) predict(x);
      }
      for (const [index, weights] of extra.entries()) {
        const halves = index % 2 === 1;
        x = layers.through(x, (y) => layers.conv(y, weights, halves ? halving : relu6));
        if (halves) predict(x);
      }
      return maps;
    },
  };
}

/** A convolution whose normalisation came folded in. */
function normed(weight: WeightLookup, path: string): ConvWeights {
  return { filter: weight(`${path}/filters`), bias: weight(`${path}/batch_norm_offset`) };
}

function normedDepthwise(weight: WeightLookup, path: string): ConvWeights {
  return foldDepthwiseNorm(weight(`${path}/filters`), {
    mean: weight(`${path}/batch_norm_mean`),
    variance: weight(`${path}/batch_norm_variance`),
    scale: weight(`${path}/batch_norm_scale`),
    offset: weight(`${path}/batch_norm_offset`),
    epsilon: 0.001,
  });
}

function biased(weight: WeightLookup, path: string): ConvWeights {
  return { filter: weight(`${path}/filters`), bias: weight(`${path}/bias`) };
}
