import { describe, expect, it } from 'vitest';
import { headDimension, prepareHead, type Head } from '../../../../app/faces/models/head.ts';
import { createRandom, gaussian } from '../../../support/random.ts';

const random = createRandom(5);
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => gaussian(random));

/** Sizes that are no multiples of what the computation works in. */
const head: Head = {
  inputs: 37,
  parts: [
    { weight: 1, matrix: numbers(37 * 11), columns: 11 },
    { weight: 0.4, matrix: numbers(37 * 5), columns: 5 },
  ],
};

/** By the formula: unit(concatenation of weight · unit(features × matrix)). */
function direct({ inputs, parts }: Head, features: Float32Array): number[] {
  const unit = (vector: number[]): number[] => {
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  };
  return unit(
    parts.flatMap(({ weight, matrix, columns }) => {
      const product = Array.from({ length: columns }, (_, column) => {
        let sum = 0;
        for (let i = 0; i < inputs; i++) sum += features[i]! * matrix[i * columns + column]!;
        return sum;
      });
      return unit(product).map((value) => value * weight);
    }),
  );
}

describe('a head', () => {
  it('gives unit embeddings by its formula, whatever the faces they are made with', () => {
    // More than are taken at a time.
    const count = 1500;
    const features = numbers(count * head.inputs);
    const apply = prepareHead(head);
    const embeddings = apply(features);
    const dimension = headDimension(head);
    expect(dimension).toBe(16);
    expect(embeddings).toHaveLength(count * dimension);
    for (const face of [0, 1, 1023, 1024, 1499]) {
      const own = features.subarray(face * head.inputs, (face + 1) * head.inputs);
      const row = embeddings.subarray(face * dimension, (face + 1) * dimension);
      const wanted = direct(head, own);
      for (const [i, value] of row.entries()) expect(value).toBeCloseTo(wanted[i]!, 5);
      expect(apply(own)).toEqual(row);
      expect(prepareHead(head)(own)).toEqual(row);
    }
  });

  it('gives zeros, and not something else than numbers, for features that are none', () => {
    expect(prepareHead(head)(new Float32Array(head.inputs))).toEqual(new Float32Array(16));
    expect(prepareHead(head)(new Float32Array(0))).toHaveLength(0);
  });
});
