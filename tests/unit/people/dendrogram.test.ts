import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterFaces } from '../../../app/people/cluster.ts';
import { Dendrogram } from '../../../app/people/dendrogram.ts';
import { NeighbourGraph } from '../../../app/people/neighbours.ts';
import { makeFaces } from '../../support/synthetic-faces.ts';
import { groupsOf, normalize } from './reference-clustering.ts';

const trees = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    poor: fc.constantFrom(0, 0.3),
    threshold: fc.double({ min: 0.02, max: 0.9, noNaN: true }),
  })
  .map(({ threshold, ...options }) => {
    const faces = makeFaces({ ...options, dimension: 6 });
    const graph = new NeighbourGraph({ dimension: 6, radius: 1 });
    graph.add(faces.embeddings);
    const { labels, merges } = clusterFaces(faces, graph.within(threshold), { threshold });
    return { faces, labels, tree: new Dendrogram(labels.length, merges) };
  });

/** The two sides of every merge, by going through the merges in order. */
function sidesOf({ count, merges }: Dendrogram): [number[], number[]][] {
  const groups = Array.from({ length: count }, (_, face) => [face]);
  return merges.map(({ a, b }) => {
    const sides: [number[], number[]] = [groups[a]!, groups[b]!];
    groups[a] = sides.flat();
    return sides;
  });
}

describe('a dendrogram', () => {
  it('knows the faces and the size of both sides of every merge', () => {
    fc.assert(
      fc.property(trees, ({ tree }) => {
        sidesOf(tree).forEach((sides, i) => {
          const nodes = [tree.left[i]!, tree.right[i]!];
          expect(normalize(nodes.map((node) => tree.facesOf(node)))).toEqual(normalize(sides));
          expect(nodes.map((node) => tree.size[node])).toEqual(nodes.map((node) => tree.facesOf(node).length));
        });
      }),
    );
  });

  it('ends in the groups of the founding faces', () => {
    fc.assert(
      fc.property(trees, ({ faces, labels, tree }) => {
        const founding = [...labels.keys()].filter((face) => faces.founding[face]);
        expect(groupsOf(founding.map((face) => tree.nodeUnder(face, Infinity)))).toEqual(
          groupsOf(founding.map((face) => labels[face]!)),
        );
      }),
    );
  });

  it('finds the largest node over a face whose merges are all nearer than a distance', () => {
    fc.assert(
      fc.property(trees, fc.double({ min: 0, max: 1, noNaN: true }), ({ tree }, distance) => {
        for (let face = 0; face < tree.count; face++) {
          const path = [face];
          for (let up = tree.parent[face]!; up >= 0; up = tree.parent[up]!) path.push(up);
          const far = path.findIndex(
            (node) => node >= tree.count && tree.merges[node - tree.count]!.distance >= distance,
          );
          expect(tree.nodeUnder(face, distance)).toBe(far < 0 ? path.at(-1) : path[far - 1]);
        }
      }),
    );
  });

  it('finds the merges that hold faces of a set on either side', () => {
    const sets = fc.array(fc.uniqueArray(fc.nat(29), { minLength: 1, maxLength: 5 }), { maxLength: 4 });
    fc.assert(
      fc.property(trees, sets, ({ tree }, wanted) => {
        const present = wanted.map((faces) => faces.filter((face) => face < tree.count));
        const expected = sidesOf(tree).map(([left, right]) =>
          Number(present.some((faces) => faces.some((f) => left.includes(f)) && faces.some((f) => right.includes(f)))),
        );
        expect([...tree.spannedBy(present)]).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
