import { bootstrapIntervals, type BootstrapOptions, type Interval } from './bootstrap.ts';
import { qualityThirds, type QualityBand } from './quality-bands.ts';
import { foldThresholds, scoreFolds, sortPairs, type FoldThresholds, type ScoredPair } from './verification.ts';

export interface ScoredPairWithQuality extends ScoredPair {
  /** The lower quality (0..1) of the two faces. */
  quality: number;
}

/** Shares of the pairs of one band, all folds together, each pair judged at its fold's thresholds. */
interface BandShares {
  /** Share of pairs judged right. */
  accuracy: number | null;
  /** Share of same pairs accepted, and of different ones. */
  val: number | null;
  far: number | null;
  /** Share of same pairs accepted at the threshold that accepts one in a thousand different pairs of any quality. */
  valAtFar1e3: number | null;
}

export interface VerificationBand extends QualityBand, BandShares {
  pairs: number;
  same: number;
  different: number;
  intervals: Record<keyof BandShares, Interval | null>;
}

export interface VerificationDetail {
  /** 95 %. */
  intervals: Record<'accuracy' | 'valAtFar1e3' | 'auc' | 'threshold', Interval | null>;
  /** By thirds of the pairs' quality, poorest first. */
  byQuality: VerificationBand[];
}

/**
 * How sure the scores of {@link evaluateVerification} are, and how they depend on the quality of the faces.
 *
 * Pairs are drawn anew within each fold, same and different ones for themselves, and every threshold is chosen anew from
 * what was drawn: VAL@FAR=1e-3 hangs on the few nearest different pairs, more than on anything else. Pairs that share a
 * person are not as independent as this takes them to be, so the intervals are rather too narrow than too wide.
 */
export function verificationDetail(
  folds: readonly (readonly ScoredPairWithQuality[])[],
  options: BootstrapOptions = {},
): VerificationDetail {
  const pairs = sortPairs(folds);
  const all = folds.flat();
  const { bands, of } = qualityThirds(pairs.order.map((i) => all[i]!.quality));

  const bandShares = (weights: Uint32Array, { best, strict }: FoldThresholds): BandCounts[] => {
    const counts = bands.map(() => ({ same: 0, different: 0, val: 0, far: 0, strict: 0 }));
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      const count = counts[of[i]!]!;
      const distance = pairs.distances[i]!;
      const fold = pairs.folds[i]!;
      if (pairs.same[i] === 1) {
        count.same += weight;
        if (distance < best[fold]!) count.val += weight;
        if (distance < strict[fold]!) count.strict += weight;
      } else {
        count.different += weight;
        if (distance < best[fold]!) count.far += weight;
      }
    }
    return counts;
  };

  const strata = Array.from({ length: 2 * pairs.foldCount }, (): number[] => []);
  for (let i = 0; i < of.length; i++) strata[2 * pairs.folds[i]! + pairs.same[i]!]!.push(i);
  const intervals = bootstrapIntervals(
    strata,
    (draws) => {
      const thresholds = foldThresholds(pairs, draws);
      const { accuracy, valAtFar1e3, auc, threshold } = scoreFolds(pairs, draws, thresholds);
      const values: Record<string, number> = { accuracy, valAtFar1e3, auc, threshold };
      for (const [band, counts] of bandShares(draws, thresholds).entries()) {
        for (const [name, value] of Object.entries(sharesOf(counts))) values[`${name}/${band}`] = value;
      }
      return values;
    },
    options,
  );
  const interval = (name: string): Interval | null => intervals[name] ?? null;

  const once = new Uint32Array(of.length).fill(1);
  return {
    intervals: {
      accuracy: interval('accuracy'),
      valAtFar1e3: interval('valAtFar1e3'),
      auc: interval('auc'),
      threshold: interval('threshold'),
    },
    byQuality: bandShares(once, foldThresholds(pairs, once)).map((counts, band) => {
      const shares = sharesOf(counts);
      const share = (name: keyof BandShares): number | null => (Number.isNaN(shares[name]) ? null : shares[name]);
      return {
        ...bands[band]!,
        pairs: counts.same + counts.different,
        same: counts.same,
        different: counts.different,
        accuracy: share('accuracy'),
        val: share('val'),
        far: share('far'),
        valAtFar1e3: share('valAtFar1e3'),
        intervals: {
          accuracy: interval(`accuracy/${band}`),
          val: interval(`val/${band}`),
          far: interval(`far/${band}`),
          valAtFar1e3: interval(`valAtFar1e3/${band}`),
        },
      };
    }),
  };
}

interface BandCounts {
  same: number;
  different: number;
  /** Accepted same pairs, accepted different ones, and same ones at the strict threshold. */
  val: number;
  far: number;
  strict: number;
}

/** NaN for a share of nothing. */
function sharesOf({ same, different, val, far, strict }: BandCounts): Record<keyof BandShares, number> {
  return {
    accuracy: (val + different - far) / (same + different),
    val: val / same,
    far: far / different,
    valAtFar1e3: strict / same,
  };
}
