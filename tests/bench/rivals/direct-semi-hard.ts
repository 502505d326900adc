import type { Triplets } from '../../../app/learning/mining/triplets.ts';

/**
 * Semi-hard selection as it is usually written down: the distances from each anchor to all faces once, as in FaceNet's
 * reference implementations, then for each of its positives a loop over all negatives. Typed arrays, no allocation inside.
 */
export function directSemiHard(
  embeddings: Float32Array,
  labels: Int32Array,
  dimension: number,
  margin: number,
): Triplets {
  const count = labels.length;
  const distances = new Float32Array(count);
  const [anchors, positives, negatives]: number[][] = [[], [], []];
  for (let anchor = 0; anchor < count; anchor++) {
    for (let row = 0; row < count; row++) {
      let dot = 0;
      for (let i = 0; i < dimension; i++) dot += embeddings[anchor * dimension + i]! * embeddings[row * dimension + i]!;
      distances[row] = 2 - 2 * dot;
    }
    for (let positive = 0; positive < count; positive++) {
      if (positive === anchor || labels[positive] !== labels[anchor]) continue;
      const near = distances[positive]!;
      let best = -1;
      let nearest = near + margin;
      for (let row = 0; row < count; row++) {
        if (labels[row] === labels[anchor]) continue;
        const distance = distances[row]!;
        if (distance > near && distance < nearest) [best, nearest] = [row, distance];
      }
      if (best < 0) continue;
      anchors!.push(anchor);
      positives!.push(positive);
      negatives!.push(best);
    }
  }
  return {
    anchors: Int32Array.from(anchors!),
    positives: Int32Array.from(positives!),
    negatives: Int32Array.from(negatives!),
  };
}
