import { chipTransform, pointsOfMean } from '../../../app/faces/alignment.ts';
import { stretchContrast } from '../../../app/faces/detection/image-changes.ts';
import { recognitionInputSize as side } from '../../../app/faces/networks/recognition-network.ts';
import type { PlacedFace } from '../../../app/faces/placing.ts';
import { aroundCentre, fitSimilarity, squareToTarget, warp, type Similarity } from '../../../app/faces/warp.ts';
import type { RgbImage } from '../../../app/library/image.ts';
import type { Look } from './steps.ts';

/** What the recognition network is given for one look at a face. */
export function chipOf(image: RgbImage, face: PlacedFace, look: Look): RgbImage {
  const { size = 1, roll = 0, right = 0, down = 0, gamma, stretched } = look;
  const turned = aroundCentre(cutOut(face, look.by), size, (roll * Math.PI) / 180, side);
  const chip = warp(image, { ...turned, tx: turned.tx + right * side, ty: turned.ty + down * side }, side);
  if (gamma !== undefined) return withGamma(chip, gamma);
  return stretched ? stretchContrast(chip) : chip;
}

function cutOut({ landmarks, pose, fivePoints, points }: PlacedFace, by: Look['by']): Similarity {
  switch (by) {
    case 'library-crop':
      return libraryCrop(landmarks);
    case 'five-landmarks':
      return chipTransform({ toMean: fitSimilarity(fivePoints, pointsOfMean) }, side);
    case 'landmarks':
      return chipTransform(pose, side);
    case 'points':
      return chipTransform({ toMean: fitSimilarity(points ?? fivePoints, pointsOfMean) }, side);
  }
}

/**
 * The square that face-api cuts out for its descriptors (`FaceLandmarks.alignDlib`): upright, by the centres of the eyes and
 * the mouth.
 */
function libraryCrop(landmarks: Float32Array): Similarity {
  const centre = (from: number, to: number): [number, number] => {
    let [x, y] = [0, 0];
    for (let i = from; i <= to; i++) {
      x += landmarks[2 * i]! / (to - from + 1);
      y += landmarks[2 * i + 1]! / (to - from + 1);
    }
    return [x, y];
  };
  const [left, right, mouth] = [centre(36, 41), centre(42, 47), centre(48, 67)];
  const toMouth = ([x, y]: [number, number]): number => Math.hypot(mouth[0] - x, mouth[1] - y);
  const crop = Math.max(1, Math.floor((toMouth(left) + toMouth(right)) / 2 / 0.45));
  const x = (left[0] + right[0] + mouth[0]) / 3 - 0.5 * crop;
  const y = (left[1] + right[1] + mouth[1]) / 3 - 0.43 * crop;
  return squareToTarget(Math.floor(Math.max(0, x)), Math.floor(Math.max(0, y)), crop, side);
}

function withGamma({ data, width, height }: RgbImage, gamma: number): RgbImage {
  const table = Uint8Array.from({ length: 256 }, (_, value) => Math.round(255 * (value / 255) ** gamma));
  return { data: data.map((value) => table[value]!), width, height };
}
