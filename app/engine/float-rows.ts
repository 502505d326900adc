import { floatRowsModule } from './float-rows-module.ts';

/** Rows that memory grows by. */
const blockRows = 4096;
/** Rows that are multiplied at a time; a multiple of the four that the module takes together. */
const listLength = 512;
const vectorLength = 4;
const pageBytes = 65_536;
const numberBytes = Float32Array.BYTES_PER_ELEMENT;

type Multiply = (list: number, listEnd: number, query: number, queryEnd: number, out: number) => void;

/**
 * A growing table of float32 numbers, and the dot products of queries with some of its rows in WebAssembly SIMD. It grows in
 * place, so that it never takes more memory than its rows do.
 */
export class FloatRows {
  readonly #dimension: number;
  readonly #memory: WebAssembly.Memory;
  readonly #multiply: Multiply;
  /** Addresses in bytes of the query, of the products, and of the rows; the list of rows is at 0. */
  readonly #queryAt = listLength * Uint32Array.BYTES_PER_ELEMENT;
  readonly #productsAt: number;
  readonly #rowsAt: number;
  #capacity = 0;
  #count = 0;
  #numbers: Float32Array;
  #list: Uint32Array;
  #products: Float32Array;

  /** @param dimension length of a row */
  constructor(dimension: number) {
    this.#dimension = dimension;
    const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;
    this.#productsAt = this.#queryAt + align(dimension * numberBytes);
    this.#rowsAt = this.#productsAt + listLength * numberBytes;
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(this.#rowsAt / pageBytes) });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(floatRowsModule()), {
      host: { memory: this.#memory },
    });
    this.#multiply = instance.exports['multiply'] as Multiply;
    [this.#list, this.#products, this.#numbers] = this.#arrays();
  }

  /** All rows, one after the other; valid until rows are added. */
  get numbers(): Float32Array {
    return this.#numbers.subarray(0, this.#count * this.#dimension);
  }

  /** Makes room for so many rows in all. @throws RangeError where they are too many (4 GB) */
  reserve(count: number): void {
    if (count <= this.#capacity) return;
    const capacity = Math.ceil(count / blockRows) * blockRows;
    const missing = this.#rowsAt + capacity * this.#dimension * numberBytes - this.#memory.buffer.byteLength;
    // Memory grows in place; the arrays over it have to be made anew.
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
    this.#capacity = capacity;
    [this.#list, this.#products, this.#numbers] = this.#arrays();
  }

  /** Adds rows at the end. @throws RangeError where there are too many; then none is added */
  add(rows: Float32Array): void {
    const count = this.#count + rows.length / this.#dimension;
    this.reserve(count);
    this.#numbers.set(rows, this.#count * this.#dimension);
    this.#count = count;
  }

  /** Removes a row by putting the last one in its place. */
  remove(row: number): void {
    this.#count--;
    const last = this.#count * this.#dimension;
    this.#numbers.copyWithin(row * this.#dimension, last, last + this.#dimension);
  }

  /**
   * The products of queries with these rows, as float32, one after the other.
   *
   * @param queries each as long as a row
   * @returns one array per query
   */
  multiply(queries: readonly Float32Array[], rows: ArrayLike<number>): Float32Array[] {
    const results = queries.map(() => new Float32Array(rows.length));
    // Some rows with all queries, then the next ones: the rows stay in the processor's cache meanwhile.
    for (let from = 0; from < rows.length; from += listLength) {
      const count = Math.min(listLength, rows.length - from);
      const fours = Math.ceil(count / 4) * 4;
      for (let i = 0; i < fours; i++) {
        // What is too many for the last four is multiplied in vain.
        const row = rows[Math.min(from + i, rows.length - 1)]!;
        this.#list[i] = this.#rowsAt + row * this.#dimension * numberBytes;
      }
      for (const [i, query] of queries.entries()) this.#multiplyListed(query, rows, from, count, results[i]!);
    }
    return results;
  }

  #multiplyListed(
    query: Float32Array,
    rows: ArrayLike<number>,
    from: number,
    count: number,
    products: Float32Array,
  ): void {
    const whole = Math.floor(this.#dimension / vectorLength) * vectorLength;
    if (whole > 0) {
      this.#numbersAt(this.#queryAt, this.#dimension).set(query);
      const listEnd = Math.ceil(count / 4) * 4 * Uint32Array.BYTES_PER_ELEMENT;
      this.#multiply(0, listEnd, this.#queryAt, this.#queryAt + whole * numberBytes, this.#productsAt);
      products.set(this.#products.subarray(0, count), from);
    }
    for (let k = whole; k < this.#dimension; k++) {
      for (let i = from; i < from + count; i++) {
        products[i]! += query[k]! * this.#numbers[rows[i]! * this.#dimension + k]!;
      }
    }
  }

  #arrays(): [Uint32Array, Float32Array, Float32Array] {
    return [
      new Uint32Array(this.#memory.buffer, 0, listLength),
      this.#numbersAt(this.#productsAt, listLength),
      this.#numbersAt(this.#rowsAt, this.#capacity * this.#dimension),
    ];
  }

  #numbersAt(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }
}
