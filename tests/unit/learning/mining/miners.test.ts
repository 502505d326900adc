import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mineAnyViolator } from '../../../../app/learning/mining/any-violator.ts';
import { mineBatchHard } from '../../../../app/learning/mining/batch-hard.ts';
import { squaredDistances } from '../../../../app/learning/mining/distances.ts';
import { mineSemiHard } from '../../../../app/learning/mining/semi-hard.ts';
import type { MiningBatch, Triplets } from '../../../../app/learning/mining/triplets.ts';
import { createRandom, gaussian } from '../../../support/random.ts';
import { unitRowsOf } from '../../../support/learning.ts';

type Triple = [anchor: number, positive: number, negative: number];

function triples({ anchors, positives, negatives }: Triplets): Triple[] {
  return [...anchors].map((anchor, i): Triple => [anchor, positives[i]!, negatives[i]!]);
}

function sorted(list: readonly Triple[]): Triple[] {
  return list.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
}

function isTrusted(batch: MiningBatch, row: number): boolean {
  return batch.trusted?.[row] !== 0;
}

/** Straight from the definition: every pair, every negative. */
function slowPairs(
  batch: MiningBatch,
  choose: (anchor: number, positive: number, negatives: number[]) => number,
): Triple[] {
  const { labels } = batch;
  const rows = [...labels.keys()];
  return rows.flatMap((anchor) => {
    if (labels[anchor]! < 0 || !isTrusted(batch, anchor)) return [];
    const negatives = rows.filter((row) => labels[row] !== labels[anchor] && isTrusted(batch, row));
    return rows
      .filter((row) => row !== anchor && labels[row] === labels[anchor])
      .map((positive): Triple => [anchor, positive, choose(anchor, positive, negatives)])
      .filter(([, , negative]) => negative >= 0);
  });
}

function slowSemiHard(batch: MiningBatch, margin: number): Triple[] {
  const count = batch.labels.length;
  const distance = (a: number, b: number): number => batch.distances[a * count + b]!;
  return slowPairs(batch, (anchor, positive, negatives) => {
    let best = -1;
    for (const row of negatives) {
      const isSemiHard =
        distance(anchor, row) > distance(anchor, positive) &&
        distance(anchor, row) < distance(anchor, positive) + margin;
      if (isSemiHard && (best < 0 || distance(anchor, row) < distance(anchor, best))) best = row;
    }
    return best;
  });
}

/** Distances of few kinds, so that there are ties, and some that are no number. */
const batches = fc
  .record({
    labels: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 0, maxLength: 14 }),
    steps: fc.integer({ min: 1, max: 8 }),
    seed: fc.integer(),
    untrusted: fc.double({ min: 0, max: 0.5, noNaN: true }),
    broken: fc.boolean(),
  })
  .map(({ labels, steps, seed, untrusted, broken }): MiningBatch => {
    const random = createRandom(seed);
    const count = labels.length;
    const distances = new Float32Array(count * count);
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < a; b++) {
        const value = broken && random() < 0.1 ? NaN : Math.floor(random() * steps) / 4;
        distances[a * count + b] = distances[b * count + a] = value;
      }
    }
    const trusted = Uint8Array.from(labels, () => Number(random() >= untrusted));
    return { distances, labels: Int32Array.from(labels), trusted };
  });

describe('semi-hard mining', () => {
  it('gives what the definition gives, ties, strangers and untrusted faces included', () => {
    fc.assert(
      fc.property(batches, fc.constantFrom(0.2, 0.3, 1), (batch, margin) => {
        expect(sorted(triples(mineSemiHard(batch, margin, Math.random)))).toEqual(sorted(slowSemiHard(batch, margin)));
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same on embeddings, where distances hardly ever tie', () => {
    const random = createRandom(4);
    const embeddings = unitRowsOf(
      Float32Array.from({ length: 60 * 16 }, () => gaussian(random)),
      16,
    );
    const batch = {
      distances: squaredDistances(embeddings, 16),
      labels: Int32Array.from({ length: 60 }, (_, i) => i % 12),
    };
    const mined = triples(mineSemiHard(batch, 0.4, random));
    expect(mined.length).toBeGreaterThan(50);
    expect(sorted(mined)).toEqual(sorted(slowSemiHard(batch, 0.4)));
  });

  it('finds nothing where there is one person, or nobody', () => {
    const one = { distances: new Float32Array(9), labels: new Int32Array(3) };
    expect(triples(mineSemiHard(one, 0.2, Math.random))).toEqual([]);
    const nobody = { distances: new Float32Array(0), labels: new Int32Array(0) };
    expect(triples(mineSemiHard(nobody, 0.2, Math.random))).toEqual([]);
  });
});

describe('batch-hard mining', () => {
  it('takes the farthest positive and the nearest negative of each anchor', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const count = batch.labels.length;
        const distance = (a: number, b: number): number => batch.distances[a * count + b]!;
        const expected = new Map<number, Triple>();
        for (const [anchor, positive, negative] of slowPairs(batch, (from, _, negatives) =>
          negatives
            .filter((row) => !Number.isNaN(distance(from, row)))
            .reduce((best, row) => (best < 0 || distance(from, row) < distance(from, best) ? row : best), -1),
        )) {
          if (Number.isNaN(distance(anchor, positive))) continue;
          const known = expected.get(anchor);
          if (!known || distance(anchor, positive) > distance(anchor, known[1])) {
            expected.set(anchor, [anchor, positive, negative]);
          }
        }
        expect(sorted(triples(mineBatchHard(batch, 0.2, Math.random)))).toEqual(sorted([...expected.values()]));
      }),
    );
  });
});

describe('mining any violator', () => {
  it('gives one violator for each pair that has any, and each of them now and then', () => {
    fc.assert(
      fc.property(batches, fc.integer(), (batch, seed) => {
        const count = batch.labels.length;
        const margin = 0.2;
        const violates = (anchor: number, positive: number, row: number): boolean =>
          batch.distances[anchor * count + row]! < batch.distances[anchor * count + positive]! + margin;
        const mined = triples(mineAnyViolator(batch, margin, createRandom(seed)));
        for (const [anchor, positive, negative] of mined) expect(violates(anchor, positive, negative)).toBe(true);
        const expected = slowPairs(batch, (anchor, positive, negatives) =>
          negatives.some((row) => violates(anchor, positive, row)) ? 0 : -1,
        );
        expect(mined.map(([a, p]) => `${a} ${p}`).toSorted()).toEqual(expected.map(([a, p]) => `${a} ${p}`).toSorted());
      }),
    );
    // Two negatives at one distance: both must come up.
    const batch = {
      distances: Float32Array.of(0, 0.1, 0.2, 0.2, 0.1, 0, 0.2, 0.2, 0.2, 0.2, 0, 1, 0.2, 0.2, 1, 0),
      labels: Int32Array.of(0, 0, -1, -1),
    };
    const random = createRandom(1);
    const chosen = new Set(Array.from({ length: 40 }, () => mineAnyViolator(batch, 0.2, random).negatives[0]));
    expect(chosen).toEqual(new Set([2, 3]));
  });
});

describe('squared distances', () => {
  it('are those of the vectors', () => {
    const random = createRandom(2);
    const dimension = 5;
    const rows = unitRowsOf(
      Float32Array.from({ length: 300 * dimension }, () => gaussian(random)),
      dimension,
    );
    const distances = squaredDistances(rows, dimension);
    for (const [a, b] of [
      [0, 1],
      [5, 299],
      [280, 3],
      [7, 7],
    ] as const) {
      let sum = 0;
      for (let i = 0; i < dimension; i++) sum += (rows[a * dimension + i]! - rows[b * dimension + i]!) ** 2;
      expect(distances[a * 300 + b]).toBeCloseTo(sum, 5);
    }
  });
});
