/** Unit embeddings of faces, with the person of each. */
export interface LabelledEmbeddings {
  /** Unit rows. */
  embeddings: Float32Array;
  people: Int32Array;
}

/** The sum of each person's embeddings. */
export function sumsByPerson({ embeddings, people }: LabelledEmbeddings, dimension: number): Map<number, Float32Array> {
  const sums = new Map<number, Float32Array>();
  for (const [face, person] of people.entries()) {
    const sum = sums.get(person) ?? new Float32Array(dimension);
    sums.set(person, sum);
    for (let i = 0; i < dimension; i++) sum[i]! += embeddings[face * dimension + i]!;
  }
  return sums;
}

/** Brings a vector to length 1, in place; one of zeros stays as it is. */
export function normalise(vector: Float32Array): Float32Array {
  let squared = 0;
  for (const value of vector) squared += value * value;
  const length = Math.sqrt(squared) || 1;
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return vector;
}
