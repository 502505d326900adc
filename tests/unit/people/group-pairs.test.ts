import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterFaces } from '../../../app/people/cluster.ts';
import { GroupPairs } from '../../../app/people/group-pairs.ts';
import { NeighbourGraph } from '../../../app/people/neighbours.ts';
import { createRandom } from '../../support/random.ts';
import { makeFaces } from '../../support/synthetic-faces.ts';

const radius = 0.5;

/** Few groups, so that no pair is left out for being too many; then some of them are united, and some cut up. */
const examples = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    threshold: fc.constantFrom(0.05, 0.15, 0.4),
    united: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ threshold, united, cut, ...options }) => {
    const faces = makeFaces({ ...options, dimension: 8, spread: 0.3 });
    const graph = new NeighbourGraph({ dimension: 8, radius });
    graph.add(faces.embeddings);
    const neighbours = graph.within(radius);
    const { labels: base } = clusterFaces(faces, graph.within(threshold), { threshold });
    const random = createRandom(options.seed + 1);
    const before = [...new Set(base)];
    const now = new Map(before.map((label, i) => [label, random() < united / 2 && i > 0 ? before[i - 1]! : label]));
    const isCut = new Map(before.map((label) => [label, random() < cut]));
    const mixed = base.map((label) => {
      if (random() < 0.1) return -1;
      return isCut.get(label) && random() < 0.5 ? 1000 + label : now.get(label)!;
    });
    const smallest = (label: number): number => mixed.indexOf(label);
    const labels = mixed.map((label) => (label < 0 ? -1 : smallest(label)));
    return { faces, base, neighbours, labels };
  });

describe('GroupPairs', () => {
  it('finds every pair of groups with neighbours in both, once, whatever decisions made of the groups', () => {
    fc.assert(
      fc.property(examples, ({ faces, base, neighbours, labels }) => {
        const pairs = new GroupPairs(faces, base, neighbours).among(labels).map(({ a, b }) => `${a},${b}`);
        const expected = new Set<string>();
        const { offsets, ids } = neighbours;
        labels.forEach((label, face) => {
          for (const other of ids.subarray(offsets[face], offsets[face + 1])) {
            const otherLabel = labels[other]!;
            if (label >= 0 && otherLabel >= 0 && label < otherLabel) expected.add(`${label},${otherLabel}`);
          }
        });
        expect(pairs.toSorted()).toEqual([...expected].sort());
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the nearest where there are too many', () => {
    const faces = makeFaces({ sizes: new Array<number>(60).fill(1), seed: 5, dimension: 16 });
    const graph = new NeighbourGraph({ dimension: 16, radius: 4 });
    graph.add(faces.embeddings);
    const base = Int32Array.from(faces.truth.keys());
    const pairs = new GroupPairs(faces, base, graph.within(4)).among(base);
    expect(pairs.length).toBeLessThan((60 * 59) / 2);
    for (const face of base) {
      const near = pairs.flatMap(({ a, b }) => (a === face ? [b] : b === face ? [a] : []));
      expect(near.length).toBeGreaterThanOrEqual(16);
      const distance = (other: number): number => {
        let dot = 0;
        for (let k = 0; k < 16; k++) dot += faces.embeddings[face * 16 + k]! * faces.embeddings[other * 16 + k]!;
        return 2 - 2 * dot;
      };
      const nearest = [...base].filter((other) => other !== face).sort((a, b) => distance(a) - distance(b));
      expect(near).toEqual(expect.arrayContaining(nearest.slice(0, 16)));
    }
  });
});
