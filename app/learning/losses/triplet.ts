import tf from '@tensorflow/tfjs';
import type { Triplets } from '../mining/triplets.ts';

/**
 * Triplet loss, the mean of [d²(a,p) + margin - d²(a,n)]+ over the triplets (Schroff et al., FaceNet, 2015), on squared L2 of
 * unit embeddings; differentiable by the embeddings.
 *
 * The sum over the triplets is linear in the distances 2 - 2·cosine: with C the matrix of how often each pair occurs, which adds
 * up to 0, and E the embeddings, it is -Σ E∘(C + Cᵀ)E, with the gradient -2(C + Cᵀ)E. So one product gives both; and a gather
 * would need a gradient that the WebAssembly backend does not have.
 *
 * @param embeddings `[count, dimension]`, unit rows
 * @param active which of the triplets are within the margin, see {@link activeTriplets}; the others add nothing
 * @param total number of all triplets
 * @returns a scalar, 0 where there is no triplet
 */
export function tripletLoss(embeddings: tf.Tensor2D, active: Triplets, margin: number, total: number): tf.Scalar {
  const count = embeddings.shape[0];
  const share = 1 / Math.max(1, total);
  const margins = margin * active.anchors.length;
  const loss = tf.customGrad<tf.Scalar>((...inputs) => {
    const [rows, save] = inputs as [tf.Tensor2D, tf.GradSaveFunc];
    const pulled = tf.matMul(tf.tensor2d(occurrences(active, count), [count, count]), rows);
    save([pulled]);
    return {
      value: tf.mul<tf.Scalar>(share, tf.sub(margins, tf.sum(tf.mul(rows, pulled)))),
      gradFunc: (dy, saved) => tf.mul(tf.mul(dy, -2 * share), saved[0]!),
    };
  });
  return loss(embeddings);
}

/** The triplets that have a loss, by distances `[count, count]`. */
export function activeTriplets(triplets: Triplets, distances: Float32Array, margin: number): Triplets {
  const { anchors, positives, negatives } = triplets;
  const count = Math.sqrt(distances.length);
  const isActive = (i: number): boolean => {
    const start = anchors[i]! * count;
    return distances[start + positives[i]!]! + margin - distances[start + negatives[i]!]! > 0;
  };
  const kept = Int32Array.from(anchors.keys()).filter(isActive);
  return {
    anchors: kept.map((i) => anchors[i]!),
    positives: kept.map((i) => positives[i]!),
    negatives: kept.map((i) => negatives[i]!),
  };
}

/** How often each pair is one of anchor and positive, less how often one of anchor and negative, either way round: C + Cᵀ. */
function occurrences({ anchors, positives, negatives }: Triplets, count: number): Float32Array {
  const pairs = new Float32Array(count * count);
  for (const [i, anchor] of anchors.entries()) {
    const [positive, negative] = [positives[i]!, negatives[i]!];
    pairs[anchor * count + positive]! += 1;
    pairs[positive * count + anchor]! += 1;
    pairs[anchor * count + negative]! -= 1;
    pairs[negative * count + anchor]! -= 1;
  }
  return pairs;
}
