import type { RgbImage } from '../library/image.ts';

/** How well a face can be recognised. */
export interface FaceQuality {
  /** 0..1, the product of what size, sharpness and pose each allow. */
  score: number;
  /** Side of the stored box in pixels of the full-size photo. */
  sizePx: number;
  /** 0..1: fine detail in the face, 0.5 where it is just usable. */
  sharpness: number;
  /** 1 for a face seen from the front, 0 in profile. */
  pose: number;
}

/** Size at which a face is as good as half; the recognition network's chips show a face of 100 pixels. */
const halfSize = 32;
/** Variance of the Laplacian (8-bit grey values) at which a face is as good as half. */
const halfSharpness = 40;

/**
 * @param sizePx side of the face's box in pixels of the full-size photo
 * @param chip the aligned face
 * @param points eyes, nose and mouth corners as `fivePoints` gives them, in any unit
 */
export function faceQuality(sizePx: number, chip: RgbImage, points: Float32Array): FaceQuality {
  const variance = laplacianVariance(chip);
  const sharpness = variance / (variance + halfSharpness);
  const pose = frontality(points);
  const size = sizePx ** 2 / (sizePx ** 2 + halfSize ** 2);
  return { score: size * Math.min(1, 2 * sharpness) * pose, sizePx, sharpness, pose };
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
