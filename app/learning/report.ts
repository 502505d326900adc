import type { DistanceHistogram, RocPoint } from '../contract/learning.ts';
import { pairsOfFaces } from './evaluation/face-pairs.ts';
import { identificationRate } from './evaluation/identification.ts';
import type { FoldResult } from './gate.ts';
import type { RecognitionChange } from './training-messages.ts';

/** Squared L2 goes from 0 to 4. */
const farthest = 4;
const fineBins = 4000;
const shownBins = 60;
const rocPoints = 100;
/** Of the pairs of different people; farther ones are not shown. */
const shownShare = 0.999;

/** Pairs of held-out faces, counted by their distance. */
export interface DistanceCounts {
  same: Float64Array;
  different: Float64Array;
}

/** Over the pairs within each fold. */
export function countDistances(results: readonly FoldResult[]): DistanceCounts {
  const same = new Float64Array(fineBins);
  const different = new Float64Array(fineBins);
  for (const { heldOut, truth } of results) {
    const pairs = pairsOfFaces(heldOut, truth);
    for (const [i, distance] of pairs.distances.entries()) {
      const bin = Math.min(fineBins - 1, Math.max(0, Math.floor((distance / farthest) * fineBins)));
      (pairs.same[i] === 1 ? same : different)[bin]! += 1;
    }
  }
  return { same, different };
}

/** The curve at points that are evenly spaced in VAL or in FAR, whichever moves. */
export function rocCurve({ same, different }: DistanceCounts): RocPoint[] {
  const totals = [same, different].map((counts) => Math.max(1, sum(counts)));
  const points: RocPoint[] = [{ threshold: 0, far: 0, val: 0 }];
  let [accepted, wrong] = [0, 0];
  for (let bin = 0; bin < fineBins; bin++) {
    accepted += same[bin]! / totals[0]!;
    wrong += different[bin]! / totals[1]!;
    const last = points.at(-1)!;
    // Small FARs are what is looked at: they are told apart by their order of magnitude.
    const isFurther = accepted - last.val >= 1 / rocPoints || wrong > Math.max(last.far * 1.25, last.far + 1e-4);
    if (isFurther || bin === fineBins - 1) {
      points.push({
        threshold: ((bin + 1) / fineBins) * farthest,
        far: Math.min(1, wrong),
        val: Math.min(1, accepted),
      });
    }
  }
  return points;
}

/** @param end squared L2 of the last edge, see {@link shownRange} */
export function histogram({ same, different }: DistanceCounts, end: number): DistanceHistogram {
  const edges = Array.from({ length: shownBins + 1 }, (_, i) => (i * end) / shownBins);
  const shares = (counts: Float64Array): number[] => {
    const total = Math.max(1, sum(counts));
    const bins = new Array<number>(shownBins).fill(0);
    for (const [i, count] of counts.entries()) {
      const bin = Math.floor((((i + 0.5) / fineBins) * farthest * shownBins) / end);
      bins[Math.min(shownBins - 1, bin)]! += count / total;
    }
    return bins;
  };
  return { edges, same: shares(same), different: shares(different) };
}

/** Squared L2 within which nearly all pairs are. */
export function shownRange(pairs: readonly DistanceCounts[]): number {
  const ends = pairs.map(({ different }) => {
    const total = sum(different);
    let seen = 0;
    const bin = different.findIndex((count) => (seen += count) >= shownShare * total);
    return ((bin + 1) / fineBins) * farthest;
  });
  return Math.max(...ends);
}

/**
 * Held-out faces that are recognised otherwise: nearest to another person, or beyond the threshold that one stranger in a
 * hundred passes where they were within it.
 *
 * @param faces of each fold, the ids of its probes
 */
export function recognitionChanges(
  faces: readonly (readonly number[])[],
  before: readonly FoldResult[],
  after: readonly FoldResult[],
): RecognitionChange[] {
  const [seenBefore, seenAfter] = [recognised(before), recognised(after)];
  const truths = before.flatMap(({ probes }) => probes.map(({ truth }) => truth));
  return faces
    .flat()
    .map((faceId, i) => ({ faceId, truth: truths[i]!, before: seenBefore[i]!, after: seenAfter[i]! }))
    .filter((change) => (change.before === change.truth) !== (change.after === change.truth));
}

/** Per probe whom it is taken for; -1 for nobody. */
function recognised(results: readonly FoldResult[]): number[] {
  const probes = results.flatMap((result) => result.probes);
  const strangers = results.flatMap((result) => result.strangers);
  const once = new Uint32Array(probes.length + strangers.length).fill(1);
  const { threshold } = identificationRate(probes, strangers)(once);
  return probes.map(({ person, distance }) => (distance < threshold ? person : -1));
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
