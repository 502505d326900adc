import tf from '@tensorflow/tfjs';
import { pairDistances } from './squared-distances.ts';

/** Keeps the gradient of the root finite where two embeddings are equal. */
const epsilon = 1e-9;

/**
 * Contrastive (Siamese) loss (Hadsell et al., 2006): the mean of d² over pairs of one person, and of [margin - d]+² over pairs
 * of two, each kind weighing half.
 *
 * @param embeddings `[count, dimension]`, unit rows
 * @param labels per row its person; -1 for strangers, who make no pair among themselves
 * @param margin L2 distance (0..2) beyond which different people are left alone
 * @returns a scalar
 */
export function contrastiveLoss(embeddings: tf.Tensor2D, labels: Int32Array, margin: number): tf.Scalar {
  const count = labels.length;
  const { same, different } = pairMasks(labels);
  return tf.tidy(() => {
    const distances = pairDistances(embeddings);
    const lengths = tf.sqrt(tf.add(tf.relu(distances), epsilon));
    const mean = (values: tf.Tensor, mask: Float32Array): tf.Tensor => {
      const size = mask.reduce((sum, value) => sum + value, 0);
      return tf.div(tf.sum(tf.mul(values, tf.tensor2d(mask, [count, count]))), Math.max(1, size));
    };
    const apart = tf.square(tf.relu(tf.sub(margin, lengths)));
    return tf.mul(0.5, tf.add(mean(distances, same), mean(apart, different)));
  });
}

/** Each unordered pair once. */
function pairMasks(labels: Int32Array): { same: Float32Array; different: Float32Array } {
  const count = labels.length;
  const same = new Float32Array(count * count);
  const different = new Float32Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      if (labels[a]! < 0 && labels[b]! < 0) continue;
      (labels[a] === labels[b] ? same : different)[a * count + b] = 1;
    }
  }
  return { same, different };
}
