import type { Architecture } from './layers.ts';
import { readWeights, type SeparableWeights } from './weights.ts';

/** Tiny YOLO v2 with separable convolutions (face-api's `tinyFaceDetector`). Output: `grid`, as YOLO v2 encodes boxes. */
export async function tinyNetwork(): Promise<Architecture> {
  const weight = await readWeights('tinyFaceDetector');
  const stem = { filter: weight('conv0/filters'), bias: weight('conv0/bias') };
  const separables = [1, 2, 3, 4, 5].map((i): SeparableWeights => ({
    depthwise: weight(`conv${i}/depthwise_filter`),
    pointwise: { filter: weight(`conv${i}/pointwise_filter`), bias: weight(`conv${i}/bias`) },
  }));
  const last = { filter: weight('conv8/filters'), bias: weight('conv8/bias') };
  return {
    name: 'tiny-face-detector',
    outputs: ['grid'],
    build(layers, input) {
      // Rectifier and pool commute, and the pooled map is a quarter of the work.
      const pooled = (x: typeof input, stride: number): typeof input =>
        layers.leakyRelu(
          layers.through(x, (y) => layers.maxPool(y, 2, stride, 'end')),
          0.1,
        );
      let x = layers.through(input, (y) => pooled(layers.conv(y, stem, { pad: 'valid' }), 2));
      for (const [index, layer] of separables.entries()) {
        const stride = index === separables.length - 1 ? 1 : 2;
        x = layers.through(x, (y) => pooled(layers.separable(y, layer), stride));
      }
      return [layers.conv(x, last)];
    },
  };
}
