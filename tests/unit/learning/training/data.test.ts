import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { squaredDistances } from '../../../../app/learning/mining/distances.ts';
import { crossFitFolds } from '../../../../app/learning/training/cross-fit.ts';
import { trustedFaces } from '../../../../app/learning/training/trust.ts';
import { unitRowsOf } from '../../../support/learning.ts';

describe('the folds of cross-fitting', () => {
  const faces = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 20 })), { maxLength: 60 });

  it('hold out each person whole once, and each photo once, and never train on what they measure', () => {
    fc.assert(
      fc.property(faces, fc.integer(), (drawn, seed) => {
        const people = Int32Array.from(drawn, ([person]) => person);
        const photos = Int32Array.from(drawn, ([, photo]) => photo);
        const folds = crossFitFolds(people, photos, 5, seed);
        const unseen = new Map<number, number>();
        const heldOut = new Map<number, number>();
        for (const [i, fold] of folds.entries()) {
          const everything = [...fold.training, ...fold.probes, ...fold.unseen];
          expect(everything.toSorted((a, b) => a - b)).toEqual([...people.keys()]);
          const trainedPeople = new Set(fold.training.map((face) => people[face]));
          const trainedPhotos = new Set(fold.training.map((face) => photos[face]));
          for (const face of fold.unseen) {
            expect(trainedPeople.has(people[face])).toBe(false);
            expect(unseen.get(people[face]!) ?? i).toBe(i);
            unseen.set(people[face]!, i);
          }
          for (const face of fold.probes) {
            expect(trainedPhotos.has(photos[face])).toBe(false);
            expect(heldOut.get(photos[face]!) ?? i).toBe(i);
            heldOut.set(photos[face]!, i);
          }
        }
        expect(new Set(unseen.keys())).toEqual(new Set(people));
      }),
    );
  });

  it('are of like size', () => {
    const people = Int32Array.from({ length: 300 }, (_, i) => Math.floor(i / 10));
    const photos = Int32Array.from(people.keys());
    for (const { training, probes, unseen } of crossFitFolds(people, photos, 5, 1)) {
      expect(unseen).toHaveLength(60);
      expect(probes.length).toBeGreaterThan(40);
      expect(training.length).toBeGreaterThan(180);
    }
  });
});

describe('trust in confirmed faces', () => {
  // Two people, four faces each; the last face of the first lies with the second.
  const rows = unitRowsOf(Float32Array.of(1, 0, 1, 0.1, 1, -0.1, 0.1, 1, 0, 1, 0.05, 1, -0.1, 1, -0.05, 1), 2);
  const people = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
  const distances = squaredDistances(rows, 2);

  it('goes where a face lies with somebody else', () => {
    expect([...trustedFaces(distances, people, new Float32Array(8).fill(1), 0.3)]).toEqual([1, 1, 1, 0, 1, 1, 1, 1]);
  });

  it('goes where a face is poor', () => {
    const quality = Float32Array.of(1, 0.1, 1, 1, 1, 1, 1, 1);
    expect([...trustedFaces(distances, people, quality, 0.3)]).toEqual([1, 0, 1, 0, 1, 1, 1, 1]);
  });

  it('goes with a tenth of the faces at most where all are poor', () => {
    const many = Int32Array.from({ length: 40 }, (_, face) => face % 2);
    const quality = Float32Array.from(many, (_, face) => 0.001 * (40 - face));
    const alike = new Float32Array(1600).fill(0.5);
    const expected = Array.from({ length: 40 }, (_, face) => Number(face < 36));
    expect([...trustedFaces(alike, many, quality, 0.3)]).toEqual(expected);
  });

  it('stays where too little is known to tell', () => {
    const few = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
    expect([...trustedFaces(distances, few, new Float32Array(8).fill(1), 0.3)]).toEqual(new Array(8).fill(1));
  });
});
