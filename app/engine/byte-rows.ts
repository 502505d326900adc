import { byteRowsModule } from './byte-rows-module.ts';

/** Rows are padded to a multiple of this many bytes, as the module needs it. */
const padding = 32;
/** Rows that memory grows by; a multiple of the four that the module takes at a time. */
const blockRows = 16_384;
const pageBytes = 65_536;
/** Largest code of a row, and of a query: products of 16 bits and 8 bits, added up, must fit into 32 bits. */
const largestByte = 127;
const largestQuery = 8191;
/** For rounding in float32. */
const slack = 1e-6;

type Multiply = (
  codes: number,
  codesEnd: number,
  query: number,
  queryEnd: number,
  scales: number,
  out: number,
  stride: number,
) => void;

/** A stretch of consecutive rows. Its arrays are valid until rows are added. */
export interface ByteBlock {
  /** The first row. */
  start: number;
  count: number;
  codes: Int8Array;
  /** Per row, what its codes are multiplied with to give its numbers. */
  scales: Float32Array;
  /** Per row, its product with the query that was last multiplied, in units of `Estimates.unit`. */
  products: Float32Array;
}

/** What the dot products of a query with all rows are, roughly: row `i` of a block has `products[i] * unit`. */
export interface Estimates {
  blocks: readonly ByteBlock[];
  unit: number;
  /** The true product of a row lies no farther from the estimate than `error * scales[i] + slack`. */
  error: number;
  slack: number;
}

/**
 * Rows of numbers kept as a byte each, and their dot products with a query in WebAssembly SIMD: a quarter of the memory to be
 * read, which is what takes the time, and a bound for what was lost.
 */
export class ByteRows {
  readonly #dimension: number;
  readonly #stride: number;
  readonly #memory: WebAssembly.Memory;
  readonly #multiply: Multiply;
  /** Where blocks start: behind the query. */
  readonly #blocksAt: number;
  #blocks: ByteBlock[] = [];
  #count = 0;
  /** Largest distance of a row from what its codes say, as a multiple of its scale. */
  #error = 0;
  /** Largest length of a row. */
  #length = 0;

  /** @param dimension length of a row, at most 2,000 */
  constructor(dimension: number) {
    if (!Number.isInteger(dimension) || dimension < 1 || dimension > 2000) {
      throw new RangeError(`a row cannot have ${dimension} numbers`);
    }
    this.#dimension = dimension;
    this.#stride = Math.ceil(dimension / padding) * padding;
    this.#blocksAt = this.#stride * Int16Array.BYTES_PER_ELEMENT;
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(this.#blocksAt / pageBytes) });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(byteRowsModule()), {
      host: { memory: this.#memory },
    });
    this.#multiply = instance.exports['multiply'] as Multiply;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Adds rows at the end.
   *
   * @throws RangeError for numbers that are not finite, and where there are too many rows (4 GB); then none is added
   */
  add(rows: Float32Array): void {
    const added = rows.length / this.#dimension;
    if (!Number.isInteger(added)) throw new RangeError(`numbers do not divide into rows of ${this.#dimension}`);
    this.#reserve(this.#count + added);
    for (let i = 0; i < added; i++) this.#set(this.#count + i, rows, i * this.#dimension);
    this.#truncate(this.#count + added);
  }

  /** Removes a row by putting the last one in its place. */
  remove(row: number): void {
    const from = this.#count - 1;
    const [source, target] = [this.#blockOf(from), this.#blockOf(row)];
    const [last, place] = [from - source.start, row - target.start];
    target.codes.set(source.codes.subarray(last * this.#stride, (last + 1) * this.#stride), place * this.#stride);
    target.scales[place] = source.scales[last]!;
    this.#truncate(from);
  }

  /**
   * The products of all rows with a query, roughly; valid until the next call.
   *
   * @throws RangeError when the query has another length or a number that is not finite
   */
  multiply(query: Float32Array): Estimates {
    const { unit, lost } = this.#setQuery(query);
    for (const { count, codes, scales, products } of this.#blocks) {
      if (count === 0) continue;
      const fours = Math.ceil(count / 4) * 4;
      this.#multiply(
        codes.byteOffset,
        codes.byteOffset + fours * this.#stride,
        0,
        this.#blocksAt,
        scales.byteOffset,
        products.byteOffset,
        this.#stride,
      );
    }
    const size = Math.hypot(...query);
    return {
      blocks: this.#blocks,
      unit,
      error: this.#error * size,
      slack: (lost * 1.01 + slack * Math.max(1, size)) * Math.max(1, this.#length * 2),
    };
  }

  /** @returns what its codes are multiplied with, and how far they then are from the query */
  #setQuery(query: Float32Array): { unit: number; lost: number } {
    if (query.length !== this.#dimension) throw new RangeError(`a query has ${this.#dimension} numbers`);
    let largest = 0;
    for (const value of query) largest = Math.max(largest, Math.abs(value));
    if (!Number.isFinite(largest)) throw new RangeError('the query has a number that is not finite');
    const codes = new Int16Array(this.#memory.buffer, 0, this.#stride);
    const unit = largest / largestQuery;
    let lost = 0;
    query.forEach((value, i) => {
      codes[i] = unit === 0 ? 0 : Math.round(value / unit);
      lost += (value - codes[i] * unit) ** 2;
    });
    return { unit, lost: Math.sqrt(lost) };
  }

  #set(row: number, numbers: Float32Array, start: number): void {
    const { start: first, codes, scales } = this.#blockOf(row);
    const end = start + this.#dimension;
    let largest = 0;
    let length = 0;
    for (let i = start; i < end; i++) {
      const value = numbers[i]!;
      length += value * value;
      if (value > largest) largest = value;
      else if (-value > largest) largest = -value;
    }
    const scale = Math.fround(largest / largestByte);
    const factor = scale === 0 ? 0 : 1 / scale;
    const at = (row - first) * this.#stride - start;
    let lost = 0;
    for (let i = start; i < end; i++) {
      const exact = numbers[i]! * factor;
      // Rounding up .5 alike for all signs is as good as any.
      const code = Math.min(largestByte, Math.floor(exact + 0.5));
      codes[at + i] = code;
      lost += (exact - code) * (exact - code);
    }
    scales[row - first] = scale;
    if (!Number.isFinite(length)) throw new RangeError('a row has a number that is not finite');
    this.#error = Math.max(this.#error, Math.sqrt(lost));
    this.#length = Math.max(this.#length, Math.sqrt(length));
  }

  #blockOf(row: number): ByteBlock {
    return this.#blocks[Math.floor(row / blockRows)]!;
  }

  /** Sets how many of the rows there is memory for are there. */
  #truncate(count: number): void {
    this.#count = count;
    for (const block of this.#blocks) block.count = Math.max(0, Math.min(blockRows, count - block.start));
  }

  #reserve(count: number): void {
    const needed = Math.ceil(count / blockRows);
    if (needed <= this.#blocks.length) return;
    const bytes = blockRows * (this.#stride + 2 * Float32Array.BYTES_PER_ELEMENT);
    const missing = this.#blocksAt + needed * bytes - this.#memory.buffer.byteLength;
    // Memory grows in place; the arrays over it have to be made anew.
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
    const { buffer } = this.#memory;
    this.#blocks = Array.from({ length: needed }, (_, block): ByteBlock => {
      const codesAt = this.#blocksAt + block * bytes;
      const scalesAt = codesAt + blockRows * this.#stride;
      const productsAt = scalesAt + blockRows * Float32Array.BYTES_PER_ELEMENT;
      return {
        start: block * blockRows,
        count: this.#blocks[block]?.count ?? 0,
        codes: new Int8Array(buffer, codesAt, blockRows * this.#stride),
        scales: new Float32Array(buffer, scalesAt, blockRows),
        products: new Float32Array(buffer, productsAt, blockRows),
      };
    });
  }
}
