import { bootstrapIntervals, type BootstrapOptions, type Interval } from './bootstrap.ts';
import type { PrecisionRecall } from './clustering.ts';
import { qualityThirds, type QualityBand } from './quality-bands.ts';

export type PrecisionRecallIntervals = Record<keyof PrecisionRecall, Interval | null>;

export interface ClusteringBand extends QualityBand {
  faces: number;
  /** Averages over the band's faces, each face among all others of whatever quality. */
  bcubed: PrecisionRecall;
  intervals: { bcubed: PrecisionRecallIntervals };
}

export interface ClusteringDetail {
  /** 95 %. */
  intervals: { bcubed: PrecisionRecallIntervals; pairwise: PrecisionRecallIntervals };
  /** By thirds of the faces' quality, poorest first. */
  byQuality: ClusteringBand[];
}

/**
 * How sure the scores of {@link clusteringScores} are, and how they depend on the quality of the faces.
 *
 * Identities are drawn anew, as the faces of one are found or lost together. The grouping stays as it is: each identity
 * brings what its faces add to the scores, and of the pairs that were wrongly grouped with another identity one half.
 *
 * @param labels per face, any number that tells its cluster
 * @param truth per face, any number that tells its identity
 * @param qualities per face, 0..1
 */
export function clusteringDetail(
  labels: ArrayLike<number>,
  truth: ArrayLike<number>,
  qualities: readonly number[],
  options: BootstrapOptions = {},
): ClusteringDetail {
  const { bands, of } = qualityThirds(qualities);
  const clusterSizes = countOf(labels);
  const identitySizes = countOf(truth);
  const cells = new Map<string, number>();
  const cellOf = (i: number): string => `${labels[i]!}/${truth[i]!}`;
  for (let i = 0; i < of.length; i++) cells.set(cellOf(i), (cells.get(cellOf(i)) ?? 0) + 1);

  const identities = new Map([...identitySizes.keys()].map((identity, at) => [identity, at]));
  const sums = Array.from(identities, () => newSums(bands.length));
  for (let i = 0; i < of.length; i++) {
    const shared = cells.get(cellOf(i))!;
    const inCluster = clusterSizes.get(labels[i]!)!;
    const ofIdentity = identitySizes.get(truth[i]!)!;
    const sum = sums[identities.get(truth[i]!)!]!;
    const face = [1, shared / inCluster, shared / ofIdentity] as const;
    // Half of the pairs of every face: each pair has two of them.
    add(sum.pairs, [(shared - 1) / 2, (inCluster - 1) / 2, (ofIdentity - 1) / 2], 1);
    add(sum.faces, face, 1);
    add(sum.bands[of[i]!]!, face, 1);
  }

  const total = (draws?: Uint32Array): Sums => {
    const all = newSums(bands.length);
    for (const [identity, sum] of sums.entries()) {
      const times = draws?.[identity] ?? 1;
      if (times === 0) continue;
      add(all.pairs, sum.pairs, times);
      add(all.faces, sum.faces, times);
      for (const [band, bandSum] of sum.bands.entries()) add(all.bands[band]!, bandSum, times);
    }
    return all;
  };
  const intervals = bootstrapIntervals(
    [[...sums.keys()]],
    (draws) => {
      const all = total(draws);
      return Object.fromEntries([
        ...named('bcubed', bcubedOf(all.faces)),
        ...named('pairwise', pairwiseOf(all.pairs)),
        ...all.bands.flatMap((sum, band) => named(`band ${band}`, bcubedOf(sum))),
      ]);
    },
    options,
  );
  const intervalsOf = (prefix: string): PrecisionRecallIntervals => ({
    precision: intervals[`${prefix} precision`] ?? null,
    recall: intervals[`${prefix} recall`] ?? null,
    f: intervals[`${prefix} f`] ?? null,
  });
  return {
    intervals: { bcubed: intervalsOf('bcubed'), pairwise: intervalsOf('pairwise') },
    byQuality: total().bands.map((sum, band) => ({
      ...bands[band]!,
      faces: sum[0],
      bcubed: bcubedOf(sum),
      intervals: { bcubed: intervalsOf(`band ${band}`) },
    })),
  };
}

/** For faces: how many, and the sums of their precision and recall. For pairs: shared, grouped, true. */
type Triple = [number, number, number];

interface Sums {
  pairs: Triple;
  faces: Triple;
  bands: Triple[];
}

function newSums(bandCount: number): Sums {
  return { pairs: [0, 0, 0], faces: [0, 0, 0], bands: Array.from({ length: bandCount }, (): Triple => [0, 0, 0]) };
}

function add(to: Triple, values: readonly [number, number, number], times: number): void {
  for (let i = 0; i < 3; i++) to[i]! += times * values[i]!;
}

function bcubedOf([faces, precision, recall]: Triple): PrecisionRecall {
  return withF(precision / faces, recall / faces);
}

function pairwiseOf([shared, grouped, belonging]: Triple): PrecisionRecall {
  return withF(shared / grouped, shared / belonging);
}

function withF(precision: number, recall: number): PrecisionRecall {
  const sum = precision + recall;
  return { precision, recall, f: sum === 0 ? 0 : (2 * precision * recall) / sum };
}

function named(prefix: string, scores: PrecisionRecall): [name: string, value: number][] {
  return Object.entries(scores).map(([name, value]) => [`${prefix} ${name}`, value as number]);
}

function countOf(values: ArrayLike<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < values.length; i++) counts.set(values[i]!, (counts.get(values[i]!) ?? 0) + 1);
  return counts;
}
