import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VectorIndex } from '../../../../app/search/vector-index/vector-index.ts';
import { createRandom, gaussian } from '../../../support/random.ts';
import { makeFaces } from '../../../support/synthetic-faces.ts';

/** Unit vectors. */
function randomRows(count: number, dimension: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const rows = Float32Array.from({ length: count * dimension }, () => gaussian(random));
  for (let start = 0; start < rows.length; start += dimension) {
    const row = rows.subarray(start, start + dimension);
    const length = Math.hypot(...row);
    row.forEach((value, i) => (row[i] = value / length));
  }
  return rows;
}

/** All faces by a plain loop, nearest first, of those equally near the smallest id first. */
function bruteForce(
  ids: readonly number[],
  rows: Float32Array,
  query: Float32Array,
): { id: number; distance: number }[] {
  return ids
    .map((id, row) => {
      let distance = 0;
      for (const [i, value] of query.entries()) distance += (value - rows[row * query.length + i]!) ** 2;
      return { id, distance };
    })
    .sort((a, b) => a.distance - b.distance || a.id - b.id);
}

/** Distances as `2 - 2 * product` of float32 vectors that are nearly of length 1. */
const rounding = 1e-6;

/** That each face is among the `k` nearest, up to rounding, and that the distances are theirs and ascend. */
function expectNearest(
  index: VectorIndex,
  { ids, rows }: { ids: readonly number[]; rows: Float32Array },
  query: Float32Array,
  k: number,
): void {
  const found = index.search(query, k);
  const exact = bruteForce(ids, rows, query);
  const distances = new Map(exact.map(({ id, distance }) => [id, distance]));
  expect(found.ids).toHaveLength(Math.min(k, ids.length));
  expect(new Set(found.ids).size).toBe(found.ids.length);
  found.ids.forEach((id, i) => {
    expect(Math.abs(found.distances[i]! - exact[i]!.distance)).toBeLessThan(rounding);
    expect(Math.abs(found.distances[i]! - distances.get(id)!)).toBeLessThan(rounding);
    if (i > 0) expect(found.distances[i]!).toBeGreaterThanOrEqual(found.distances[i - 1]!);
  });
}

function indexOf(ids: readonly number[], rows: Float32Array, dimension: number): VectorIndex {
  const index = new VectorIndex(dimension);
  index.add(ids, rows);
  return index;
}

const numbered = (count: number, first = 1): number[] => Array.from({ length: count }, (_, i) => first + i);

describe('VectorIndex', () => {
  it('finds what a plain loop finds, for any dimension, size and k', () => {
    fc.assert(
      fc.property(
        fc.record({
          dimension: fc.integer({ min: 1, max: 140 }),
          count: fc.integer({ min: 0, max: 120 }),
          k: fc.integer({ min: 0, max: 140 }),
          seed: fc.nat(),
        }),
        ({ dimension, count, k, seed }) => {
          const faces = { ids: numbered(count, 1000), rows: randomRows(count, dimension, seed) };
          const index = indexOf(faces.ids, faces.rows, dimension);
          expectNearest(index, faces, randomRows(1, dimension, seed + 1), k);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('finds the nearest to any of several, as far as a threshold reaches and further', () => {
    const sizes = fc.record({
      count: fc.integer({ min: 1, max: 400 }),
      dimension: fc.integer({ min: 1, max: 40 }),
      queries: fc.integer({ min: 1, max: 6 }),
      k: fc.integer({ min: 1, max: 50 }),
      threshold: fc.constantFrom(0, 0.2, 1, 4),
      seed: fc.integer({ min: 1, max: 1e6 }),
    });
    fc.assert(
      fc.property(sizes, ({ count, dimension, queries: asked, k, threshold, seed }) => {
        const ids = [...Array(count).keys()];
        const rows = randomRows(count, dimension, seed);
        const queries = Array.from({ length: asked }, (_, i) => randomRows(1, dimension, seed + i + 1));
        const index = indexOf(ids, rows, dimension);
        const exact = new Map<number, number>();
        for (const query of queries) {
          for (const { id, distance } of bruteForce(ids, rows, query)) {
            exact.set(id, Math.min(exact.get(id) ?? Infinity, distance));
          }
        }
        const ascending = [...exact.values()].sort((a, b) => a - b);
        const within = ascending.filter((distance) => distance < threshold - rounding).length;
        const found = index.nearestToAny(queries, k, threshold);
        expect(found.rows.length).toBeGreaterThanOrEqual(Math.min(count, within + k));
        expect(new Set(found.rows).size).toBe(found.rows.length);
        const again = index.distancesToAny(queries, found.rows);
        for (const [i, row] of found.rows.entries()) {
          expect(Math.abs(found.distances[i]! - ascending[i]!)).toBeLessThan(rounding);
          expect(Math.abs(found.distances[i]! - exact.get(row)!)).toBeLessThan(rounding);
          expect(Math.abs(again[i]! - exact.get(row)!)).toBeLessThan(rounding);
        }
      }),
    );
  });

  it('finds what a plain loop finds among faces as they are, where bytes alone do not', () => {
    const { embeddings, dimension } = makeFaces({ sizes: [900, 400, ...new Array<number>(300).fill(2)], seed: 4 });
    const count = embeddings.length / dimension - 8;
    const faces = { ids: numbered(count), rows: embeddings.subarray(0, count * dimension) };
    const index = indexOf(faces.ids, faces.rows, dimension);
    for (let i = 0; i < 8; i++) {
      const query = embeddings.subarray((count + i) * dimension, (count + i + 1) * dimension);
      for (const k of [1, 50, 1000]) expectNearest(index, faces, query, k);
    }
  });

  it('finds faces that differ by less than a byte can tell', () => {
    const dimension = 128;
    const random = createRandom(3);
    const [middle] = [randomRows(1, dimension, 5)];
    const rows = new Float32Array(500 * dimension).map((_, i) => middle[i % dimension]! + 1e-4 * gaussian(random));
    for (let start = 0; start < rows.length; start += dimension) {
      const length = Math.hypot(...rows.subarray(start, start + dimension));
      for (let i = start; i < start + dimension; i++) rows[i]! /= length;
    }
    const index = indexOf(numbered(500), rows, dimension);
    expectNearest(index, { ids: numbered(500), rows }, rows.subarray(0, dimension), 20);
    expect(index.search(rows.subarray(70 * dimension, 71 * dimension), 1).ids).toEqual(Float64Array.of(71));
  });

  it('takes the smallest ids of faces that are the same', () => {
    const row = randomRows(1, 10, 1);
    const rows = new Float32Array(300 * 10).map((_, i) => row[i % 10]!);
    const ids = numbered(300).map((id) => (id * 11) % 301);
    const { ids: found, distances } = indexOf(ids, rows, 10).search(row, 5);
    expect([...found]).toEqual([1, 2, 3, 4, 5]);
    for (const distance of distances) expect(distance).toBeCloseTo(0, 6);
  });

  it('finds the opposite last, at a distance of four', () => {
    const index = indexOf([1, 2, 3], Float32Array.of(1, 0, 0, 1, -1, 0), 2);
    const { ids, distances } = index.search(Float32Array.of(-1, 0), 3);
    expect([...ids]).toEqual([3, 2, 1]);
    expect([...distances]).toEqual([0, 2, 4]);
  });

  it('has nothing to find where there is nothing', () => {
    const index = new VectorIndex(4);
    expect(index.nearest(Float32Array.of(1, 0, 0, 0), 10).rows).toHaveLength(0);
    index.add([], new Float32Array(0));
    expect(index.remove([1])).toBe(0);
    expect(index.search(Float32Array.of(1, 0, 0, 0), 10).ids).toHaveLength(0);
  });

  it('comes out the same however faces came and went', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          steps: fc.array(
            fc.record({ add: fc.integer({ min: 0, max: 40 }), removeEvery: fc.integer({ min: 2, max: 9 }) }),
            {
              minLength: 1,
              maxLength: 6,
            },
          ),
        }),
        ({ seed, steps }) => {
          const dimension = 24;
          const grown = new VectorIndex(dimension);
          const kept = new Map<number, Float32Array>();
          let next = 1;
          for (const { add, removeEvery } of steps) {
            const rows = randomRows(add, dimension, seed + next);
            const ids = numbered(add, next);
            grown.add(ids, rows);
            ids.forEach((id, i) => kept.set(id, rows.slice(i * dimension, (i + 1) * dimension)));
            next += add;
            const gone = [...kept.keys()].filter((id) => id % removeEvery === 0);
            expect(grown.remove([...gone, next + 5])).toBe(gone.length);
            for (const id of gone) kept.delete(id);
          }
          const rebuilt = new VectorIndex(dimension);
          for (const [id, row] of kept) rebuilt.add([id], row);
          expect(grown.count).toBe(kept.size);
          expect(new Set(grown.ids)).toEqual(new Set(kept.keys()));
          const query = randomRows(1, dimension, seed + 99);
          for (const k of [1, 7, kept.size]) expect(grown.search(query, k)).toEqual(rebuilt.search(query, k));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses what does not fit, and stays as it was', () => {
    const index = indexOf([5], Float32Array.of(0, 1), 2);
    expect(() => index.add([6], Float32Array.of(1, 0, 0))).toThrow(RangeError);
    expect(() => index.add([6, 7], Float32Array.of(1, 0, NaN, 1))).toThrow(RangeError);
    expect(() => index.nearest(Float32Array.of(1), 1)).toThrow(RangeError);
    expect(() => index.nearest(Float32Array.of(NaN, 1), 1)).toThrow(RangeError);
    expect(() => new VectorIndex(0)).toThrow(RangeError);
    expect([...index.ids]).toEqual([5]);
    expect([...index.embeddings]).toEqual([0, 1]);
    expect([...index.search(Float32Array.of(1, 0), 3).ids]).toEqual([5]);
  });
});
