import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterFaces, type ClusterOptions, type Clustering, type FaceSet } from '../../../app/people/cluster.ts';
import type { FacePair } from '../../../app/people/constraints.ts';
import { NeighbourGraph } from '../../../app/people/neighbours.ts';
import { createRandom } from '../../support/random.ts';
import { makeFaces, reorder, type SyntheticFaces } from '../../support/synthetic-faces.ts';
import { clusterByDefinition, distanceOf, groupsOf, normalize } from './reference-clustering.ts';

function cluster(faces: FaceSet, options: ClusterOptions, cap = 1000): Clustering {
  const graph = new NeighbourGraph({ dimension: faces.dimension, radius: 1, cap });
  graph.add(faces.embeddings);
  return clusterFaces(faces, graph.within(options.threshold), options);
}

/** Unit vectors at given angles (degrees) on a circle, each in a photo of its own. */
function circle(degrees: readonly number[], poor: readonly number[] = []): FaceSet {
  const angles = degrees.map((degree) => (degree * Math.PI) / 180);
  return {
    embeddings: Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)])),
    dimension: 2,
    photos: Int32Array.from(degrees.keys()),
    founding: Uint8Array.from(degrees, (_, i) => (poor.includes(i) ? 0 : 1)),
  };
}

interface Case {
  faces: SyntheticFaces;
  options: ClusterOptions;
}

/** Small crowds in few dimensions, where people overlap and constraints bite; `same` pairs tell the truth, mostly. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    dimension: fc.integer({ min: 3, max: 12 }),
    spread: fc.double({ min: 0.1, max: 1.2, noNaN: true }),
    poor: fc.constantFrom(0, 0.3),
    crowd: fc.constantFrom(1, 2, 3),
    threshold: fc.double({ min: 0.02, max: 0.9, noNaN: true }),
    samePairs: fc.integer({ min: 0, max: 3 }),
    differentPairs: fc.integer({ min: 0, max: 4 }),
    overrides: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ threshold, samePairs, differentPairs, overrides, ...options }) => {
    const faces = makeFaces(options);
    const random = createRandom(options.seed + 1);
    const count = faces.truth.length;
    const pairs = (wanted: number, sameTruth: boolean): FacePair[] =>
      Array.from({ length: wanted }, (): FacePair => [
        Math.floor(random() * count),
        Math.floor(random() * count),
      ]).filter(([a, b]) => a !== b && (faces.truth[a] === faces.truth[b]) === sameTruth);
    return {
      faces,
      options: {
        threshold,
        same: pairs(samePairs, true),
        different: pairs(differentPairs, false),
        samePhoto: [...pairs(overrides, true), ...pairs(overrides, false)],
      },
    };
  });

describe('clusterFaces', () => {
  it('is average linkage as defined, constraints and poor faces included', () => {
    fc.assert(
      fc.property(cases, ({ faces, options }) => {
        expect(groupsOf(cluster(faces, options).labels)).toEqual(clusterByDefinition(faces, options));
      }),
      { numRuns: 400 },
    );
  });

  it('labels every face with the smallest index in its group', () => {
    fc.assert(
      fc.property(cases, ({ faces, options }) => {
        const { labels } = cluster(faces, options);
        for (const group of groupsOf(labels))
          expect(group.map((face) => labels[face])).toEqual(group.map(() => group[0]));
      }),
    );
  });

  it('holds every constraint', () => {
    fc.assert(
      fc.property(cases, ({ faces, options }) => {
        const { labels, contradictions } = cluster(faces, options);
        expect(contradictions).toEqual([]);
        for (const [a, b] of options.same!) expect(labels[a]).toBe(labels[b]);
        for (const [a, b] of options.different!) expect(labels[a]).not.toBe(labels[b]);
      }),
    );
  });

  it('never puts two faces of one photo together, unless told so', () => {
    fc.assert(
      fc.property(cases, ({ faces, options: { threshold } }) => {
        for (const group of groupsOf(cluster(faces, { threshold }).labels)) {
          const photos = group.map((face) => faces.photos[face]);
          expect(new Set(photos).size).toBe(photos.length);
        }
      }),
    );
    const twice = { ...circle([0, 1, 2]), photos: Int32Array.of(7, 7, 8) };
    expect(groupsOf(cluster(twice, { threshold: 0.1, samePhoto: [[1, 0]] }).labels)).toEqual([[0, 1, 2]]);
    expect(groupsOf(cluster(twice, { threshold: 0.1, same: [[1, 0]] }).labels)).toEqual([[0, 1, 2]]);
  });

  it('gives the same groups in any order of the faces', () => {
    fc.assert(
      fc.property(cases, fc.integer(), ({ faces, options }, seed) => {
        const random = createRandom(seed);
        const order = [...faces.truth.keys()].map((face) => ({ face, key: random() })).sort((a, b) => a.key - b.key);
        const faceAt = order.map(({ face }) => face);
        const place = new Map(faceAt.map((face, i) => [face, i]));
        const moved = (pairs: readonly FacePair[]): FacePair[] => pairs.map(([a, b]) => [place.get(a)!, place.get(b)!]);
        const { threshold, same, different, samePhoto } = options;
        const shuffled = cluster(reorder(faces, faceAt), {
          threshold,
          same: moved(same!),
          different: moved(different!),
          samePhoto: moved(samePhoto!),
        });
        const back = groupsOf(shuffled.labels).map((group) => group.map((i) => faceAt[i]!));
        expect(normalize(back)).toEqual(groupsOf(cluster(faces, options).labels));
      }),
    );
  });

  it('unites the pair with the smallest members first when distances are equal', () => {
    // 0 and 20 degrees are equally far from 10, and too far from each other to make one group of three.
    const threshold = 2 - 2 * Math.cos((12 * Math.PI) / 180);
    const embeddings = Float32Array.of(1, 0, 0.96, 0.28, 0.96, -0.28);
    const faces = { ...circle([0, 0, 0]), embeddings };
    expect(groupsOf(cluster(faces, { threshold: 0.1 }).labels)).toEqual([[0, 1], [2]]);
    expect(groupsOf(cluster(circle([0, 0, 0, 0]), { threshold }).labels)).toEqual([[0, 1, 2, 3]]);
  });

  it('reports contradictions, keeps those pairs together, and holds all other constraints', () => {
    const { labels, contradictions } = cluster(circle([0, 90, 180, 1]), {
      threshold: 0.1,
      same: [
        [0, 1],
        [1, 2],
      ],
      different: [
        [2, 0],
        [0, 3],
      ],
    });
    expect(contradictions).toEqual([[2, 0]]);
    expect(groupsOf(labels)).toEqual([[0, 1, 2], [3]]);
  });

  it('does not let a poor face found or bridge a group', () => {
    const threshold = 2 - 2 * Math.cos((15 * Math.PI) / 180);
    // A chain 0-10-20 whose middle is poor: it joins the nearer end and does not bring the other along.
    expect(groupsOf(cluster(circle([0, 9, 20], [1]), { threshold }).labels)).toEqual([[0, 1], [2]]);
    // Two poor faces do not found a group, however near they are.
    expect(groupsOf(cluster(circle([0, 1, 90], [0, 1]), { threshold }).labels)).toEqual([[0], [1], [2]]);
  });

  it('groups good faces as if poor faces were not there', () => {
    fc.assert(
      fc.property(cases, ({ faces, options: { threshold } }) => {
        const good = [...faces.founding.keys()].filter((face) => faces.founding[face]);
        const goodGroups = groupsOf(cluster(faces, { threshold }).labels)
          .map((group) => group.filter((face) => faces.founding[face]))
          .filter((group) => group.length > 0);
        const alone = groupsOf(cluster(reorder(faces, good), { threshold }).labels);
        expect(normalize(goodGroups)).toEqual(normalize(alone.map((group) => group.map((i) => good[i]!))));
      }),
    );
  });

  it('leaves no two groups that could still unite, however few neighbours the graph keeps', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 3 }), ({ faces, options: { threshold } }, cap) => {
        const good = [...faces.founding.keys()].filter((face) => faces.founding[face]);
        const set = reorder(faces, good);
        const groups = groupsOf(cluster(set, { threshold }, cap).labels);
        for (const [i, a] of groups.entries()) {
          for (const b of groups.slice(i + 1)) {
            const distances = a.flatMap((x) => b.map((y) => distanceOf(set, x, y)));
            const average = distances.reduce((sum, d) => sum + d, 0) / distances.length;
            const sharePhoto = a.some((x) => b.some((y) => set.photos[x] === set.photos[y]));
            expect(sharePhoto || average >= threshold - 1e-6).toBe(true);
          }
        }
      }),
    );
  });

  it('finds made-up people again', () => {
    const faces = makeFaces({ sizes: [60, 30, 20, 10, 5, 5, 2, 1, 1, 1], seed: 4, spread: 0.3 });
    expect(groupsOf(cluster(faces, { threshold: 0.12 }).labels)).toEqual(groupsOf(faces.truth));
  });

  it('takes no faces at all', () => {
    expect(cluster(circle([]), { threshold: 0.1 })).toEqual({
      labels: new Int32Array(0),
      contradictions: [],
      merges: [],
    });
  });

  it('refuses neighbours of other faces, or of a smaller radius', () => {
    const graph = new NeighbourGraph({ dimension: 2, radius: 0.2, cap: 10 });
    graph.add(circle([0, 10]).embeddings);
    expect(() => clusterFaces(circle([0]), graph.within(0.1), { threshold: 0.1 })).toThrow('other faces');
    expect(() => clusterFaces(circle([0, 10]), graph.within(0.1), { threshold: 0.15 })).toThrow('reach');
  });
});
