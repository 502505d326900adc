import type { RgbImage } from '../library/image.ts';
import { apply, fitSimilarity, invert, scaleOf, warp, type Similarity } from './warp.ts';
import type { Box } from './detector.ts';

/** x of the mean face's axis of symmetry. */
const middle = 0.49;

/**
 * The mean face: where the landmarks of nose, eyes and mouth lie on average (measured on 1,696 photos, symmetrised), in the
 * frame of dlib's mean face, on which its recognition network was trained: a square from the eyebrows to the lower lip.
 * Brows, jaw and lower lip are left out: they move with the face's expression and the landmark network finds them worst.
 * Here those on the axis ...
 */
const middlePoints: readonly (readonly [landmark: number, y: number])[] = [
  [27, 0.224],
  [28, 0.335],
  [29, 0.436],
  [30, 0.53],
  [33, 0.616],
  [51, 0.731],
  [62, 0.774],
  [66, 0.834],
];

/** ... and the others, each with its mirror image's number. */
const pairedPoints: readonly (readonly [left: number, right: number, x: number, y: number])[] = [
  [31, 35, 0.389, 0.588],
  [32, 34, 0.433, 0.603],
  [36, 45, 0.129, 0.205],
  [37, 44, 0.183, 0.182],
  [38, 43, 0.261, 0.18],
  [39, 42, 0.331, 0.216],
  [40, 47, 0.269, 0.238],
  [41, 46, 0.187, 0.239],
  [48, 54, 0.264, 0.791],
  [49, 53, 0.342, 0.751],
  [50, 52, 0.441, 0.72],
  [60, 64, 0.279, 0.791],
  [61, 63, 0.42, 0.775],
  [67, 65, 0.422, 0.827],
];

const meanFace: readonly (readonly [landmark: number, x: number, y: number])[] = [
  ...middlePoints.map(([index, y]) => [index, middle, y] as const),
  ...pairedPoints.map(([index, , x, y]) => [index, x, y] as const),
  ...pairedPoints.map(([, index, x, y]) => [index, 2 * middle - x, y] as const),
];
const meanCoordinates = meanFace.flatMap(([, x, y]) => [x, y]);

/** Margin around the mean face in dlib's chips, as a part of its side. */
const chipPadding = 0.25;

/** Eyes, nose and mouth corners of the mean face, as a detector places them (measured with YuNet). */
export const pointsOfMean: readonly number[] = [0.221, 0.227, 0.778, 0.226, 0.499, 0.545, 0.26, 0.808, 0.751, 0.806];

/** A face placed against the mean face. */
export interface FacePose {
  /** Takes image pixels to the unit square of the mean face. */
  toMean: Similarity;
  /** Root mean square distance between the placed landmarks and the mean face's, in its unit: how unlike a face they lie. */
  misfit: number;
}

/** @param landmarks 68 (x, y) pairs in pixels */
export function placeFace(landmarks: Float32Array): FacePose {
  const from = meanFace.flatMap(([index]) => [landmarks[2 * index]!, landmarks[2 * index + 1]!]);
  const toMean = fitSimilarity(from, meanCoordinates);
  let squares = 0;
  for (const [index, x, y] of meanFace) {
    const [u, v] = apply(toMean, landmarks[2 * index]!, landmarks[2 * index + 1]!);
    squares += (u - x) ** 2 + (v - y) ** 2;
  }
  return { toMean, misfit: Math.sqrt(squares / meanFace.length) };
}

/** Transform from image pixels to a chip of `size` pixels: the mean face with its padding all around. */
export function chipTransform({ toMean }: Pick<FacePose, 'toMean'>, size: number): Similarity {
  const scale = size / (1 + 2 * chipPadding);
  return {
    a: toMean.a * scale,
    b: toMean.b * scale,
    tx: (toMean.tx + chipPadding) * scale,
    ty: (toMean.ty + chipPadding) * scale,
  };
}

/** The face upright and centred as the recognition network was trained on: dlib's face chip. */
export function alignedChip(image: RgbImage, pose: FacePose, size: number): RgbImage {
  return warp(image, chipTransform(pose, size), size);
}

/**
 * The square, axis-parallel box that Kindred stores for a face, from eyebrows to chin, as dlib's boxes are: it follows from
 * the landmarks, so every detector frames a face alike.
 */
export function faceBox({ toMean }: FacePose): Box {
  const [x, y] = apply(invert(toMean), boxCentre[0], boxCentre[1]);
  const side = boxSide / scaleOf(toMean);
  return { x: x - side / 2, y: y - side / 2, width: side, height: side };
}

/** Fitted on hand-drawn boxes of this framing. */
const boxCentre = [0.485, 0.51] as const;
const boxSide = 1.35;

/**
 * Five points that say where a face looks: centres of both eyes, tip of the nose, corners of the mouth.
 *
 * @param landmarks 68 (x, y) pairs
 * @returns 10 numbers: x, y of the left eye, right eye, nose, left and right mouth corner, as seen in the picture
 */
export function fivePoints(landmarks: Float32Array): Float32Array {
  const mean = (from: number, to: number): [number, number] => {
    let x = 0;
    let y = 0;
    for (let i = from; i <= to; i++) {
      x += landmarks[2 * i]! / (to - from + 1);
      y += landmarks[2 * i + 1]! / (to - from + 1);
    }
    return [x, y];
  };
  return Float32Array.from([...mean(36, 41), ...mean(42, 47), ...mean(30, 30), ...mean(48, 48), ...mean(54, 54)]);
}
