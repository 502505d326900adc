import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FloatRows } from '../../../app/engine/float-rows.ts';
import { createRandom } from '../../support/random.ts';

function randomRows(count: number, dimension: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count * dimension }, () => random() * 2 - 1);
}

function product(query: Float32Array, rows: Float32Array, row: number): number {
  return query.reduce((sum, value, k) => sum + value * rows[row * query.length + k]!, 0);
}

describe('FloatRows', () => {
  it('multiplies the rows that are asked for, in their order', () => {
    fc.assert(
      fc.property(
        fc.record({
          dimension: fc.integer({ min: 1, max: 140 }),
          list: fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 30 }),
          seed: fc.nat(),
        }),
        ({ dimension, list, seed }) => {
          const rows = randomRows(12, dimension, seed);
          const table = new FloatRows(dimension);
          table.add(rows.subarray(0, 5 * dimension));
          table.add(rows.subarray(5 * dimension));
          const queries = [randomRows(1, dimension, seed + 1), randomRows(1, dimension, seed + 2)];
          const products = table.multiply(queries, list);
          for (const [q, query] of queries.entries()) {
            expect(products[q]).toHaveLength(list.length);
            for (const [i, row] of list.entries()) expect(products[q]![i]).toBeCloseTo(product(query, rows, row), 4);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('grows, takes long lists, and fills the place of a removed row with the last one', () => {
    const [dimension, count] = [7, 9000];
    const rows = randomRows(count, dimension, 1);
    const table = new FloatRows(dimension);
    for (let from = 0; from < count; from += 1000)
      table.add(rows.subarray(from * dimension, (from + 1000) * dimension));
    table.remove(2);
    rows.copyWithin(2 * dimension, (count - 1) * dimension);
    expect(table.numbers).toEqual(rows.subarray(0, -dimension));
    const query = randomRows(1, dimension, 2);
    const list = Array.from({ length: 2500 }, (_, i) => (i * 31) % (count - 1));
    const [products] = table.multiply([query], list);
    for (const [i, row] of list.entries()) expect(products![i]).toBeCloseTo(product(query, rows, row), 4);
  });

  it('refuses more than there can be memory for, and keeps what was there', () => {
    const table = new FloatRows(2);
    table.add(Float32Array.of(3, 4));
    expect(() => table.reserve(1e9)).toThrow(RangeError);
    expect([...table.numbers]).toEqual([3, 4]);
    expect(table.multiply([Float32Array.of(1, 1)], [0])).toEqual([Float32Array.of(7)]);
  });
});
