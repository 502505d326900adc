import type { RgbImage } from '../library/image.ts';

/** Axis-parallel box: top left corner and size, in pixels of whichever image it was found in; it may stick out of it. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A box that a detector takes for a face. */
export interface Detection extends Box {
  /** 0..1 */
  score: number;
  /** Eyes, nose and mouth corners as x, y pairs, left before right as seen, from detectors that find them. */
  points?: Float32Array;
}

/** Finds faces at one scale. Boxes are raw: several per face, in the detector's own framing. */
export interface FaceDetector {
  /**
   * @param image of any size; the faces that are found are those of a size that suits the network
   * @param minScore detections below it are left out
   */
  detect(image: RgbImage, minScore: number): Promise<Detection[]>;
  dispose(): Promise<void>;
}

/** Finds the facial landmarks inside a box. */
export interface LandmarkFinder {
  /**
   * @param roll radians by which the face is turned clockwise in the image
   * @returns 68 (x, y) pairs in pixels of `image`, in the order of dlib's shape predictor
   */
  find(image: RgbImage, box: Box, roll?: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}
