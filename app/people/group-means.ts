import type { FaceSet } from './cluster.ts';

/**
 * The mean of a group's unit embeddings. It is shorter than 1, and so gives average distances exactly: the average squared
 * L2 distance between the faces of two groups is 2 - 2 (mA·mB). Only founding faces count in a group that has any.
 */
export type GroupMean = Float64Array;

/** @param group indices of faces; at least one */
export function meanOf({ embeddings, dimension, founding }: FaceSet, group: readonly number[]): GroupMean {
  const founded = group.some((face) => founding[face]);
  const mean = new Float64Array(dimension);
  let weight = 0;
  for (const face of group) {
    if (founded && !founding[face]) continue;
    weight += 1;
    for (let k = 0, at = face * dimension; k < dimension; k++) mean[k]! += embeddings[at + k]!;
  }
  for (let k = 0; k < dimension; k++) mean[k]! /= weight;
  return mean;
}

/** Average squared L2 distance (0..4) between the faces of two groups. */
export function distanceBetween(a: GroupMean, b: GroupMean): number {
  let dot = 0;
  for (let k = 0; k < a.length; k++) dot += a[k]! * b[k]!;
  return 2 - 2 * dot;
}

/** Average squared L2 distance (0..4) from one face to the faces of a group. */
export function distanceTo({ embeddings, dimension }: FaceSet, face: number, mean: GroupMean): number {
  let dot = 0;
  for (let k = 0, at = face * dimension; k < dimension; k++) dot += embeddings[at + k]! * mean[k]!;
  return 2 - 2 * dot;
}
