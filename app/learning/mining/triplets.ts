/**
 * Triplets as rows of a batch: anchor and positive show one person, the negative somebody else.
 */
export interface Triplets {
  anchors: Int32Array;
  positives: Int32Array;
  negatives: Int32Array;
}

/** A batch as the miners see it. */
export interface MiningBatch {
  /** Squared L2 (0..4), `[count, count]` row by row. */
  distances: Float32Array;
  /** Per face its person, 0 or more; -1 for a stranger, who is only ever a negative. */
  labels: Int32Array;
  /**
   * Per face 1 where it may be an anchor or a negative; 0 for one that is poor or may be mislabelled, which can only be pulled
   * towards its person. All are trusted where there is none.
   */
  trusted?: Uint8Array;
}

/** Chooses triplets; pure, and the same for the same batch. */
export type Miner = (batch: MiningBatch, margin: number, random: () => number) => Triplets;

/** Collects triplets whose number is not known before. */
export class TripletList {
  readonly #anchors: number[] = [];
  readonly #positives: number[] = [];
  readonly #negatives: number[] = [];

  add(anchor: number, positive: number, negative: number): void {
    this.#anchors.push(anchor);
    this.#positives.push(positive);
    this.#negatives.push(negative);
  }

  triplets(): Triplets {
    return {
      anchors: Int32Array.from(this.#anchors),
      positives: Int32Array.from(this.#positives),
      negatives: Int32Array.from(this.#negatives),
    };
  }
}

/** The rows of each person of the batch. */
export function rowsOfPeople(labels: Int32Array): Map<number, number[]> {
  const rows = Map.groupBy(labels.keys(), (row) => labels[row]!);
  rows.delete(-1);
  return rows;
}
