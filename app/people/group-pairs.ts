import type { FaceSet } from './cluster.ts';
import { distanceBetween, meanOf, type GroupMean } from './group-means.ts';
import type { Neighbours } from './neighbours.ts';

/** A group is paired with so many others, the nearest ones. */
const nearest = 16;

/**
 * Pairs of groups next to one another. Collected once per grouping; after decisions, only the faces that have left their
 * group are looked at again.
 */
export class GroupPairs {
  readonly #base: Int32Array;
  readonly #sizes: Map<number, number>;
  readonly #neighbours: Neighbours;
  /** For each pair of groups, a face of each and the distance. */
  readonly #seeds: readonly Seed[];

  /**
   * @param base per face, the smallest face of its group
   * @param neighbours graph of the same faces: groups without a pair of faces in it are not found
   */
  constructor(faces: FaceSet, base: Int32Array, neighbours: Neighbours) {
    this.#base = base;
    this.#sizes = sizesOf(base);
    this.#neighbours = neighbours;
    const means = new Map<number, GroupMean>();
    for (const [label, group] of Map.groupBy(base.keys(), (face) => base[face]!))
      means.set(label, meanOf(faces, group));
    const seen = new Set<number>();
    const found: Seed[] = [];
    base.forEach((label, face) => {
      for (let k = neighbours.offsets[face]!; k < neighbours.offsets[face + 1]!; k++) {
        const other = neighbours.ids[k]!;
        const otherLabel = base[other]!;
        const key = label * base.length + otherLabel;
        if (label >= otherLabel || seen.has(key)) continue;
        seen.add(key);
        const distance = distanceBetween(means.get(label)!, means.get(otherLabel)!);
        found.push({ face, other, pair: { a: label, b: otherLabel, distance } });
      }
    });
    found.sort((x, y) => x.pair.distance - y.pair.distance || x.face - y.face || x.other - y.other);
    const kept = new Map<number, number>();
    this.#seeds = found.filter(({ pair: { a, b } }) => {
      const [ofA, ofB] = [kept.get(a) ?? 0, kept.get(b) ?? 0];
      if (ofA >= nearest && ofB >= nearest) return false;
      kept.set(a, ofA + 1).set(b, ofB + 1);
      return true;
    });
  }

  /**
   * The pairs among the groups as they are now.
   *
   * @param labels per face, the smallest face of its group; -1 for a face without one
   * @returns every pair once, by the labels of the two groups, the smaller one first
   */
  among(labels: Int32Array): GroupPair[] {
    const pairs: GroupPair[] = [];
    const seen = new Set<number>();
    const add = (face: number, other: number): void => {
      const [a, b] = [labels[face]!, labels[other]!];
      if (a < 0 || b < 0 || a === b) return;
      const [small, large] = a < b ? [a, b] : [b, a];
      const key = small * labels.length + large;
      if (seen.has(key)) return;
      seen.add(key);
      pairs.push({ a: small, b: large, distance: null });
    };
    const changed = this.#changedGroups(labels);
    for (const { face, other, pair } of this.#seeds) {
      // Of two groups that are as they were there is one pair only, and it is at hand.
      if (!changed[pair.a] && !changed[pair.b]) pairs.push(pair);
      else add(face, other);
    }
    const { offsets, ids } = this.#neighbours;
    const cut = cutGroups(this.#base, labels);
    for (const [face, label] of cut.size > 0 ? this.#base.entries() : []) {
      if (!cut.has(label)) continue;
      for (let k = offsets[face]!; k < offsets[face + 1]!; k++) add(face, ids[k]!);
    }
    return pairs;
  }

  /** By label, 1 for groups that have lost or gained faces. */
  #changedGroups(labels: Int32Array): Uint8Array {
    const sizes = sizesOf(labels);
    const changed = new Uint8Array(labels.length);
    this.#base.forEach((base, face) => {
      if (labels[face] !== base || sizes.get(base) !== this.#sizes.get(base)) changed[base] = 1;
    });
    return changed;
  }
}

/** Two groups by a face of each. */
interface Seed {
  face: number;
  other: number;
  pair: GroupPair & { distance: number };
}

export interface GroupPair {
  a: number;
  b: number;
  /** Average squared L2 (0..4); null where it has to be computed anew, as the groups have changed. */
  distance: number | null;
}

function sizesOf(labels: Int32Array): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return sizes;
}

/** Groups whose faces are not all together any more. */
function cutGroups(base: Int32Array, labels: Int32Array): Set<number> {
  const cut = new Set<number>();
  // A group's label is one of its faces.
  base.forEach((label, face) => {
    if (labels[face] !== labels[label]) cut.add(label);
  });
  return cut;
}
