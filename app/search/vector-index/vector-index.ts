import FlatQueue from 'flatqueue';
import { ByteRows, type Estimates } from '../../engine/byte-rows.ts';
import { FloatRows } from '../../engine/float-rows.ts';

/** Faces that were found, nearest first; of those equally near, the smallest id first. */
export interface Nearest {
  /** Places in the index, valid until faces are removed. */
  rows: Int32Array;
  /** Squared L2 (0..4). */
  distances: Float32Array;
}

/** How far a product that was added up in float32 may be off. */
const rounding = 1e-6;

/**
 * Finds the nearest faces among many: exactly, and in the time that it takes to read a byte per number. All faces are compared
 * as bytes first; those that could be among the nearest, given what rounding to bytes may have lost, are compared as they are.
 * What is found depends on the faces alone, not on the order in which they came and went.
 */
export class VectorIndex {
  readonly dimension: number;
  readonly #bytes: ByteRows;
  readonly #floats: FloatRows;
  #ids = new Float64Array(0);
  #changes = 0;

  /** @param dimension length of an embedding, at most 2,000 */
  constructor(dimension: number) {
    this.dimension = dimension;
    this.#bytes = new ByteRows(dimension);
    this.#floats = new FloatRows(dimension);
  }

  get count(): number {
    return this.#bytes.count;
  }

  /** Grows whenever faces come or go. */
  get changes(): number {
    return this.#changes;
  }

  /** Per row, the face's id; valid until faces are added or removed. */
  get ids(): Float64Array {
    return this.#ids.subarray(0, this.count);
  }

  /** All embeddings, `count` x `dimension`; valid until faces are added or removed. */
  get embeddings(): Float32Array {
    return this.#floats.numbers;
  }

  /**
   * Adds faces, each of which must be new.
   *
   * @param embeddings unit vectors, row by row
   * @throws RangeError when the numbers do not fit the ids or are not finite; then nothing is added
   */
  add(ids: ArrayLike<number>, embeddings: Float32Array): void {
    if (embeddings.length !== ids.length * this.dimension) {
      throw new RangeError(`${ids.length} faces have ${ids.length * this.dimension} numbers, not ${embeddings.length}`);
    }
    const start = this.count;
    const count = start + ids.length;
    // Both or neither.
    this.#floats.reserve(count);
    this.#bytes.add(embeddings);
    this.#floats.add(embeddings);
    if (count > this.#ids.length) {
      const larger = new Float64Array(Math.max(count, Math.ceil(this.#ids.length * 1.5)));
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#changes++;
    this.#ids.set(ids, start);
  }

  /**
   * Removes the faces that are there of these. The last rows move to where they were.
   *
   * @returns how many there were
   */
  remove(ids: Iterable<number>): number {
    const gone = new Set(ids);
    const before = this.count;
    // From the end, so that the row that moves has been looked at.
    for (let row = before - 1; row >= 0; row--) {
      if (!gone.has(this.#ids[row]!)) continue;
      const last = this.count - 1;
      this.#ids[row] = this.#ids[last]!;
      this.#bytes.remove(row);
      this.#floats.remove(row);
      this.#changes++;
    }
    return before - this.count;
  }

  /**
   * The `k` nearest faces, or all where there are fewer.
   *
   * @param query unit vector
   * @throws RangeError when the query has another length or a number that is not finite
   */
  nearest(query: Float32Array, k: number): Nearest {
    const estimates = this.#bytes.multiply(query);
    const wanted = Math.min(k, this.count);
    if (wanted <= 0) return nothing();
    const candidates = candidatesOf(estimates, this.#leastByEstimates(query, estimates, wanted));
    const [products] = this.#floats.multiply([query], candidates);
    const least = products!.toSorted().at(-wanted)! - rounding;
    const { embeddings } = this;
    const best: Reached[] = [];
    for (const [i, row] of candidates.entries()) {
      if (products![i]! >= least) best.push({ row, product: exactProduct(query, embeddings, row) });
    }
    return this.#nearestFirst(best, wanted);
  }

  /**
   * The faces that are nearest to any of several: every one nearer than a threshold, and at least `k` more where there are.
   * (`nearest` goes its own way: bounds for every face would take half as long again.)
   *
   * @param queries unit vectors
   * @param k at least 1
   * @param threshold squared L2 (0..4)
   * @returns every face up to the distance of the last; distances are those to the nearest query
   * @throws RangeError when a query has another length or a number that is not finite
   */
  nearestToAny(queries: readonly Float32Array[], k: number, threshold: number): Nearest {
    const bounds = this.#upperBounds(queries);
    if (this.count === 0) return nothing();
    const least = this.#leastByBounds(queries, bounds, 1 - threshold / 2, k);
    const candidates: number[] = [];
    for (let row = 0; row < bounds.length; row++) if (bounds[row]! >= least) candidates.push(row);
    const reached = this.#reaching(queries, candidates, least);
    return this.#nearestFirst(reached, reached.length);
  }

  /**
   * The distances from these rows to the nearest of several vectors, added up in float32.
   *
   * @returns squared L2 (0..4), one after the other
   */
  distancesToAny(queries: readonly Float32Array[], rows: ArrayLike<number>): Float32Array {
    return this.#productsWithAny(queries, rows).most.map((product) => Math.max(0, 2 - 2 * product));
  }

  /** As `nearest`, with the faces' ids. */
  search(query: Float32Array, k: number): { ids: Float64Array; distances: Float32Array } {
    const { rows, distances } = this.nearest(query, k);
    return { ids: Float64Array.from(rows, (row) => this.#ids[row]!), distances };
  }

  #nearestFirst(faces: Reached[], wanted: number): Nearest {
    faces.sort((a, b) => b.product - a.product || this.#ids[a.row]! - this.#ids[b.row]!);
    const found = { rows: new Int32Array(wanted), distances: new Float32Array(wanted) };
    for (let i = 0; i < wanted; i++) {
      found.rows[i] = faces[i]!.row;
      found.distances[i] = Math.max(0, 2 - 2 * faces[i]!.product);
    }
    return found;
  }

  /** A product that at least `wanted` faces reach: the least of those that are nearest by the estimates. */
  #leastByEstimates(query: Float32Array, { blocks }: Estimates, wanted: number): number {
    if (wanted === this.count) return -Infinity;
    const best = new Best(wanted);
    for (const { start, count, products } of blocks) {
      for (let i = 0; i < count; i++) if (products[i]! > best.least) best.add(start + i, products[i]!);
    }
    return this.#leastOf([query], best.rows());
  }

  /** Per row, what its largest product with any of the queries cannot be above. */
  #upperBounds(queries: readonly Float32Array[]): Float32Array {
    const bounds = new Float32Array(this.count).fill(-Infinity);
    for (const query of queries) {
      const { blocks, unit, error, slack } = this.#bytes.multiply(query);
      for (const { start, count, products, scales } of blocks) {
        for (let i = 0; i < count; i++) {
          const bound = products[i]! * unit + error * scales[i]! + slack + rounding;
          if (bound > bounds[start + i]!) bounds[start + i] = bound;
        }
      }
    }
    return bounds;
  }

  /** A product that `k` of the faces whose bounds are not above the bar reach: the least of those with the largest bounds. */
  #leastByBounds(queries: readonly Float32Array[], bounds: Float32Array, bar: number, k: number): number {
    const best = new Best(k);
    for (let row = 0; row < bounds.length; row++) {
      const bound = bounds[row]!;
      if (bound > best.least && bound <= bar) best.add(row, bound);
    }
    return best.isFull ? this.#leastOf(queries, best.rows()) : -Infinity;
  }

  #leastOf(queries: readonly Float32Array[], rows: ArrayLike<number>): number {
    return this.#productsWithAny(queries, rows).most.reduce((a, b) => Math.min(a, b)) - rounding;
  }

  /** Those of these rows whose largest product with any query reaches `least`. */
  #reaching(queries: readonly Float32Array[], rows: readonly number[], least: number): Reached[] {
    const { products, most } = this.#productsWithAny(queries, rows);
    const { embeddings } = this;
    const found: Reached[] = [];
    for (const [i, row] of rows.entries()) {
      if (most[i]! < least) continue;
      let product = -Infinity;
      for (const [q, query] of queries.entries()) {
        if (products[q]![i]! >= most[i]! - rounding) product = Math.max(product, exactProduct(query, embeddings, row));
      }
      found.push({ row, product });
    }
    return found;
  }

  /** The products of these rows with every query, and per row the largest, added up in float32. */
  #productsWithAny(
    queries: readonly Float32Array[],
    rows: ArrayLike<number>,
  ): { products: Float32Array[]; most: Float32Array } {
    const products = this.#floats.multiply(queries, rows);
    if (products.length === 1) return { products, most: products[0]! };
    const most = new Float32Array(rows.length).fill(-Infinity);
    for (const one of products) for (let i = 0; i < most.length; i++) most[i] = Math.max(most[i]!, one[i]!);
    return { products, most };
  }
}

/** A face, and its largest product with what is searched for. */
interface Reached {
  row: number;
  product: number;
}

/** The rows with the largest numbers so far. */
class Best {
  /** What a number must be above to get in. */
  least = -Infinity;
  readonly #size: number;
  /** The least on top. */
  readonly #queue: FlatQueue;

  constructor(size: number) {
    this.#size = size;
    this.#queue = new FlatQueue(size + 1, Float32Array, Uint32Array);
  }

  get isFull(): boolean {
    return this.#queue.length === this.#size;
  }

  /** @param number above {@link least} */
  add(row: number, number: number): void {
    this.#queue.push(row, number);
    if (this.#queue.length > this.#size) this.#queue.pop();
    if (this.#queue.length === this.#size) this.least = this.#queue.peekValue()!;
  }

  rows(): ArrayLike<number> {
    return this.#queue.ids.slice(0, this.#queue.length);
  }
}

function nothing(): Nearest {
  return { rows: new Int32Array(0), distances: new Float32Array(0) };
}

/** The faces whose product may reach `least`. */
function candidatesOf({ blocks, unit, error, slack }: Estimates, least: number): number[] {
  const rows: number[] = [];
  const limit = least - slack;
  for (const { start, count, products, scales } of blocks) {
    for (let i = 0; i < count; i++) {
      if (products[i]! * unit + error * scales[i]! >= limit) rows.push(start + i);
    }
  }
  return rows;
}

/** Added up as float64 numbers. */
function exactProduct(query: Float32Array, embeddings: Float32Array, row: number): number {
  const start = row * query.length;
  let sum = 0;
  for (let i = 0; i < query.length; i++) sum += query[i]! * embeddings[start + i]!;
  return sum;
}
