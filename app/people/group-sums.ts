import type { Groups } from './groups.ts';

/** Unit embeddings, one row of `dimension` numbers per face. */
export interface EmbeddingRows {
  embeddings: Float32Array;
  dimension: number;
}

/**
 * Sums of embeddings by group, which give average distances exactly: for unit vectors the average squared distance between
 * groups A and B is 2 - 2 (sA·sB) / (nA nB), with s the sums and n the numbers of their embeddings.
 *
 * Only founding faces count in a group that has any; in a group without, all do.
 */
export class GroupSums {
  readonly #dimension: number;
  readonly #sums: Float64Array;
  readonly #weights: Int32Array;
  readonly #founded: Uint8Array;

  /** @param founding per face, 1 when it may found a group */
  constructor({ embeddings, dimension }: EmbeddingRows, groups: Groups, founding: Uint8Array) {
    this.#dimension = dimension;
    this.#sums = new Float64Array(founding.length * dimension);
    this.#weights = new Int32Array(founding.length);
    this.#founded = new Uint8Array(founding.length);
    founding.forEach((good, face) => {
      if (good) this.#founded[groups.rootOf(face)] = 1;
    });
    founding.forEach((good, face) => {
      const root = groups.rootOf(face);
      if (!good && this.#founded[root]) return;
      this.#weights[root]! += 1;
      for (let k = 0; k < dimension; k++) this.#sums[root * dimension + k]! += embeddings[face * dimension + k]!;
    });
  }

  /** Whether the group has a founding face. */
  isFounded(root: number): boolean {
    return this.#founded[root] === 1;
  }

  /** How many embeddings count in the group. */
  weight(root: number): number {
    return this.#weights[root]!;
  }

  /** Average squared L2 distance (0..4) between the embeddings of two groups. */
  distance(a: number, b: number): number {
    const sums = this.#sums;
    const dimension = this.#dimension;
    let dot = 0;
    for (let k = 0, p = a * dimension, q = b * dimension; k < dimension; k++) dot += sums[p + k]! * sums[q + k]!;
    return 2 - (2 * dot) / (this.#weights[a]! * this.#weights[b]!);
  }

  /** Adds group `from` to group `into`. */
  merge(into: number, from: number): void {
    const dimension = this.#dimension;
    for (let k = 0; k < dimension; k++) this.#sums[into * dimension + k]! += this.#sums[from * dimension + k]!;
    this.#weights[into]! += this.#weights[from]!;
  }
}
