import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteRows } from '../../../app/engine/byte-rows.ts';
import { createRandom } from '../../support/random.ts';

function randomRows(count: number, dimension: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count * dimension }, () => random() * 2 - 1);
}

/** Checks each row's estimate against the true product. @returns how far off the farthest is, as a part of what it may be */
function farthestOff(bytes: ByteRows, rows: Float32Array, query: Float32Array): number {
  const { blocks, unit, error, slack } = bytes.multiply(query);
  let farthest = 0;
  let seen = 0;
  for (const { start, count, products, scales } of blocks) {
    for (let i = 0; i < count; i++, seen++) {
      let exact = 0;
      for (const [k, value] of query.entries()) exact += value * rows[(start + i) * query.length + k]!;
      farthest = Math.max(farthest, Math.abs(products[i]! * unit - exact) / (error * scales[i]! + slack));
    }
  }
  expect(seen).toBe(rows.length / query.length);
  return farthest;
}

describe('ByteRows', () => {
  it('gives products that are off by no more than it says', () => {
    fc.assert(
      fc.property(
        fc.record({
          dimension: fc.integer({ min: 1, max: 200 }),
          count: fc.integer({ min: 0, max: 40 }),
          seed: fc.nat(),
        }),
        ({ dimension, count, seed }) => {
          const bytes = new ByteRows(dimension);
          const rows = randomRows(count, dimension, seed);
          bytes.add(rows.subarray(0, Math.floor(count / 3) * dimension));
          bytes.add(rows.subarray(Math.floor(count / 3) * dimension));
          expect(farthestOff(bytes, rows, randomRows(1, dimension, seed + 1))).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('holds to that where every number is rounded by as much as can be, and the same way', () => {
    const dimension = 128;
    // One number sets the scale to 1/127; the others lie in the middle between two codes.
    const row = Float32Array.from({ length: dimension }, (_, i) => (i === 0 ? 1 : 60.4999 / 127));
    const bytes = new ByteRows(dimension);
    bytes.add(row);
    const off = farthestOff(
      bytes,
      row,
      row.map((value, i) => (i === 0 ? 0 : value)),
    );
    expect(off).toBeLessThanOrEqual(1);
    expect(off).toBeGreaterThan(0.9);
  });

  it('says nearly the truth of the longest rows there may be', () => {
    const bytes = new ByteRows(2000);
    const rows = new Float32Array(4 * 2000).fill(1 / Math.sqrt(2000));
    bytes.add(rows);
    expect(farthestOff(bytes, rows, rows.subarray(0, 2000))).toBeLessThanOrEqual(1);
    const { blocks, unit } = bytes.multiply(rows.subarray(0, 2000));
    expect(blocks[0]!.products[3]! * unit).toBeCloseTo(1, 3);
  });

  it('knows rows of nothing but zeros, and a query of zeros', () => {
    const bytes = new ByteRows(3);
    const rows = Float32Array.of(0, 0, 0, 0, 3, 4);
    bytes.add(rows);
    expect(farthestOff(bytes, rows, Float32Array.of(0, 1, 0))).toBeLessThanOrEqual(1);
    expect(farthestOff(bytes, rows, new Float32Array(3))).toBeLessThanOrEqual(1);
  });

  it('grows beyond a block, and fills the place of a removed row with the last one', () => {
    const dimension = 5;
    const count = 40_000;
    const rows = randomRows(count, dimension, 7);
    const bytes = new ByteRows(dimension);
    for (let from = 0; from < count; from += 7000) {
      bytes.add(rows.subarray(from * dimension, Math.min(count, from + 7000) * dimension));
    }
    expect(farthestOff(bytes, rows, randomRows(1, dimension, 8))).toBeLessThanOrEqual(1);
    rows.copyWithin(3 * dimension, (count - 1) * dimension);
    bytes.remove(3);
    bytes.remove(count - 2);
    expect(bytes.count).toBe(count - 2);
    expect(farthestOff(bytes, rows.subarray(0, -2 * dimension), randomRows(1, dimension, 9))).toBeLessThanOrEqual(1);
  });

  it('refuses what are no numbers, and keeps what was there', () => {
    const bytes = new ByteRows(2);
    bytes.add(Float32Array.of(0, 1));
    expect(() => bytes.add(Float32Array.of(1, 0, NaN, 0))).toThrow(RangeError);
    expect(() => bytes.add(Float32Array.of(1, Infinity))).toThrow(RangeError);
    expect(() => bytes.add(Float32Array.of(1))).toThrow(RangeError);
    expect(() => bytes.multiply(Float32Array.of(1))).toThrow(RangeError);
    expect(() => bytes.multiply(Float32Array.of(1, NaN))).toThrow(RangeError);
    expect(bytes.count).toBe(1);
    expect(farthestOff(bytes, Float32Array.of(0, 1), Float32Array.of(0.6, 0.8))).toBeLessThanOrEqual(1);
  });
});
