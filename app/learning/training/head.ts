import tf from '@tensorflow/tfjs';
import type { Trainable } from './trainer.ts';

/** A linear layer on features: the last layer of the network, trained anew. */
export interface TrainableHead extends Trainable<Int32Array> {
  /** `[inputs, columns]`, row by row. */
  matrix(): Promise<Float32Array>;
  dispose(): void;
}

/**
 * @param features `[rows, inputs]`, row by row; batches are numbers of rows
 * @param start the matrix to begin with, `[inputs, columns]`: the network's own last layer
 */
export function createTrainableHead(features: Float32Array, start: Float32Array, inputs: number): TrainableHead {
  const initial = tf.tensor2d(start, [inputs, start.length / inputs]);
  const matrix = tf.variable(initial);
  initial.dispose();
  return {
    variables: [matrix],
    embed: (rows) =>
      tf.tidy(() =>
        tf.matMul(tf.tensor2d(selectRows(features, inputs, rows), [rows.length, inputs]), matrix as tf.Tensor2D),
      ),
    matrix: async () => Float32Array.from(await matrix.data()),
    dispose: () => matrix.dispose(),
  };
}

/** Those rows, one after the other. */
export function selectRows(values: Float32Array, length: number, rows: ArrayLike<number>): Float32Array {
  const selected = new Float32Array(rows.length * length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    selected.set(values.subarray(row * length, (row + 1) * length), i * length);
  }
  return selected;
}
