import type { EmbeddingRows } from './group-sums.ts';

/**
 * Per face, the squared L2 distance (0..4) to the centre of its group: the mean of the group's unit embeddings, scaled to
 * unit length. 0 for a face without a group.
 *
 * @param labels per face, the index of one fixed member of its group, or -1
 * @param before what came out for other labels of the same faces: only groups that have changed are looked at
 */
export function centreDistances(
  { embeddings, dimension }: EmbeddingRows,
  labels: Int32Array,
  before?: { labels: Int32Array; distances: Float32Array },
): Float32Array {
  const changed = before && changedLabels(before.labels, labels);
  const isKept = (label: number): boolean => label < 0 || changed?.has(label) === false;
  const sums = new Map<number, Float64Array>();
  labels.forEach((label, face) => {
    if (isKept(label)) return;
    const sum = sums.get(label) ?? new Float64Array(dimension);
    sums.set(label, sum);
    for (let k = 0, at = face * dimension; k < dimension; k++) sum[k]! += embeddings[at + k]!;
  });
  const norms = new Map([...sums].map(([label, sum]) => [label, Math.hypot(...sum)]));
  return Float32Array.from(labels, (label, face) => {
    if (isKept(label)) return label < 0 ? 0 : before!.distances[face]!;
    const sum = sums.get(label)!;
    let dot = 0;
    for (let k = 0, at = face * dimension; k < dimension; k++) dot += sum[k]! * embeddings[at + k]!;
    const norm = norms.get(label)!;
    return norm > 0 ? Math.max(0, 2 - (2 * dot) / norm) : 0;
  });
}

/** Labels of groups that gained or lost a face. */
function changedLabels(before: Int32Array, now: Int32Array): Set<number> {
  const changed = new Set<number>();
  now.forEach((label, face) => {
    if (label !== before[face]) changed.add(label).add(before[face]!);
  });
  return changed;
}

/** What makes a face a good picture of its group. */
export interface CoverCandidate {
  id: number;
  /** 0..1 */
  quality: number;
  /** Squared L2 distance (0..4) to the group's centre, as it would be with the built-in model. */
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
