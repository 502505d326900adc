import { DotProducts } from '../engine/dot-products.ts';

/**
 * Pairs of faces closer than a radius, as adjacency lists in one array: the neighbours of face `i` are
 * `ids[offsets[i]]` up to, not including, `ids[offsets[i + 1]]`, in both directions.
 */
export interface Neighbours {
  /** Squared L2 (0..4): every pair closer than this is listed, except between two truncated faces. */
  radius: number;
  offsets: Uint32Array;
  ids: Int32Array;
  /** 1 for a face that has more neighbours within the radius than the graph keeps. */
  truncated: Uint8Array;
}

export interface NeighbourGraphOptions {
  /** Length of an embedding. */
  dimension: number;
  /** Largest squared L2 distance (0..4) that can be asked for later. */
  radius: number;
  /**
   * Nearest neighbours kept per face (default `neighbourCap`). It bounds memory where one person has thousands of faces;
   * a pair is left out only when it is beyond the cap of both its faces.
   */
  cap?: number;
}

/** Enough for groups to come out as if nothing was left out, and little enough for 100,000 faces. */
const neighbourCap = 256;

/** Distances are kept as float32: a little wider than asked, so that rounding leaves no pair out. */
const slack = 1e-6;

/** How many new faces are compared with how many others in one go, so that both stay in the processor's cache. */
const blockSize = 64;
const tileSize = 256;

/**
 * The exact neighbour graph of a growing list of faces. A face is compared with all earlier ones when it is added, so the
 * graph depends on the list of faces alone, not on how it was cut into calls of `add`. Of neighbours at equal distance, the
 * earlier face is the nearer.
 */
export class NeighbourGraph {
  readonly dimension: number;
  readonly radius: number;
  readonly cap: number;
  readonly #dots: DotProducts;
  #count = 0;
  #embeddings = new Float32Array(0);
  /** Per face, its neighbours as keys (see `toKey`), unsorted; cut back to the nearest `cap` when twice as many. */
  #keys: Float64Array[] = [];
  #lengths: number[] = [];
  /** Per face, the key up to which neighbours are listed: at the radius, or the last one kept when the list was cut. */
  #reach: number[] = [];
  #cut: boolean[] = [];

  constructor({ dimension, radius, cap = neighbourCap }: NeighbourGraphOptions) {
    this.dimension = dimension;
    this.radius = radius;
    this.cap = cap;
    this.#dots = new DotProducts(dimension, blockSize, tileSize);
  }

  /** All embeddings so far, `count` x `dimension`, valid until the next `add`. */
  get embeddings(): Float32Array {
    return this.#embeddings.subarray(0, this.#count * this.dimension);
  }

  /** Adds faces by their unit embeddings, row by row. */
  add(embeddings: Float32Array): void {
    const added = embeddings.length / this.dimension;
    if (!Number.isInteger(added)) throw new RangeError(`embeddings do not divide into rows of ${this.dimension}`);
    const start = this.#count;
    this.#reserve(start + added);
    this.#embeddings.set(embeddings, start * this.dimension);
    for (let i = 0; i < added; i++) {
      this.#keys.push(new Float64Array(4));
      this.#lengths.push(0);
      this.#reach.push(toKey(this.radius + slack, 0));
      this.#cut.push(false);
    }
    this.#count += added;
    for (let from = start; from < this.#count; from += blockSize) {
      this.#compareBlock(from, Math.min(from + blockSize, this.#count));
    }
  }

  /**
   * The graph of all pairs closer than `radius`.
   *
   * @param radius squared L2, at most the graph's own radius
   */
  within(radius: number): Neighbours {
    if (radius > this.radius) throw new RangeError(`the graph reaches ${this.radius}, not ${radius}`);
    const count = this.#count;
    const limit = toKey(radius + slack, 0);
    const truncated = new Uint8Array(count);
    for (let face = 0; face < count; face++) {
      if (this.#lengths[face]! > this.cap) this.#trim(face);
      truncated[face] = this.#cut[face]! && this.#reach[face]! < limit ? 1 : 0;
    }
    const offsets = new Uint32Array(count + 1);
    this.#eachEdge(limit, (from) => {
      offsets[from + 1]! += 1;
    });
    for (let face = 0; face < count; face++) offsets[face + 1]! += offsets[face]!;
    const ids = new Int32Array(offsets[count]!);
    const next = offsets.slice(0, count);
    this.#eachEdge(limit, (from, to) => {
      ids[next[from]!++] = to;
    });
    return { radius, offsets, ids, truncated };
  }

  /** Links the faces `from` up to, not including, `to` with all faces before each of them. */
  #compareBlock(from: number, to: number): void {
    const dimension = this.dimension;
    const leastProduct = 1 - (this.radius + slack) / 2;
    this.#dots.setLeft(this.#embeddings.subarray(from * dimension, to * dimension));
    for (let tile = 0; tile < to; tile += tileSize) {
      const tileEnd = Math.min(tile + tileSize, to);
      this.#dots.setRight(this.#embeddings.subarray(tile * dimension, tileEnd * dimension));
      const { products, leftCount } = this.#dots.multiply();
      for (let earlier = tile; earlier < tileEnd; earlier++) {
        const row = (earlier - tile) * leftCount - from;
        for (let at = row + Math.max(from, earlier + 1), end = row + to; at < end; at++) {
          const product = products[at]!;
          if (product > leastProduct) this.#link(earlier, at - row, Math.max(0, 2 - 2 * product));
        }
      }
    }
  }

  #link(a: number, b: number, distance: number): void {
    this.#insert(a, toKey(distance, b));
    this.#insert(b, toKey(distance, a));
  }

  #insert(face: number, key: number): void {
    if (key >= this.#reach[face]!) return;
    const length = this.#lengths[face]!;
    let keys = this.#keys[face]!;
    if (length === keys.length) {
      keys = new Float64Array(length * 2);
      keys.set(this.#keys[face]!);
      this.#keys[face] = keys;
    }
    keys[length] = key;
    this.#lengths[face] = length + 1;
    if (length + 1 >= this.cap * 2) this.#trim(face);
  }

  /** Cuts a face's list back to its nearest `cap` neighbours. */
  #trim(face: number): void {
    const keys = this.#keys[face]!.subarray(0, this.#lengths[face]).sort();
    this.#lengths[face] = this.cap;
    this.#reach[face] = keys[this.cap - 1]!;
    this.#cut[face] = true;
  }

  /** Visits every kept pair in both directions. */
  #eachEdge(limit: number, visit: (from: number, to: number) => void): void {
    for (let face = 0; face < this.#count; face++) {
      const keys = this.#keys[face]!;
      for (let k = 0, length = this.#lengths[face]!; k < length; k++) {
        const key = keys[k]!;
        if (key >= limit) continue;
        const other = faceOf(key);
        visit(face, other);
        // The other face lists this one too, unless its list was cut before it.
        if (withFace(key, face) > this.#reach[other]!) visit(other, face);
      }
    }
  }

  #reserve(count: number): void {
    const needed = count * this.dimension;
    if (needed <= this.#embeddings.length) return;
    const larger = new Float32Array(Math.max(needed, Math.ceil(this.#embeddings.length * 1.5)));
    larger.set(this.#embeddings);
    this.#embeddings = larger;
  }
}

/** Faces are told apart in the low 22 bits of a key. */
const faceLimit = 2 ** 22;
const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

/**
 * A neighbour as one number that sorts by distance, then by face: the bits of the distance as float32, which ascend with it,
 * above those of the face. Both fit into the 53 bits of an exact integer.
 */
function toKey(distance: number, face: number): number {
  float[0] = distance;
  return floatBits[0]! * faceLimit + face;
}

function faceOf(key: number): number {
  return key % faceLimit;
}

/** The same distance, with another face. */
function withFace(key: number, face: number): number {
  return key - faceOf(key) + face;
}
