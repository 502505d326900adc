import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterFaces } from '../../../app/people/cluster.ts';
import { NeighbourGraph, type Neighbours } from '../../../app/people/neighbours.ts';
import { createRandom } from '../../support/random.ts';
import { makeFaces } from '../../support/synthetic-faces.ts';
import { distanceOf } from './reference-clustering.ts';

function listsOf({ offsets, ids }: Neighbours): number[][] {
  return Array.from({ length: offsets.length - 1 }, (_, face) =>
    [...new Set(ids.subarray(offsets[face], offsets[face + 1]))].sort((a, b) => a - b),
  );
}

/** Adds the faces in pieces of random size. */
function addInPieces(graph: NeighbourGraph, embeddings: Float32Array, seed: number): void {
  const random = createRandom(seed);
  const { dimension } = graph;
  for (let from = 0; from < embeddings.length;) {
    const to = Math.min(embeddings.length, from + dimension * Math.ceil(random() * 100));
    graph.add(embeddings.subarray(from, to));
    from = to;
  }
}

const crowds = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
  dimension: fc.constantFrom(8, 21),
  spread: fc.double({ min: 0.1, max: 1, noNaN: true }),
  crowd: fc.constantFrom(1, 2),
  poor: fc.constantFrom(0, 0.2),
});

describe('NeighbourGraph', () => {
  it('lists exactly the pairs within the radius, in both directions', () => {
    fc.assert(
      fc.property(crowds, (options) => {
        const faces = makeFaces(options);
        const graph = new NeighbourGraph({ dimension: faces.dimension, radius: 0.5, cap: 1000 });
        graph.add(faces.embeddings);
        const all = [...faces.truth.keys()];
        const nearer = (a: number, limit: number): number[] =>
          all.filter((b) => b !== a && distanceOf(faces, a, b) < limit);
        // Embeddings and distances are float32: at the very edge a pair may be listed or not.
        listsOf(graph.within(0.3)).forEach((list, face) => {
          expect(list).toEqual(expect.arrayContaining(nearer(face, 0.3 - 1e-6)));
          expect(nearer(face, 0.3 + 1e-5)).toEqual(expect.arrayContaining(list));
        });
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the nearest neighbours of each face where there are too many, and says so', () => {
    fc.assert(
      fc.property(crowds, fc.integer({ min: 1, max: 6 }), (options, cap) => {
        const faces = makeFaces(options);
        const graph = new NeighbourGraph({ dimension: faces.dimension, radius: 0.5, cap });
        addInPieces(graph, faces.embeddings, options.seed);
        const all = [...faces.truth.keys()];
        const distance = (a: number, b: number): number => Math.fround(Math.max(0, distanceOf(faces, a, b)));
        const near = all.map((a) =>
          all
            .filter((b) => b !== a && distance(a, b) < 0.5 + 1e-6)
            .sort((b, c) => distance(a, b) - distance(a, c) || b - c),
        );
        // The graph adds up in single precision, so which of two nearly equal neighbours is nearer may differ.
        const clearly = (nearer: number, farther: number): boolean => farther - nearer > 1e-5;
        for (const [a, list] of near.entries()) {
          const last = list[cap - 1];
          const next = list[cap];
          fc.pre(last === undefined || next === undefined || clearly(distance(a, last), distance(a, next)));
          fc.pre(all.every((b) => Math.abs(distance(a, b) - 0.5) > 1e-5));
        }
        const kept = near.map((list) => list.slice(0, cap));
        const within = graph.within(0.5);
        expect(listsOf(within)).toEqual(
          all.map((a) => all.filter((b) => kept[a]!.includes(b) || kept[b]!.includes(a))),
        );
        expect([...within.truncated]).toEqual(near.map((list) => (list.length > cap ? 1 : 0)));
      }),
      { numRuns: 50 },
    );
  });

  it('gives exactly the graph and groups of a full run when faces come bit by bit', () => {
    fc.assert(
      fc.property(crowds, fc.constantFrom(2, 1000), (options, cap) => {
        const faces = makeFaces(options);
        const { dimension } = faces;
        const [full, pieces, single] = [0, 1, 2].map(() => new NeighbourGraph({ dimension, radius: 0.5, cap }));
        full!.add(faces.embeddings);
        addInPieces(pieces!, faces.embeddings, options.seed);
        for (let i = 0; i < faces.embeddings.length; i += dimension) {
          single!.add(faces.embeddings.subarray(i, i + dimension));
          // Looking in between must not change anything.
          if (i % 5 === 0) single!.within(0.4);
        }
        const expected = full!.within(0.4);
        const labels = clusterFaces(faces, expected, { threshold: 0.4 }).labels;
        for (const graph of [pieces!, single!]) {
          expect(listsOf(graph.within(0.4))).toEqual(listsOf(expected));
          expect(clusterFaces(faces, graph.within(0.4), { threshold: 0.4 }).labels).toEqual(labels);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('refuses half an embedding and a radius beyond its own', () => {
    const graph = new NeighbourGraph({ dimension: 4, radius: 0.2, cap: 10 });
    expect(() => graph.add(new Float32Array(6))).toThrow('rows of 4');
    expect(() => graph.within(0.3)).toThrow('reaches');
  });
});
