import {
  add,
  addFloats,
  constant,
  get,
  loadVector,
  moduleOf,
  multiplyFloats,
  repeatWhileBelow,
  set,
  simd,
  zeroVector,
  type Code,
} from './wasm-code.ts';

/** The WebAssembly module behind `DotProducts`. */

const lane = (value: Code, index: number): Code => [value, simd(0x1f), index];
const addScalars = (a: Code, b: Code): Code => [a, b, 0x92];
const storeFloat = (address: Code, offset: number, value: Code): Code => [address, value, 0x38, 2, offset];

/** Parameters, then other locals of the function. All but the vectors are addresses in bytes. */
const [left, leftEnd, right, rightEnd, out, stride] = [0, 1, 2, 3, 4, 5] as const;
const parameterCount = 6;
const [leftAt, rightAt, rowEnd] = [6, 7, 8] as const;
const rows = [9, 10, 11, 12] as const;
const sums = [13, 14, 15, 16] as const;
const value = 17;

/**
 * `multiply(left, leftEnd, right, rightEnd, out, stride)`: for each right row, for each four left rows, the four dot products.
 * Rows are `stride` bytes long, a multiple of 32, and the left rows a multiple of four.
 */
const multiply: Code = repeatWhileBelow(
  right,
  rightEnd,
  set(leftAt, get(left)),
  repeatWhileBelow(
    leftAt,
    leftEnd,
    rows.map((row, i) => set(row, i === 0 ? get(leftAt) : add(get(row - 1), get(stride)))),
    sums.map((sum) => set(sum, zeroVector)),
    set(rightAt, get(right)),
    set(rowEnd, add(get(right), get(stride))),
    repeatWhileBelow(
      rightAt,
      rowEnd,
      [0, 16].map((offset) => [
        set(value, loadVector(get(rightAt), offset)),
        sums.map((sum, i) =>
          set(sum, addFloats(get(sum), multiplyFloats(loadVector(get(rows[i]!), offset), get(value)))),
        ),
      ]),
      [...rows, rightAt].map((address) => set(address, add(get(address), constant(32)))),
    ),
    sums.map((sum, i) => {
      const [a, b, c, d] = [0, 1, 2, 3].map((index) => lane(get(sum), index)) as [Code, Code, Code, Code];
      return storeFloat(get(out), i * 4, addScalars(addScalars(a, b), addScalars(c, d)));
    }),
    set(out, add(get(out), constant(16))),
    // The last of the four rows has been read to its end, where the next four begin.
    set(leftAt, get(rows[3])),
  ),
  set(right, get(rowEnd)),
);

/** The module as bytes. It imports its memory as `host.memory` and exports `multiply`. */
export function dotProductModule(): Uint8Array<ArrayBuffer> {
  return moduleOf(
    'multiply',
    { parameters: parameterCount, integers: sums[0] - parameterCount, vectors: sums.length + 1 },
    multiply,
  );
}
