import type { EmbeddingRows } from './group-sums.ts';

/**
 * Per face, the squared L2 distance (0..4) to the centre of its group: the mean of the group's unit embeddings, scaled to
 * unit length.
 *
 * @param labels per face, the index of one fixed member of its group
 */
export function centreDistances({ embeddings, dimension }: EmbeddingRows, labels: Int32Array): Float32Array {
  const sums = new Float64Array(embeddings.length);
  labels.forEach((label, face) => {
    for (let k = 0; k < dimension; k++) sums[label * dimension + k]! += embeddings[face * dimension + k]!;
  });
  const norms = new Map<number, number>();
  for (const label of new Set(labels)) {
    const sum = sums.subarray(label * dimension, (label + 1) * dimension);
    norms.set(label, Math.sqrt(sum.reduce((total, value) => total + value * value, 0)));
  }
  return Float32Array.from(labels, (label, face) => {
    let dot = 0;
    for (let k = 0; k < dimension; k++) dot += sums[label * dimension + k]! * embeddings[face * dimension + k]!;
    const norm = norms.get(label)!;
    return norm > 0 ? Math.max(0, 2 - (2 * dot) / norm) : 0;
  });
}

/** What makes a face a good picture of its group. */
export interface CoverCandidate {
  id: number;
  /** 0..1 */
  quality: number;
  /** Squared L2 distance (0..4) to the group's centre. */
  centreDistance: number;
}

/**
 * How much quality (0..1) a face may lose by being 1 farther from the centre. Faces of one person lie about 0.05 from
 * their centre and wrong ones 0.15 or more, so a stray face needs to be much better to stand for the group.
 */
const distanceWeight = 4;

/** The face that shows best who the group is: good, and near the group's centre; of equals, the smallest id. */
export function chooseCover<Face extends CoverCandidate>(faces: readonly Face[]): Face {
  const score = (face: CoverCandidate): number => face.quality - distanceWeight * face.centreDistance;
  return faces.reduce((best, face) => {
    const gain = score(face) - score(best);
    return gain > 0 || (gain === 0 && face.id < best.id) ? face : best;
  });
}
