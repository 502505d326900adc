/** All pairs of faces whose person is known, each once. */
export interface FacePairs {
  /** Squared L2 (0..4). */
  distances: Float64Array;
  /** 1 for the same person. */
  same: Uint8Array;
  /** The two faces, by their rows. */
  first: Int32Array;
  second: Int32Array;
}

/**
 * @param embeddings unit rows
 * @param people person of each
 */
export function pairsOfFaces(embeddings: Float32Array, people: Int32Array): FacePairs {
  const faces = people.length;
  const dimension = embeddings.length / Math.max(1, faces);
  const count = (faces * (faces - 1)) / 2;
  const pairs: FacePairs = {
    distances: new Float64Array(count),
    same: new Uint8Array(count),
    first: new Int32Array(count),
    second: new Int32Array(count),
  };
  let pair = 0;
  for (let a = 0; a < faces; a++) {
    for (let b = 0; b < a; b++) {
      let dot = 0;
      for (let i = 0; i < dimension; i++) dot += embeddings[a * dimension + i]! * embeddings[b * dimension + i]!;
      pairs.distances[pair] = 2 - 2 * dot;
      pairs.same[pair] = Number(people[a] === people[b]);
      pairs.first[pair] = a;
      pairs.second[pair] = b;
      pair++;
    }
  }
  return pairs;
}
