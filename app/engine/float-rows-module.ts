import {
  add,
  addFloats,
  constant,
  get,
  loadInteger,
  loadVector,
  moduleOf,
  multiplyFloats,
  repeatWhileBelow,
  set,
  storeVector,
  sumLanes,
  zeroVector,
  type Code,
} from './wasm-code.ts';

/** The WebAssembly module behind `FloatRows`. */

/** Parameters, then other locals of the function. All but the vectors are addresses in bytes. */
const [list, listEnd, query, queryEnd, out] = [0, 1, 2, 3, 4] as const;
const parameterCount = 5;
const queryAt = 5;
const rows = [6, 7, 8, 9] as const;
const sums = [10, 11, 12, 13] as const;
const value = 14;

/**
 * `multiply(list, listEnd, query, queryEnd, out)`: the products of the query with each row whose address is in the list. The
 * query is a multiple of 16 bytes long, the list of four addresses.
 */
const multiply: Code = repeatWhileBelow(
  list,
  listEnd,
  rows.map((row, i) => set(row, loadInteger(get(list), i * 4))),
  sums.map((sum) => set(sum, zeroVector)),
  set(queryAt, get(query)),
  repeatWhileBelow(
    queryAt,
    queryEnd,
    set(value, loadVector(get(queryAt), 0)),
    sums.map((sum, i) => set(sum, addFloats(get(sum), multiplyFloats(loadVector(get(rows[i]!), 0), get(value))))),
    [...rows, queryAt].map((address) => set(address, add(get(address), constant(16)))),
  ),
  storeVector(get(out), sumLanes(sums, addFloats)),
  set(out, add(get(out), constant(16))),
  set(list, add(get(list), constant(16))),
);

/** The module as bytes. It imports its memory as `host.memory` and exports `multiply`. */
export function floatRowsModule(): Uint8Array<ArrayBuffer> {
  return moduleOf(
    'multiply',
    { parameters: parameterCount, integers: sums[0] - parameterCount, vectors: sums.length + 1 },
    multiply,
  );
}
