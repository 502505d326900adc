/** Faces by what they look like. Rows are numbered in the order in which the faces were added. Distances are squared L2 (0..4). */
export interface FaceIndex {
  /** How many faces there are. */
  readonly count: number;
  /** Their unit vectors, row by row; valid until faces are added. */
  readonly embeddings: Float32Array;
  /** The `k` nearest faces, or all where there are fewer, nearest first. */
  nearest(query: Float32Array, k: number): { rows: Int32Array; distances: Float32Array };
  /**
   * The faces that are nearest to any of several unit vectors, nearest first: the `k` nearest, and as many more as may be
   * nearer than a threshold.
   */
  nearestToAny(
    queries: readonly Float32Array[],
    k: number,
    threshold: number,
  ): { rows: Int32Array; distances: Float32Array };
  /** The distances from these rows to the nearest of several unit vectors. */
  distancesToAny(queries: readonly Float32Array[], rows: ArrayLike<number>): Float32Array;
}
