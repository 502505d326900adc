/** Faces or pairs of about the same quality. */
export interface QualityBand {
  /** Lowest and highest quality in it, 0..1. */
  from: number;
  to: number;
}

export interface QualityBands {
  /** Poorest first. */
  bands: QualityBand[];
  /** Per item, its band. */
  of: Int32Array;
}

/**
 * Three bands with a third of the items each. Items of the same quality share a band, so the thirds may differ in size, and
 * there are fewer where most are alike.
 */
export function qualityThirds(qualities: readonly number[]): QualityBands {
  const sorted = qualities.toSorted((a, b) => a - b);
  if (sorted.length === 0) return { bands: [], of: new Int32Array() };
  const starts = [...new Set([0, 1, 2].map((third) => sorted[Math.floor((third * sorted.length) / 3)]!))];
  return {
    bands: starts.map((from, band) => {
      const next = starts[band + 1];
      return { from, to: sorted[(next === undefined ? sorted.length : sorted.indexOf(next)) - 1]! };
    }),
    of: Int32Array.from(qualities, (quality) => starts.findLastIndex((start) => start <= quality)),
  };
}
