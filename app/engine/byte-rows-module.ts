import {
  add,
  constant,
  get,
  loadVector,
  moduleOf,
  multiplyFloats,
  repeatWhileBelow,
  set,
  simd,
  storeVector,
  sumLanes,
  zeroVector,
  type Code,
} from './wasm-code.ts';

/** The WebAssembly module behind `ByteRows`. */

/** Eight bytes as eight signed 16-bit numbers. */
const loadBytes = (address: Code, offset: number): Code => [address, simd(0x01), 3, offset];
/** Products of 16-bit numbers, added in pairs to four 32-bit ones. */
const multiplyPairs = (a: Code, b: Code): Code => [a, b, simd(0xba)];
const addIntegers = (a: Code, b: Code): Code => [a, b, simd(0xae)];
const toFloats = (value: Code): Code => [value, simd(0xfa)];
/** Parameters, then other locals of the function. All but the vectors are addresses in bytes. */
const [codes, codesEnd, query, queryEnd, scales, out, stride] = [0, 1, 2, 3, 4, 5, 6] as const;
const parameterCount = 7;
const queryAt = 7;
const rows = [8, 9, 10, 11] as const;
const sums = [12, 13, 14, 15] as const;
const value = 16;

/**
 * `multiply(codes, codesEnd, query, queryEnd, scales, out, stride)`: for each four rows of codes their products with the query
 * times their scales. Rows are `stride` bytes long, a multiple of 32, and their number is a multiple of four; the query has as
 * many 16-bit numbers as a row has bytes.
 */
const multiply: Code = repeatWhileBelow(
  codes,
  codesEnd,
  rows.map((row, i) => set(row, i === 0 ? get(codes) : add(get(row - 1), get(stride)))),
  sums.map((sum) => set(sum, zeroVector)),
  set(queryAt, get(query)),
  repeatWhileBelow(
    queryAt,
    queryEnd,
    [0, 8, 16, 24].map((offset) => [
      set(value, loadVector(get(queryAt), offset * 2)),
      sums.map((sum, i) =>
        set(sum, addIntegers(get(sum), multiplyPairs(loadBytes(get(rows[i]!), offset), get(value)))),
      ),
    ]),
    rows.map((address) => set(address, add(get(address), constant(32)))),
    set(queryAt, add(add(get(queryAt), constant(32)), constant(32))),
  ),
  set(value, sumLanes(sums, addIntegers)),
  storeVector(get(out), multiplyFloats(toFloats(get(value)), loadVector(get(scales), 0))),
  set(out, add(get(out), constant(16))),
  set(scales, add(get(scales), constant(16))),
  // The last of the four rows has been read to its end, where the next four begin.
  set(codes, get(rows[3])),
);

/** The module as bytes. It imports its memory as `host.memory` and exports `multiply`. */
export function byteRowsModule(): Uint8Array<ArrayBuffer> {
  return moduleOf(
    'multiply',
    { parameters: parameterCount, integers: sums[0] - parameterCount, vectors: sums.length + 1 },
    multiply,
  );
}
