import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retrievalScores } from '../../../../app/learning/evaluation/retrieval.ts';
import { makeFaces } from '../../../support/synthetic-faces.ts';

/** Faces as angles on a circle, in degrees. */
function onCircle(degrees: readonly number[]): Float32Array {
  return Float32Array.from(
    degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
  );
}

/** Straight from the definition: sort all other faces, take the precision at each that belongs there. */
function slowMean(embeddings: Float32Array, dimension: number, truth: readonly number[]): number {
  const precisions: number[] = [];
  for (const [query, person] of truth.entries()) {
    const distance = (row: number): number => {
      let sum = 0;
      for (let i = 0; i < dimension; i++)
        sum += (embeddings[query * dimension + i]! - embeddings[row * dimension + i]!) ** 2;
      return sum;
    };
    const ranked = [...truth.keys()].filter((row) => row !== query).sort((a, b) => distance(a) - distance(b));
    const places = [...ranked.entries()].filter(([, row]) => truth[row] === person).map(([place]) => place);
    if (places.length === 0) continue;
    precisions.push(places.reduce((sum, place, i) => sum + (i + 1) / (place + 1), 0) / places.length);
  }
  return precisions.reduce((sum, value) => sum + value, 0) / precisions.length;
}

const nothingConfirmed = { confirmed: [], seed: 1 };

describe('mean average precision of search by a face', () => {
  it('is what the definition gives', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e6 }), fc.integer({ min: 2, max: 12 }), (seed, people) => {
        const sizes = Array.from({ length: people }, (_, i) => 1 + ((seed + i * 7) % 9));
        if (sizes.every((size) => size < 2)) return;
        const { embeddings, dimension, truth } = makeFaces({ sizes, seed, dimension: 12, spread: 0.9 });
        const { raw } = retrievalScores(embeddings, truth, nothingConfirmed);
        expect(raw.byFace).toBeCloseTo(slowMean(embeddings, dimension, [...truth]), 5);
      }),
      { numRuns: 40 },
    );
  });

  it('searches with everybody who has two faces, and ranks all', () => {
    // Of 0 and 20 degrees one finds the other behind a stranger; of 180 and 190 at once.
    const scores = retrievalScores(onCircle([0, 20, 10, 180, 190]), [1, 1, 2, 3, 3], nothingConfirmed);
    expect(scores).toMatchObject({ queries: 4, people: 2, faces: 5 });
    expect(scores.raw.byFace).toBeCloseTo((0.5 + 0.5 + 1 + 1) / 4, 12);
  });

  it('weighs faces, or people', () => {
    const scores = retrievalScores(onCircle([0, 20, 10, 180, 190, 185]), [1, 1, 2, 3, 3, 3], nothingConfirmed);
    expect(scores.raw.byFace).toBeCloseTo((2 * 0.5 + 3 * 1) / 5, 12);
    expect(scores.raw.byPerson).toBeCloseTo((0.5 + 1) / 2, 12);
    expect(scores.raw.intervals.byPerson!.low).toBeLessThan(0.75);
  });

  it('counts others at the same distance as nearer', () => {
    const { raw } = retrievalScores(onCircle([0, 30, 30, -30]), [1, 1, 2, 3], nothingConfirmed);
    // Searched with 0, the two others come first; with 30, the one that is the same.
    expect(raw.byFace).toBeCloseTo((1 / 3 + 1 / 2) / 2, 12);
  });

  it('finds by confirmed faces what is far from the one that is searched with', () => {
    // A person seen from two sides, with others between.
    const degrees = [0, 1, 2, 100, 101, 102, 30, 40, 50, 60];
    const truth = [1, 1, 1, 1, 1, 1, 2, 3, 4, 5];
    const scores = retrievalScores(onCircle(degrees), truth, { confirmed: [0, 4], seed: 3 });
    const [none, four] = scores.withConfirmed;
    expect(none).toMatchObject({ confirmed: 0, queries: 0 });
    expect(four).toMatchObject({ confirmed: 4, queries: 6, people: 1 });
    expect(four!.known.byFace).toBeGreaterThan(four!.raw.byFace);
    // Of each side at least one is among the five that are known, so the last one is nearest to one of these.
    expect(four!.known.byFace).toBe(1);
  });

  it('puts faces that are confirmed as others behind', () => {
    // Two people with three faces each, all in one place, where others count as nearer.
    const { withConfirmed } = retrievalScores(onCircle([0, 0, 0, 0, 0, 0]), [1, 1, 1, 2, 2, 2], {
      confirmed: [1],
      seed: 1,
    });
    expect(withConfirmed[0]).toMatchObject({ queries: 6, people: 2 });
    expect(withConfirmed[0]!.raw.byFace).toBeCloseTo(1 / 4, 12);
    expect(withConfirmed[0]!.known.byFace).toBeCloseTo(1 / 3, 12);
  });

  it('draws the same confirmed faces by the same seed', () => {
    const { embeddings, truth } = makeFaces({ sizes: [8, 6, 5, 4, 3, 1, 1], seed: 5, dimension: 12, spread: 1.2 });
    const scores = (seed: number): number =>
      retrievalScores(embeddings, truth, { confirmed: [2], seed }).withConfirmed[0]!.known.byFace;
    expect(scores(1)).toBe(scores(1));
    expect(scores(1)).not.toBe(scores(2));
  });
});
