/**
 * Words for writing small WebAssembly modules in TypeScript, so that building the program needs no compiler. Opcodes and
 * layout are those of the WebAssembly Core Specification 2.0, chapter 5.
 */

/** Bytes, nested as is convenient. */
export type Code = number | readonly Code[];

/** Unsigned LEB128; everything here is below 2^14. */
const unsigned = (value: number): Code => (value < 128 ? value : [(value & 127) | 128, value >> 7]);
const vector = (items: readonly Code[]): Code => [unsigned(items.length), items];
const flatten = (code: Code): number[] => (typeof code === 'number' ? [code] : code.flatMap(flatten));
const sized = (code: Code): Code => vector(flatten(code));
const section = (id: number, content: Code): Code => [id, sized(content)];
const text = (value: string): Code => sized([...new TextEncoder().encode(value)]);

const i32 = 0x7f;
const v128 = 0x7b;

export const get = (local: number): Code => [0x20, local];
export const set = (local: number, ...value: Code[]): Code => [value, 0x21, local];
/** Below 64: larger ones would need a second byte. */
export const constant = (value: number): Code => [0x41, value];
export const add = (a: Code, b: Code): Code => [a, b, 0x6a];
/** Repeats the body as long as local `a` is below local `b` at its end. */
export const repeatWhileBelow = (a: number, b: number, ...body: Code[]): Code => [
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
/** A SIMD instruction by the number that the specification gives it. */
export const simd = (opcode: number): Code => [0xfd, unsigned(opcode)];
export const loadInteger = (address: Code, offset: number): Code => [address, 0x28, 2, offset];
export const loadVector = (address: Code, offset: number): Code => [address, simd(0x00), 4, offset];
export const zeroVector: Code = [simd(0x0c), new Array<number>(16).fill(0)];

export const storeVector = (address: Code, value: Code): Code => [address, value, simd(0x0b), 4, 0];
export const multiplyFloats = (a: Code, b: Code): Code => [a, b, simd(0xe6)];
export const addFloats = (a: Code, b: Code): Code => [a, b, simd(0xe4)];
/** Four of the eight 32-bit lanes of two vectors. */
const pick = (a: Code, b: Code, ...lanes: [number, number, number, number]): Code => [
  [a, b, simd(0x0d)],
  lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)),
];
/** The sums of the lanes of four vectors, in the lanes of one; the four locals are used up. */
export function sumLanes(
  locals: readonly [number, number, number, number],
  addLanes: (a: Code, b: Code) => Code,
): Code {
  const [a, b, c, d] = locals;
  return [
    set(a, addLanes(pick(get(a), get(b), 0, 4, 1, 5), pick(get(a), get(b), 2, 6, 3, 7))),
    set(c, addLanes(pick(get(c), get(d), 0, 4, 1, 5), pick(get(c), get(d), 2, 6, 3, 7))),
    addLanes(pick(get(a), get(c), 0, 1, 4, 5), pick(get(a), get(c), 2, 3, 6, 7)),
  ];
}

/** What a function takes and keeps: parameters are all i32, then come other i32s and then vectors. */
export interface Locals {
  parameters: number;
  integers: number;
  vectors: number;
}

/** A module of one function without a result. It imports its memory as `host.memory` and exports the function as `name`. */
export function moduleOf(name: string, { parameters, integers, vectors }: Locals, body: Code): Uint8Array<ArrayBuffer> {
  const locals = vector([
    [unsigned(integers), i32],
    [unsigned(vectors), v128],
  ]);
  const end = 0x0b;
  return Uint8Array.from(
    flatten([
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, vector([[0x60, vector(new Array<number>(parameters).fill(i32)), vector([])]])),
      section(2, vector([[text('host'), text('memory'), 0x02, 0x00, 0]])),
      section(3, vector([0])),
      section(7, vector([[text(name), 0x00, 0]])),
      section(10, vector([sized([locals, body, end])])),
    ]),
  );
}
