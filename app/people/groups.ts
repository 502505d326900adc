/**
 * Disjoint groups of faces. A group's root is its smallest member, so that roots are labels and do not depend on the order
 * in which faces were united.
 */
export class Groups {
  #parents: Int32Array;
  /** Ring of the members of each group. */
  #next: Int32Array;

  constructor(count: number) {
    this.#parents = Int32Array.from({ length: count }, (_, face) => face);
    this.#next = this.#parents.slice();
  }

  /** The smallest member of the face's group. */
  rootOf(face: number): number {
    const parents = this.#parents;
    while (parents[face] !== face) {
      parents[face] = parents[parents[face]!]!;
      face = parents[face]!;
    }
    return face;
  }

  /** Makes one group of two. @returns its root */
  unite(a: number, b: number): number {
    const rootA = this.rootOf(a);
    const rootB = this.rootOf(b);
    if (rootA === rootB) return rootA;
    const root = Math.min(rootA, rootB);
    this.#parents[Math.max(rootA, rootB)] = root;
    const next = this.#next[rootA]!;
    this.#next[rootA] = this.#next[rootB]!;
    this.#next[rootB] = next;
    return root;
  }

  /** Visits every face of the group of `face`. */
  eachMember(face: number, visit: (member: number) => void): void {
    let member = face;
    do {
      visit(member);
      member = this.#next[member]!;
    } while (member !== face);
  }

  /** Per face, the root of its group. */
  labels(): Int32Array {
    return this.#parents.map((_, face) => this.rootOf(face));
  }
}
