import type { RgbImage } from '../library/image.ts';

/** How well a face can be recognised. */
export interface FaceQuality {
  /** 0..1: 0.5 where three comparisons in a hundred are expected to go wrong. */
  score: number;
  /** Side of the stored box in pixels of the full-size photo. */
  sizePx: number;
  /** 0..1: fine detail in the face, 0.5 where it is just usable. */
  sharpness: number;
  /** 1 for a face seen from the front, 0 in profile. */
  pose: number;
}

/** Variance of the Laplacian (8-bit grey values) at which a face is as good as half. */
const halfSharpness = 40;
/** Share of comparisons gone wrong at which the score is 0.5. */
const halfError = 0.03;
/**
 * Log-odds that a comparison goes wrong: a constant, and by the logarithms of the disagreement and of the sharpness. Fitted on
 * 20,993 faces of `lfw-dev`, as they are and made small, blurred and dark, against other photos of the same and of other
 * people at one threshold. Size, exposure and how steadily the landmarks are found told nothing that these two do not.
 */
const errorModel = { constant: -0.255, disagreement: 2.355, sharpness: -1.358, least: 5 } as const;
/** Turned farther away than this, faces were too few to be fitted. */
const measuredPose = 1 / 3;

/**
 * @param sizePx side of the face's box in pixels of the full-size photo
 * @param chip the aligned face
 * @param points eyes, nose and mouth corners as `fivePoints` gives them, in any unit
 * @param disagreement of the face's views, as the embedder tells it
 */
export function faceQuality(sizePx: number, chip: RgbImage, points: Float32Array, disagreement: number): FaceQuality {
  const variance = laplacianVariance(chip);
  const pose = frontality(points);
  const { constant, least } = errorModel;
  const logOdds =
    constant +
    errorModel.disagreement * Math.log(Math.max(1e-3, disagreement)) +
    errorModel.sharpness * Math.log(variance + least);
  const error = 1 / (1 + Math.exp(-logOdds));
  return {
    score: (halfError / (halfError + error)) * Math.min(1, pose / measuredPose),
    sizePx,
    sharpness: variance / (variance + halfSharpness),
    pose,
  };
}

/**
 * Variance of the Laplacian over the middle of an image (Pech-Pacheco et al. 2000): a blurred image has little of it.
 * The outer sixth on each side is left out: background.
 */
export function laplacianVariance({ data, width, height }: RgbImage): number {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!;
  }
  const marginX = Math.max(1, Math.round(width / 6));
  const marginY = Math.max(1, Math.round(height / 6));
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let y = marginY; y < height - marginY; y++) {
    for (let x = marginX; x < width - marginX; x++) {
      const at = y * width + x;
      const value = 4 * grey[at]! - grey[at - 1]! - grey[at + 1]! - grey[at - width]! - grey[at + width]!;
      count++;
      sum += value;
      squares += value * value;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}

/**
 * How far a face is turned away: where the nose lies between the eyes, along the line through them, and between the eyes and
 * the mouth. 1 seen from the front, 0 where the nose reaches one eye (profile).
 */
export function frontality(points: Float32Array): number {
  const [leftX = 0, leftY = 0, rightX = 0, rightY = 0, noseX = 0, noseY = 0] = points;
  const mouthX = (points[6]! + points[8]!) / 2;
  const mouthY = (points[7]! + points[9]!) / 2;
  const eyesX = (leftX + rightX) / 2;
  const eyesY = (leftY + rightY) / 2;
  const acrossX = rightX - leftX;
  const acrossY = rightY - leftY;
  const eyeDistance = Math.hypot(acrossX, acrossY);
  const faceLength = Math.hypot(mouthX - eyesX, mouthY - eyesY);
  if (eyeDistance === 0 || faceLength === 0) return 0;
  const midX = (eyesX + mouthX) / 2;
  const midY = (eyesY + mouthY) / 2;
  const sideways = Math.abs(((noseX - midX) * acrossX + (noseY - midY) * acrossY) / eyeDistance) / (eyeDistance / 2);
  return Math.max(0, 1 - sideways);
}
