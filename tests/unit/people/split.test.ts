import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeFaces } from '../../support/synthetic-faces.ts';
import { DecidedFaces } from './decided-faces.ts';
import { groupsOf, normalize } from './reference-clustering.ts';

describe('a proposed split', () => {
  it('deals out all faces of the group, the largest strip first, six at most', () => {
    const libraries = fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      spread: fc.double({ min: 0.1, max: 1, noNaN: true }),
      poor: fc.constantFrom(0, 0.3),
    });
    fc.assert(
      fc.property(libraries, fc.constantFrom(0.05, 0.12, 0.5), fc.boolean(), (options, threshold, together) => {
        const library = new DecidedFaces(makeFaces({ ...options, dimension: 8, crowd: 2 }));
        const faces = [...library.faces.photos.keys()];
        const said = together && faces.length > 1 ? [{ kind: 'together' as const, faces, id: 1, at: '' }] : [];
        for (const group of groupsOf(library.labels(said, threshold))) {
          const strips = library.grouped.split(group);
          expect(strips.flat().sort((a, b) => a - b)).toEqual(group);
          expect(strips.every((strip) => strip.length > 0)).toBe(true);
          expect(strips).toEqual(strips.toSorted((a, b) => b.length - a.length));
          // Groups that decisions put together may be any number of trees.
          if (!together) expect(strips.length).toBeLessThanOrEqual(6);
        }
      }),
    );
  });

  it('finds the people again that were wrongly put together', () => {
    const faces = makeFaces({ sizes: [9, 6, 4], seed: 12, spread: 0.3 });
    const library = new DecidedFaces(faces);
    library.labels([{ kind: 'together', faces: [...faces.truth.keys()], id: 1, at: '' }]);
    expect(normalize(library.grouped.split([...faces.truth.keys()]))).toEqual(groupsOf(faces.truth));
  });

  it('is one strip where nothing is doubtful', () => {
    const faces = makeFaces({ sizes: [6], seed: 13, spread: 0.05 });
    const library = new DecidedFaces(faces);
    library.labels([]);
    expect(library.grouped.split([0, 1, 2, 3, 4, 5])).toHaveLength(1);
  });
});
