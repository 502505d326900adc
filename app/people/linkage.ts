import FlatQueue from 'flatqueue';
import { eachApart, type Apart } from './constraints.ts';
import type { GroupSums } from './group-sums.ts';
import type { Groups } from './groups.ts';
import type { Neighbours } from './neighbours.ts';

export interface LinkageInput {
  /** United in place. */
  groups: Groups;
  sums: GroupSums;
  /** Per face, 1 when it may found a group. */
  founding: Uint8Array;
  neighbours: Neighbours;
  apart: Apart;
  /** Squared L2 (0..4), at most the radius of the neighbours. */
  threshold: number;
}

/** Two groups that were united: one step of the dendrogram. */
export interface Merge {
  /** Smallest member of each side, the smaller one first: the root of what came of it. */
  a: number;
  b: number;
  /** Squared L2 (0..4), average between the founding faces of both sides. */
  distance: number;
}

/**
 * Average linkage (UPGMA) of the founded groups, under constraints: unites the nearest two groups, as long as they are
 * closer than the threshold; at equal distance, the two with the smallest members.
 *
 * The neighbour graph knows every candidate, as an average under the threshold needs one pair under it. The average to a
 * united group lies between the averages to its parts, so a pair of groups once at or over the threshold can be forgotten,
 * and a group's nearest distance never falls when others unite. So one queue entry per group, renewed when it comes up
 * stale, finds the nearest pair (the generic algorithm of Müllner, "Modern hierarchical, agglomerative clustering
 * algorithms", 2011).
 *
 * Pairs missing between truncated faces of the graph are made up for at the end, by comparing their groups directly; so
 * whatever the cap, no two groups remain that are closer than the threshold and free to unite.
 *
 * @returns what was united, in order
 */
export function linkByAverage(input: LinkageInput): Merge[] {
  const linkage = new Linkage(input);
  linkage.run();
  return linkage.merges;
}

class Linkage {
  readonly merges: Merge[] = [];
  readonly #groups: Groups;
  readonly #sums: GroupSums;
  readonly #apart: Apart;
  readonly #threshold: number;
  readonly #queue = new FlatQueue<number>();
  /** By root, and under the roots of their time: groups that may be closer than the threshold. */
  readonly #candidates: Int32Array[];
  /** By root: whether a founding member is a truncated face of the graph. */
  readonly #truncated: Uint8Array;
  /** By root: the nearest group of larger root, its weight when it was found, and the distance. */
  readonly #nearest: Int32Array;
  readonly #nearestWeight: Int32Array;
  readonly #nearestDistance: Float64Array;
  /** By root: number of the last renewal that met this group, so that marks need no clearing. */
  readonly #met: Uint32Array;
  #renewal = 0;

  constructor({ groups, sums, founding, neighbours, apart, threshold }: LinkageInput) {
    const count = founding.length;
    this.#groups = groups;
    this.#sums = sums;
    this.#apart = apart;
    this.#threshold = threshold;
    this.#candidates = Array.from({ length: count }, () => new Int32Array(0));
    this.#truncated = new Uint8Array(count);
    this.#nearest = new Int32Array(count);
    this.#nearestWeight = new Int32Array(count);
    this.#nearestDistance = new Float64Array(count);
    this.#met = new Uint32Array(count);
    for (let face = 0; face < count; face++) {
      if (!founding[face]) continue;
      const root = groups.rootOf(face);
      const ids = neighbours.ids.subarray(neighbours.offsets[face], neighbours.offsets[face + 1]);
      this.#candidates[root] = this.#candidates[root]!.length === 0 ? ids : concat(this.#candidates[root]!, ids);
      this.#truncated[root]! |= neighbours.truncated[face]!;
    }
  }

  run(): void {
    for (const root of this.#foundedRoots()) this.#renew(root);
    do {
      for (let root = this.#popNearest(); root !== undefined; root = this.#popNearest()) this.#unite(root);
    } while (this.#addMissing());
  }

  *#foundedRoots(): Generator<number> {
    for (let face = 0; face < this.#truncated.length; face++) {
      if (this.#groups.rootOf(face) === face && this.#sums.isFounded(face)) yield face;
    }
  }

  /** Takes the entry of the nearest pair out of the queue. @returns the smaller root of the pair */
  #popNearest(): number | undefined {
    const tied: number[] = [];
    let first: number | undefined;
    let distance = Infinity;
    while (this.#queue.length > 0 && (first === undefined || this.#queue.peekValue() === distance)) {
      distance = this.#queue.peekValue()!;
      const root = this.#queue.pop()!;
      const superseded = this.#groups.rootOf(root) !== root || this.#nearestDistance[root] !== distance;
      if (superseded) continue;
      if (this.#isStale(root)) {
        this.#renew(root);
        continue;
      }
      tied.push(root);
      if (first === undefined || root < first) first = root;
    }
    for (const root of tied) if (root !== first) this.#queue.push(root, distance);
    return first;
  }

  /** Whether the nearest group has been united with another since. */
  #isStale(root: number): boolean {
    const nearest = this.#nearest[root]!;
    return this.#groups.rootOf(nearest) !== nearest || this.#sums.weight(nearest) !== this.#nearestWeight[root];
  }

  #unite(root: number): void {
    const other = this.#nearest[root]!;
    this.merges.push({ a: root, b: other, distance: this.#nearestDistance[root]! });
    this.#groups.unite(root, other);
    this.#sums.merge(root, other);
    this.#truncated[root]! |= this.#truncated[other]!;
    this.#candidates[root] = concat(this.#candidates[root]!, this.#candidates[other]!);
    this.#candidates[other] = new Int32Array(0);
    this.#renew(root);
  }

  /** Weeds out a group's candidates and queues its nearest one. */
  #renew(root: number): void {
    const renewal = ++this.#renewal;
    this.#met[root] = renewal;
    eachApart(this.#groups, this.#apart, root, (other) => {
      this.#met[other] = renewal;
    });
    const candidates = this.#candidates[root]!;
    const kept: number[] = [];
    let nearest = -1;
    let nearestDistance = this.#threshold;
    for (let i = 0; i < candidates.length; i++) {
      const other = this.#groups.rootOf(candidates[i]!);
      if (this.#met[other] === renewal) continue;
      this.#met[other] = renewal;
      if (!this.#sums.isFounded(other)) continue;
      const distance = this.#sums.distance(root, other);
      if (!(distance < this.#threshold)) continue;
      kept.push(other);
      // A pair is in the queue once, under its smaller root.
      if (other < root || distance > nearestDistance || (distance === nearestDistance && other > nearest)) continue;
      nearest = other;
      nearestDistance = distance;
    }
    this.#candidates[root] = Int32Array.from(kept);
    if (nearest < 0) {
      this.#nearestDistance[root] = Infinity;
      return;
    }
    this.#nearest[root] = nearest;
    this.#nearestWeight[root] = this.#sums.weight(nearest);
    this.#nearestDistance[root] = nearestDistance;
    this.#queue.push(root, nearestDistance);
  }

  /** Finds pairs of groups that the graph does not know to be near. @returns whether there are any */
  #addMissing(): boolean {
    const roots = [...this.#foundedRoots()].filter((root) => this.#truncated[root]);
    const changed = new Set<number>();
    for (let i = 0; i < roots.length; i++) {
      const a = roots[i]!;
      const apart = new Set<number>();
      eachApart(this.#groups, this.#apart, a, (other) => apart.add(other));
      for (let j = i + 1; j < roots.length; j++) {
        const b = roots[j]!;
        if (apart.has(b) || !(this.#sums.distance(a, b) < this.#threshold)) continue;
        this.#candidates[a] = concat(this.#candidates[a]!, Int32Array.of(b));
        this.#candidates[b] = concat(this.#candidates[b]!, Int32Array.of(a));
        changed.add(a).add(b);
      }
    }
    for (const root of changed) this.#renew(root);
    return changed.size > 0;
  }
}

function concat(a: Int32Array, b: Int32Array): Int32Array {
  const both = new Int32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
