import { DotProducts } from '../../engine/dot-products.ts';

/**
 * Squared L2 distances (0..4) between all pairs of unit vectors: 2 - 2·cosine.
 *
 * @param embeddings `[count, dimension]`, row by row, each of length 1
 * @returns `[count, count]`, row by row; symmetric, the diagonal 0
 */
export function squaredDistances(embeddings: Float32Array, dimension: number): Float32Array {
  const count = embeddings.length / dimension;
  const distances = new Float32Array(count * count);
  if (count === 0) return distances;
  const dots = new DotProducts(dimension, count, Math.min(count, rowsAtOnce));
  dots.setLeft(embeddings);
  for (let from = 0; from < count; from += rowsAtOnce) {
    const to = Math.min(count, from + rowsAtOnce);
    dots.setRight(embeddings.subarray(from * dimension, to * dimension));
    const { products, leftCount } = dots.multiply();
    for (let row = from; row < to; row++) {
      const start = (row - from) * leftCount;
      for (let column = 0; column < count; column++) {
        // Rounding must not make a distance negative, nor NaN look like 0.
        const distance = 2 - 2 * products[start + column]!;
        distances[row * count + column] = distance < 0 ? 0 : distance;
      }
      distances[row * count + row] = 0;
    }
  }
  return distances;
}

const rowsAtOnce = 256;
