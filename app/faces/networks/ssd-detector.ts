import type { Detection, FaceDetector } from '../detector.ts';
import { networkInput, type InputFormat, type Network } from './network.ts';
import { predictorCount } from './ssd-network.ts';

const format: InputFormat = {
  channels: 'rgb',
  mean: [127.5, 127.5, 127.5],
  scale: [1 / 127.5, 1 / 127.5, 1 / 127.5],
  layout: 'nhwc',
};
/** The input's sides are padded to a multiple of this: the step of the largest map of the backbone. */
const multiple = 32;

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

/** Finds faces of about 30 to 500 pixels with the built-in SSD. */
export function ssdDetector(network: Network): FaceDetector {
  return {
    async detect(image, minScore) {
      const maps = await network.run(networkInput([image], format, multiple));
      const detections: Detection[] = [];
      for (let k = 0; k < predictorCount; k++) {
        const boxes = maps[2 * k]!;
        const classes = maps[2 * k + 1]!;
        const [, rows = 0, columns = 0] = boxes.dims;
        detections.push(...decode(k, boxes.data, classes.data, rows, columns, minScore));
      }
      return detections;
    },
    dispose: () => network.dispose(),
  };
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
