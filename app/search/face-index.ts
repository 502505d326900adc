/** Faces by what they look like. Rows are numbered in the order in which the faces were added. */
export interface FaceIndex {
  /** How many faces there are. */
  readonly count: number;
  /** Their unit vectors, row by row; valid until faces are added. */
  readonly embeddings: Float32Array;
  /**
   * The `k` nearest faces, or all where there are fewer, nearest first.
   *
   * @param query unit vector
   * @returns distances are squared L2 (0..4)
   */
  nearest(query: Float32Array, k: number): { rows: Int32Array; distances: Float32Array };
}

/** Squared L2 (0..4) between two unit vectors, the second one a row of many. */
export function distanceToRow(query: Float32Array, rows: Float32Array, row: number): number {
  const dimension = query.length;
  const start = row * dimension;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < dimension; i += 4) {
    a += query[i]! * rows[start + i]!;
    b += query[i + 1]! * rows[start + i + 1]!;
    c += query[i + 2]! * rows[start + i + 2]!;
    d += query[i + 3]! * rows[start + i + 3]!;
  }
  for (; i < dimension; i++) a += query[i]! * rows[start + i]!;
  return Math.max(0, 2 - 2 * (a + b + c + d));
}
