import type { Merge } from './linkage.ts';

/**
 * The tree of what average linkage united. Nodes below `count` are faces, node `count + i` is the i-th merge.
 */
export class Dendrogram {
  readonly count: number;
  readonly merges: readonly Merge[];
  /** Per node, the node it became part of; -1 at the top. */
  readonly parent: Int32Array;
  /** Per merge, its two sides as nodes. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Per node, how many faces are under it. */
  readonly size: Int32Array;

  /** @param count number of faces */
  constructor(count: number, merges: readonly Merge[]) {
    this.count = count;
    this.merges = merges;
    const nodes = count + merges.length;
    this.parent = new Int32Array(nodes).fill(-1);
    this.size = new Int32Array(nodes).fill(1);
    this.left = new Int32Array(merges.length);
    this.right = new Int32Array(merges.length);
    const current = Int32Array.from({ length: count }, (_, face) => face);
    merges.forEach(({ a, b }, i) => {
      const [left, right] = [current[a]!, current[b]!];
      this.left[i] = left;
      this.right[i] = right;
      this.size[count + i] = this.size[left]! + this.size[right]!;
      this.parent[left] = this.parent[right] = count + i;
      current[a] = count + i;
    });
  }

  /** The largest node over a face whose merges are all nearer than `distance`. */
  nodeUnder(face: number, distance: number): number {
    let node = face;
    for (let next = this.parent[node]!; next >= 0; next = this.parent[node]!) {
      if (this.merges[next - this.count]!.distance >= distance) break;
      node = next;
    }
    return node;
  }

  /** The faces under a node. */
  facesOf(node: number): number[] {
    const faces: number[] = [];
    const waiting = [node];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next < this.count) faces.push(next);
      else waiting.push(this.right[next - this.count]!, this.left[next - this.count]!);
    }
    return faces;
  }

  /**
   * The merges that hold a face of some set on either side, for each of the sets.
   *
   * @returns per merge, 1 where that is so
   */
  spannedBy(sets: Iterable<readonly number[]>): Uint8Array {
    const spanned = new Uint8Array(this.merges.length);
    const visitor = new Int32Array(this.parent.length).fill(-1);
    let set = 0;
    for (const faces of sets) {
      for (const face of faces) {
        let node = face;
        // What lies above a visited node has been visited too.
        while (node >= 0 && visitor[node] !== set) {
          visitor[node] = set;
          node = this.parent[node]!;
        }
        if (node >= this.count) spanned[node - this.count] = 1;
      }
      set += 1;
    }
    return spanned;
  }
}
