import tf from '@tensorflow/tfjs';

/** Squared L2 (0..4) between all pairs of unit vectors, differentiable. @param embeddings `[count, dimension]` */
export function pairDistances(embeddings: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.sub(2, tf.mul(2, tf.matMul(embeddings, embeddings, false, true))));
}

/** Rows of length 1, differentiable; a row of zeros stays one, as the root at 0 has no gradient without the ε. */
export function unitRows(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.div(rows, tf.sqrt(tf.add(tf.sum(tf.square(rows), 1, true), 1e-12))));
}
