/** Faces by what they look like. Rows are numbered in the order in which the faces were added. Distances are squared L2 (0..4). */
export interface FaceIndex {
  /** How many faces there are. */
  readonly count: number;
  /** Their unit vectors, row by row; valid until faces are added. */
  readonly embeddings: Float32Array;
  /** The `k` nearest faces, or all where there are fewer, nearest first. */
  nearest(query: Float32Array, k: number): { rows: Int32Array; distances: Float32Array };
  /**
   * The faces that are nearest to any of several unit vectors, nearest first: every one nearer than a threshold, and at least
   * `k` more where there are. Every face up to the distance of the last is among them.
   */
  nearestToAny(
    queries: readonly Float32Array[],
    k: number,
    threshold: number,
  ): { rows: Int32Array; distances: Float32Array };
  /** The distances from these rows to the nearest of several unit vectors. */
  distancesToAny(queries: readonly Float32Array[], rows: ArrayLike<number>): Float32Array;
}
