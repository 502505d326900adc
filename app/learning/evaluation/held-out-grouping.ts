import { clusterFaces } from '../../people/cluster.ts';
import { NeighbourGraph } from '../../people/neighbours.ts';
import { pairsOfFaces } from './face-pairs.ts';

/** Faces whose person is known, among others of the library. */
export interface HeldOutFaces {
  /** Unit rows. */
  heldOut: Float32Array;
  /** Person of each. */
  truth: Int32Array;
  /** Unit rows of faces that nobody has confirmed. */
  others: Float32Array;
  /** Per such face, the people that it may show: with them it may be grouped. */
  mayBe: readonly (readonly number[])[];
}

/**
 * Share of the pairs of different people that may be nearer than the threshold under which groups unite: as many as the shipped
 * threshold lets through on photos like those it was tuned on. On poor photos grouping is near its best there too
 * (docs/learning.md), with most of what is grouped being right.
 */
const groupingFar = 3e-4;
/** So that three of ten thousand are three. */
const rounding = 1e-9;
/** A share of the pairs that few pairs are enough to tell. */
const coarseShare = 0.05;

/**
 * The threshold for grouping by a model's distances between different people who were held out. Where these are too few to
 * tell one pair in thousands, it follows the scale of the distances, from the model of before.
 *
 * @param different squared L2 (0..4) of pairs of different people
 * @param before the same pairs by the model of before, and its threshold
 */
export function calibratedThreshold(
  different: readonly number[],
  before: { different: readonly number[]; threshold: number },
): number {
  if (groupingFar * different.length + rounding >= 1) return groupingThreshold(different);
  const coarse = (distances: readonly number[]): number =>
    distances.toSorted((a, b) => a - b)[Math.floor(coarseShare * distances.length)] ?? 1;
  return before.threshold * (coarse(different) / (coarse(before.different) || 1));
}

/** The threshold that as many pairs of different people pass as may: none of them where they are few. */
export function groupingThreshold(different: readonly number[]): number {
  return different.toSorted((a, b) => a - b)[Math.floor(groupingFar * different.length + rounding)] ?? 1;
}

/** Squared L2 (0..4) between the held-out faces of different people. */
export function differentDistances({ heldOut, truth }: HeldOutFaces): number[] {
  const { distances, same } = pairsOfFaces(heldOut, truth);
  return Array.from(distances).filter((_, i) => same[i] === 0);
}

/**
 * How well faces whose person is known fall into groups of one person each, in a library where others are too: BCubed F.
 *
 * @param threshold squared L2 (0..4)
 */
export function groupingScore({ heldOut, truth, others, mayBe }: HeldOutFaces, threshold: number): number {
  const known = truth.length;
  if (known === 0) return 1;
  const dimension = heldOut.length / known;
  const count = known + mayBe.length;
  const embeddings = new Float32Array(count * dimension);
  embeddings.set(heldOut);
  embeddings.set(others, heldOut.length);
  const graph = new NeighbourGraph({ dimension, radius: threshold });
  graph.add(embeddings);
  const faces = {
    embeddings,
    dimension,
    photos: Int32Array.from({ length: count }, (_, i) => i),
    founding: new Uint8Array(count).fill(1),
  };
  const { labels } = clusterFaces(faces, graph.within(threshold), { threshold });
  return bcubedF(labels, truth, mayBe);
}

/**
 * BCubed F (Bagga and Baldwin, 1998) over the faces whose person is known. Others in a group are wrong there, unless they may
 * show that person: those do not count.
 */
export function bcubedF(labels: ArrayLike<number>, truth: Int32Array, mayBe: readonly (readonly number[])[]): number {
  const groups = new Map<number, { known: number[]; others: number[] }>();
  const groupOf = (label: number): { known: number[]; others: number[] } => {
    let group = groups.get(label);
    if (!group) groups.set(label, (group = { known: [], others: [] }));
    return group;
  };
  const sizes = new Map<number, number>();
  for (let face = 0; face < truth.length; face++) {
    groupOf(labels[face]!).known.push(truth[face]!);
    sizes.set(truth[face]!, (sizes.get(truth[face]!) ?? 0) + 1);
  }
  for (let other = 0; other < mayBe.length; other++) groupOf(labels[truth.length + other]!).others.push(other);
  let [precision, recall] = [0, 0];
  for (const { known, others } of groups.values()) {
    for (const person of new Set(known)) {
      const own = known.filter((each) => each === person).length;
      const wrong = others.filter((other) => !mayBe[other]!.includes(person)).length;
      precision += (own * own) / (known.length + wrong);
      recall += (own * own) / sizes.get(person)!;
    }
  }
  const total = precision + recall;
  return total === 0 ? 0 : (2 * precision * recall) / total / truth.length;
}
