import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DotProducts } from '../../../app/engine/dot-products.ts';
import { createRandom } from '../../support/random.ts';

function randomRows(count: number, dimension: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count * dimension }, () => random() * 2 - 1);
}

describe('DotProducts', () => {
  it('multiplies every left row with every right row', () => {
    fc.assert(
      fc.property(
        fc.record({
          dimension: fc.integer({ min: 1, max: 150 }),
          lefts: fc.integer({ min: 1, max: 13 }),
          rights: fc.integer({ min: 1, max: 9 }),
          seed: fc.nat(),
        }),
        ({ dimension, lefts, rights, seed }) => {
          const dots = new DotProducts(dimension, 13, 9);
          const left = randomRows(lefts, dimension, seed);
          const right = randomRows(rights, dimension, seed + 1);
          // Rows of an earlier call must not shine through.
          dots.setLeft(randomRows(13, dimension, seed + 2));
          dots.setRight(randomRows(9, dimension, seed + 3));
          dots.setLeft(left);
          dots.setRight(right);
          const { products, leftCount } = dots.multiply();
          expect(products).toHaveLength(leftCount * rights);
          for (let j = 0; j < rights; j++) {
            for (let i = 0; i < lefts; i++) {
              let exact = 0;
              for (let k = 0; k < dimension; k++) exact += left[i * dimension + k]! * right[j * dimension + k]!;
              expect(products[j * leftCount + i]).toBeCloseTo(exact, 4);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives the same number for two rows on either side and in any place', () => {
    const dots = new DotProducts(50, 5, 5);
    const rows = randomRows(5, 50, 1);
    dots.setLeft(rows);
    dots.setRight(rows);
    const { products, leftCount } = dots.multiply();
    for (let j = 0; j < 5; j++) {
      for (let i = 0; i < 5; i++) expect(products[j * leftCount + i]).toBe(products[i * leftCount + j]);
    }
  });

  it('takes no rows', () => {
    const dots = new DotProducts(4, 4, 4);
    dots.setLeft(randomRows(2, 4, 1));
    expect(dots.multiply().products).toHaveLength(0);
  });
});
