import type { Detection, FaceDetector } from '../detector.ts';
import { networkInput, type InputFormat, type Network } from './network.ts';

const format: InputFormat = { channels: 'bgr', mean: [0, 0, 0], scale: [1, 1, 1], layout: 'nchw' };
/** Pixels per cell of the three maps. */
const strides = [8, 16, 32] as const;
const multiple = 32;

/** What the network gives for each cell, in the order of {@link yunetOutputs}: per stride a value, box and points. */
const kinds = ['cls', 'obj', 'bbox', 'kps'] as const;
/** Names of YuNet's outputs in the order that {@link yunetDetector} wants them. */
export const yunetOutputs: readonly string[] = strides.flatMap((stride) => kinds.map((kind) => `${kind}_${stride}`));

/**
 * YuNet (Wu et al. 2023): an anchor-free detector of boxes and five landmarks. It finds faces of about 10 to 300 pixels.
 *
 * @param network with the outputs {@link yunetOutputs}
 */
export function yunetDetector(network: Network): FaceDetector {
  return {
    async detect(image, minScore) {
      const outputs = await network.run(networkInput([image], format, multiple));
      const detections: Detection[] = [];
      for (const [k, stride] of strides.entries()) {
        const columns = Math.ceil(image.width / multiple) * (multiple / stride);
        const [classes, objects, boxes, marks] = outputs.slice(4 * k, 4 * k + 4).map(({ data }) => data);
        for (let cell = 0; cell < classes!.length; cell++) {
          const score = Math.sqrt(clamp(classes![cell]!) * clamp(objects![cell]!));
          if (score < minScore) continue;
          const column = cell % columns;
          const row = Math.floor(cell / columns);
          const width = Math.exp(boxes![4 * cell + 2]!) * stride;
          const height = Math.exp(boxes![4 * cell + 3]!) * stride;
          const x = (column + boxes![4 * cell]!) * stride - width / 2;
          const y = (row + boxes![4 * cell + 1]!) * stride - height / 2;
          const points = Float32Array.from({ length: 10 }, (_, i) => {
            return ((i % 2 === 0 ? column : row) + marks![10 * cell + i]!) * stride;
          });
          detections.push({ x, y, width, height, score, points });
        }
      }
      return detections;
    },
    dispose: () => network.dispose(),
  };
}

function clamp(score: number): number {
  return Math.min(1, Math.max(0, score));
}
