import type { RgbImage } from '../library/image.ts';
import { chipTransform, pointsOfMean } from './alignment.ts';
import type { Care } from './models/choice.ts';
import type { EmbedderManifest } from './models/manifest.ts';
import { networkInput, type InputFormat, type Network } from './networks/network.ts';
import { recognitionInputSize } from './networks/recognition-network.ts';
import type { PlacedFace } from './placing.ts';
import { aroundCentre, fitSimilarity, mirror, warp, type Similarity } from './warp.ts';

/** Makes a unit embedding of a face's features. */
export type ApplyHead = (features: Float32Array) => Float32Array;

/** Turns faces into points of a space where distance means difference between people. */
export interface FaceEmbedder {
  embed(image: RgbImage, face: PlacedFace): Promise<FaceEmbedding>;
  /** Of a square of the image, for evaluation where no face was found. */
  embedSquare(image: RgbImage, toUnitSquare: Similarity): Promise<FaceEmbedding>;
  dispose(): Promise<void>;
}

export interface FaceEmbedding {
  /** Unit vector. */
  vector: Float32Array;
  /**
   * By how much the views of the face differ, as a multiple of what is usual for a good photo (about 0.5 to 5): the mean
   * cosine distance between their embeddings.
   */
  disagreement: number;
  /** What the network's last layer makes the embedding of, mean over the views, where the network tells. */
  features?: Float32Array;
  /** Where a trained head made the vector of the features: what the network makes of the face by itself. */
  parentVector?: Float32Array;
}

/** How a chip is changed before it is embedded: size, and radians clockwise. */
interface View {
  size: number;
  roll: number;
}

const plain: View = { size: 1, roll: 0 };
/** An embedding is the mean over a face seen a little smaller and a little larger, which the network was not taught to ignore. */
const sizes: readonly View[] = [
  { size: 0.92, roll: 0 },
  { size: 1.08, roll: 0 },
];
/** The detector's own points err otherwise than the landmarks: by them it is seen turned a little, and larger once more. */
const viewsByPoints: readonly View[] = [
  { size: 1, roll: Math.PI / 36 },
  { size: 1, roll: -Math.PI / 36 },
  { size: 1.08, roll: 0 },
];

/** How dlib's network takes its chips. */
export const dlibFormat: InputFormat = {
  channels: 'rgb',
  mean: [122.782, 117.001, 104.298],
  scale: [1 / 255, 1 / 255, 1 / 255],
  layout: 'nhwc',
};

/** Mean cosine distance between the views of a good photo (the median on `lfw-dev`), by what is done. */
const usualDisagreement = { careful: 0.0134, quick: 0.0093, byPoints: 0.0128 } as const;

/**
 * dlib's recognition network, on face chips and their mirror images: the mean, normalised.
 *
 * `careful` takes the chip at two sizes, and where the detector gives points of its own, three views aligned by them as well;
 * what each brings is in docs/accuracy.md.
 *
 * @param network with the outputs `embedding` and `features`
 * @param size side of its input in pixels
 */
export function builtInEmbedder(network: Network, care: Care, size = recognitionInputSize): FaceEmbedder {
  return embedderOf(network, dlibFormat, size, (face) => {
    const byLandmarks = chipTransform(face.pose, size);
    if (care === 'quick') return { chips: [byLandmarks], usual: usualDisagreement.quick };
    const chips = seen(byLandmarks, sizes, size);
    if (!face.points) return { chips, usual: usualDisagreement.careful };
    const byPoints = chipTransform({ toMean: fitSimilarity(face.points, pointsOfMean) }, size);
    return { chips: [...chips, ...seen(byPoints, viewsByPoints, size)], usual: usualDisagreement.byPoints };
  });
}

/**
 * The embedder with a trained head on its features. How good a face is found to be does not change: that is told by the
 * network's own embeddings.
 */
export function withHead(embedder: FaceEmbedder, head: ApplyHead): FaceEmbedder {
  const apply = ({ vector, features, ...rest }: FaceEmbedding): FaceEmbedding => {
    if (!features) throw new Error('The network gives no features for the head.');
    return { ...rest, features, vector: head(features), parentVector: vector };
  };
  return {
    embed: async (image, face) => apply(await embedder.embed(image, face)),
    embedSquare: async (image, square) => apply(await embedder.embedSquare(image, square)),
    dispose: () => embedder.dispose(),
  };
}

/** An embedder that a pack brings: on chips aligned by five points, and their mirror images. */
export function packEmbedder(network: Network, manifest: EmbedderManifest, care: Care): FaceEmbedder {
  const { size, referencePoints, threshold } = manifest;
  // Nothing was measured for it: distances are taken to be to the threshold as they are for the built-in network.
  const usual = (usualDisagreement[care] * threshold) / 0.1125;
  return embedderOf(network, manifest, size, (face) => {
    const aligned = fitSimilarity(face.points ?? face.fivePoints, referencePoints);
    return { chips: seen(aligned, care === 'quick' ? [plain] : sizes, size), usual };
  });
}

/** From the image to the network's input, several times, and by how much what comes of it usually differs. */
interface Views {
  chips: readonly Similarity[];
  usual: number;
}

function embedderOf(
  network: Network,
  format: InputFormat,
  size: number,
  viewsOf: (face: PlacedFace) => Views,
): FaceEmbedder {
  const embed = async (image: RgbImage, { chips, usual }: Views): Promise<FaceEmbedding> => {
    const images = chips.map((transform) => warp(image, transform, size));
    images.push(...images.map(mirror));
    const [embeddings, features] = await network.run(networkInput(images, format));
    const vector = unit(sumOfRows(embeddings!.data, images.length));
    return {
      vector,
      disagreement: meanCosineDistance(embeddings!.data, images.length) / usual,
      ...(features && { features: sumOfRows(features.data, images.length).map((sum) => sum / images.length) }),
    };
  };
  return {
    embed: (image, face) => embed(image, viewsOf(face)),
    embedSquare: (image, { a, b, tx, ty }) =>
      embed(image, {
        chips: [{ a: a * size, b: b * size, tx: tx * size, ty: ty * size }],
        usual: usualDisagreement.quick,
      }),
    dispose: () => network.dispose(),
  };
}

function seen(transform: Similarity, views: readonly View[], size: number): Similarity[] {
  return views.map((view) => aroundCentre(transform, view.size, view.roll, size));
}

function sumOfRows(rows: Float32Array, count: number): Float32Array {
  const length = rows.length / count;
  const sum = new Float32Array(length);
  for (const [i, value] of rows.entries()) sum[i % length]! += value;
  return sum;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** Over all pairs of rows, from the length of the sum of their unit vectors: |sum|² = count + count·(count − 1)·mean cosine. */
function meanCosineDistance(rows: Float32Array, count: number): number {
  const length = rows.length / count;
  const units = new Float32Array(rows.length);
  for (let row = 0; row < count; row++) {
    units.set(unit(rows.subarray(row * length, (row + 1) * length)), row * length);
  }
  const squared = sumOfRows(units, count).reduce((total, value) => total + value ** 2, 0);
  return 1 - (squared - count) / (count * (count - 1));
}
