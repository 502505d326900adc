/**
 * The WebAssembly module behind `DotProducts`, put together here so that building the program needs no compiler. Opcodes and
 * layout are those of the WebAssembly Core Specification 2.0, chapter 5.
 */

/** Bytes, nested as is convenient. */
type Code = number | readonly Code[];

/** Unsigned LEB128; everything here is below 2^14. */
const unsigned = (value: number): Code => (value < 128 ? value : [(value & 127) | 128, value >> 7]);
const vector = (items: readonly Code[]): Code => [unsigned(items.length), items];
const flatten = (code: Code): number[] => (typeof code === 'number' ? [code] : code.flatMap(flatten));
const sized = (code: Code): Code => vector(flatten(code));
const section = (id: number, content: Code): Code => [id, sized(content)];
const text = (value: string): Code => sized([...new TextEncoder().encode(value)]);

const i32 = 0x7f;
const v128 = 0x7b;
const get = (local: number): Code => [0x20, local];
const set = (local: number, ...value: Code[]): Code => [value, 0x21, local];
/** Below 64: larger ones would need a second byte. */
const constant = (value: number): Code => [0x41, value];
const add = (a: Code, b: Code): Code => [a, b, 0x6a];
/** Repeats the body as long as local `a` is below local `b` at its end. */
const repeatWhileBelow = (a: number, b: number, ...body: Code[]): Code => [
  0x03,
  0x40,
  body,
  get(a),
  get(b),
  0x49,
  0x0d,
  0,
  0x0b,
];
const simd = (opcode: number): Code => [0xfd, unsigned(opcode)];
const loadVector = (address: Code, offset: number): Code => [address, simd(0x00), 4, offset];
const zeroVector: Code = [simd(0x0c), new Array<number>(16).fill(0)];
const multiplyVectors = (a: Code, b: Code): Code => [a, b, simd(0xe6)];
const addVectors = (a: Code, b: Code): Code => [a, b, simd(0xe4)];
const lane = (value: Code, index: number): Code => [value, simd(0x1f), index];
const addFloats = (a: Code, b: Code): Code => [a, b, 0x92];
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
          set(sum, addVectors(get(sum), multiplyVectors(loadVector(get(rows[i]!), offset), get(value)))),
        ),
      ]),
      [...rows, rightAt].map((address) => set(address, add(get(address), constant(32)))),
    ),
    sums.map((sum, i) => {
      const [a, b, c, d] = [0, 1, 2, 3].map((index) => lane(get(sum), index)) as [Code, Code, Code, Code];
      return storeFloat(get(out), i * 4, addFloats(addFloats(a, b), addFloats(c, d)));
    }),
    set(out, add(get(out), constant(16))),
    // The last of the four rows has been read to its end, where the next four begin.
    set(leftAt, get(rows[3])),
  ),
  set(right, get(rowEnd)),
);

/** The module as bytes. It imports its memory as `host.memory` and exports `multiply`. */
export function dotProductModule(): Uint8Array<ArrayBuffer> {
  const locals = vector([
    [unsigned(sums[0] - parameterCount), i32],
    [unsigned(sums.length + 1), v128],
  ]);
  const end = 0x0b;
  return Uint8Array.from(
    flatten([
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, vector([[0x60, vector(new Array<number>(parameterCount).fill(i32)), vector([])]])),
      section(2, vector([[text('host'), text('memory'), 0x02, 0x00, 0]])),
      section(3, vector([0])),
      section(7, vector([[text('multiply'), 0x00, 0]])),
      section(10, vector([sized([locals, multiply, end])])),
    ]),
  );
}
