import { createRandom } from '../random.ts';

/** The middle 95 % of what other samples of the same size could have given. */
export interface Interval {
  low: number;
  high: number;
}

export interface BootstrapOptions {
  /** How many samples are drawn; 1000 unless told. */
  resamples?: number;
  /** The same seed gives the same intervals. */
  seed?: number;
}

const defaultResamples = 1000;

/**
 * 95 % percentile intervals (Efron, 1979): units are drawn with replacement, as many as there are, and the values are
 * worked out again from each draw. Where nothing varies in the sample, as where every face was found, the interval is a
 * point: it cannot know of what the sample does not show.
 *
 * @param strata units that are drawn among themselves, so that each stratum keeps its size
 * @param valuesOf the values of a sample in which unit i occurs `draws[i]` times; one that is not finite (a share of
 *   nothing) is left out of its interval. The array is used again for the next sample.
 * @returns per value its interval, null where no sample had a finite one
 */
export function bootstrapIntervals<Name extends string>(
  strata: readonly (readonly number[])[],
  valuesOf: (draws: Uint32Array) => Record<Name, number>,
  { resamples = defaultResamples, seed = 1 }: BootstrapOptions = {},
): Record<Name, Interval | null> {
  const random = createRandom(seed);
  const draws = new Uint32Array(1 + strata.flat().reduce((highest, unit) => Math.max(highest, unit), -1));
  const samples = new Map<Name, number[]>();
  for (let sample = 0; sample < resamples; sample++) {
    draws.fill(0);
    for (const units of strata) {
      for (let i = 0; i < units.length; i++) draws[units[Math.floor(random() * units.length)]!]! += 1;
    }
    for (const [name, value] of Object.entries(valuesOf(draws)) as [Name, number][]) {
      const values = samples.get(name) ?? [];
      samples.set(name, values);
      if (Number.isFinite(value)) values.push(value);
    }
  }
  const intervals = [...samples].map(([name, values]) => [name, percentileInterval(values)]);
  return Object.fromEntries(intervals) as Record<Name, Interval | null>;
}

/** The 2.5th and the 97.5th percentile, interpolated between neighbours; null where there are no values. */
export function percentileInterval(values: readonly number[]): Interval | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const low = sorted[below]!;
    return low + (position - below) * ((sorted[below + 1] ?? low) - low);
  };
  return { low: at(0.025), high: at(0.975) };
}
