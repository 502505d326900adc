import type { FaceEmbedder } from './detector.ts';
import { loadRecognitionNetwork, recognitionInputSize, recognitionOutputSize } from './networks/recognition-network.ts';
import { mirror } from './warp.ts';

/** dlib's recognition network on a face chip and its mirror image: their mean, normalised, halves the error of one. */
export async function loadFaceEmbedder(): Promise<FaceEmbedder> {
  const network = await loadRecognitionNetwork();
  return {
    chipSize: recognitionInputSize,
    async embed(chip) {
      return unitSum(await network.run([chip, mirror(chip)]));
    },
    dispose: () => network.dispose(),
  };
}

/** Sum of the rows of 128 numbers, scaled to length 1. */
function unitSum(rows: Float32Array): Float32Array {
  const sum = new Float32Array(recognitionOutputSize);
  for (const [i, value] of rows.entries()) sum[i % recognitionOutputSize]! += value;
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}
