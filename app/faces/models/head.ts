import { DotProducts } from '../../engine/dot-products.ts';

/** A matrix on the features, with the weight that what comes of it has in the embedding. */
export interface HeadPart {
  /** Above 0. */
  weight: number;
  /** Inputs × columns, row by row. */
  matrix: Float32Array;
  columns: number;
}

/**
 * Makes embeddings of features: the embedding is unit(concatenation over i of weight_i · unit(features × matrix_i)). The
 * network's own last layer may be one of the parts.
 */
export interface Head {
  /** Length of a face's features. */
  inputs: number;
  parts: readonly HeadPart[];
}

/** Features that are taken at a time: a few megabytes. */
const rowsAtOnce = 1024;

/** Length of an embedding. */
export function headDimension({ parts }: Head): number {
  return parts.reduce((sum, { columns }) => sum + columns, 0);
}

/**
 * Gets a head ready to be applied. The embedding of a face does not depend on which others it is made with.
 *
 * @returns takes features row by row, and gives unit embeddings row by row; zeros where all features are zero
 */
export function prepareHead(head: Head): (features: Float32Array) => Float32Array {
  const { inputs } = head;
  const dimension = headDimension(head);
  const products = head.parts.map(({ matrix, columns }) => {
    const multiplier = new DotProducts(inputs, columns, rowsAtOnce);
    multiplier.setLeft(transposed(matrix, inputs, columns));
    return multiplier;
  });
  return (features) => {
    const count = features.length / inputs;
    const embeddings = new Float32Array(count * dimension);
    for (let first = 0; first < count; first += rowsAtOnce) {
      const last = Math.min(count, first + rowsAtOnce);
      const rows = features.subarray(first * inputs, last * inputs);
      let start = 0;
      for (const [i, { weight, columns }] of head.parts.entries()) {
        products[i]!.setRight(rows);
        const { products: values, leftCount } = products[i]!.multiply();
        for (let row = first; row < last; row++) {
          const from = (row - first) * leftCount;
          const part = values.subarray(from, from + columns);
          const place = row * dimension + start;
          embeddings.set(part, place);
          scaleToLength(embeddings, place, columns, weight);
        }
        start += columns;
      }
      for (let row = first; row < last; row++) scaleToLength(embeddings, row * dimension, dimension, 1);
    }
    return embeddings;
  };
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = matrix[row * columns + column]!;
  }
  return result;
}

function scaleToLength(values: Float32Array, start: number, count: number, length: number): void {
  let squared = 0;
  for (let i = start; i < start + count; i++) squared += values[i]! ** 2;
  if (squared === 0) return;
  const factor = length / Math.sqrt(squared);
  for (let i = start; i < start + count; i++) values[i]! *= factor;
}
