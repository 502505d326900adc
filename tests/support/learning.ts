import type { LearningData } from '../../app/learning/training/learning-data.ts';
import { createRandom, gaussian } from './random.ts';

/** Rows of length 1. */
export function unitRowsOf(rows: Float32Array, dimension: number): Float32Array {
  const units = Float32Array.from(rows);
  for (let start = 0; start < rows.length; start += dimension) {
    const row = units.subarray(start, start + dimension);
    const length = Math.hypot(...row) || 1;
    for (let i = 0; i < dimension; i++) row[i]! /= length;
  }
  return units;
}

export interface FeatureWorld {
  inputs: number;
  people: number;
  facesEach: number;
  strangers: number;
  /** How far the faces of a person lie apart in what tells people apart, and in what does not. */
  useful: number;
  useless: number;
  seed: number;
}

/**
 * Made features in which half of the numbers tell people apart and the other half is noise that the last layer, random as it is,
 * does not know to leave out: training can learn to. With `useless` 0 there is nothing to learn.
 */
export function featureWorld({ inputs, people, facesEach, strangers, useful, useless, seed }: FeatureWorld): {
  data: LearningData;
  /** Further faces of the same people, and of others. */
  more: { mated: Float32Array; truth: Int32Array; others: Float32Array };
} {
  const random = createRandom(seed);
  const half = inputs / 2;
  const centre = (): Float32Array => Float32Array.from({ length: half }, () => gaussian(random));
  const face = (of: Float32Array): number[] => [
    ...[...of].map((value) => value + useful * gaussian(random)),
    ...Array.from({ length: half }, () => useless * gaussian(random)),
  ];
  const centres = Array.from({ length: people }, centre);
  const facesOf = (each: number): Float32Array =>
    Float32Array.from(centres.flatMap((of) => Array.from({ length: each }, () => face(of)).flat()));
  const ownersOf = (each: number): Int32Array =>
    Int32Array.from({ length: people * each }, (_, i) => Math.floor(i / each));
  const count = people * facesEach;
  const columns = half;
  return {
    data: {
      inputs,
      lastLayer: Float32Array.from({ length: inputs * columns }, () => gaussian(random) / Math.sqrt(inputs)),
      threshold: 0.7,
      confirmed: {
        features: facesOf(facesEach),
        copies: [],
        people: ownersOf(facesEach),
        photos: Int32Array.from({ length: count }, (_, i) => i),
        quality: new Float32Array(count).fill(1),
      },
      unconfirmed: {
        features: Float32Array.from(Array.from({ length: strangers }, () => face(centre())).flat()),
        photos: Int32Array.from({ length: strangers }, (_, i) => count + i),
        isNot: new Map(),
      },
    },
    more: {
      mated: facesOf(5),
      truth: ownersOf(5),
      others: Float32Array.from(Array.from({ length: 200 }, () => face(centre())).flat()),
    },
  };
}
