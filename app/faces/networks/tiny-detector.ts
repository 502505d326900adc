import type { Detection, FaceDetector } from '../detector.ts';
import { networkInput, type InputFormat, type Network } from './network.ts';

const format: InputFormat = {
  channels: 'rgb',
  mean: [117.001, 114.697, 97.404],
  scale: [1 / 255, 1 / 255, 1 / 255],
  layout: 'nhwc',
};
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

/** Finds faces with the built-in Tiny detector. */
export function tinyDetector(network: Network): FaceDetector {
  return {
    async detect(image, minScore) {
      const [grid] = await network.run(networkInput([image], format, stride));
      const [, rows = 0, columns = 0] = grid!.dims;
      return decode(grid!.data, rows, columns, minScore);
    },
    dispose: () => network.dispose(),
  };
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
