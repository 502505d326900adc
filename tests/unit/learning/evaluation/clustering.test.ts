import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusteringScores, type PrecisionRecall } from '../../../../app/learning/evaluation/clustering.ts';

function withF(precision: number, recall: number): PrecisionRecall {
  return { precision, recall, f: precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0 };
}

/** Straight from the definitions, over all pairs of faces. */
function slowScores(
  labels: readonly number[],
  truth: readonly number[],
): { pairwise: PrecisionRecall; bcubed: PrecisionRecall } {
  const all = [...labels.keys()];
  const pairs = all.flatMap((a) => all.slice(0, a).map((b) => [a, b] as const));
  const grouped = pairs.filter(([a, b]) => labels[a] === labels[b]);
  const belonging = pairs.filter(([a, b]) => truth[a] === truth[b]);
  const right = grouped.filter(([a, b]) => truth[a] === truth[b]).length;
  const average = (share: (face: number) => number): number =>
    all.reduce((sum, face) => sum + share(face), 0) / all.length;
  const sharedWith = (face: number, peers: number[]): number =>
    peers.filter((other) => labels[other] === labels[face] && truth[other] === truth[face]).length / peers.length;
  return {
    pairwise: withF(grouped.length ? right / grouped.length : 1, belonging.length ? right / belonging.length : 1),
    bcubed: withF(
      average((face) =>
        sharedWith(
          face,
          all.filter((other) => labels[other] === labels[face]),
        ),
      ),
      average((face) =>
        sharedWith(
          face,
          all.filter((other) => truth[other] === truth[face]),
        ),
      ),
    ),
  };
}

function expectClose(actual: PrecisionRecall, expected: PrecisionRecall): void {
  for (const key of ['precision', 'recall', 'f'] as const) expect(actual[key]).toBeCloseTo(expected[key], 10);
}

const groupings = fc
  .array(fc.tuple(fc.integer({ min: -3, max: 4 }), fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 30 })
  .map((rows) => ({ labels: rows.map(([label]) => label), truth: rows.map(([, identity]) => identity) }));

describe('clusteringScores', () => {
  it('gives the values worked out by hand', () => {
    // Clusters {a a b} {b b}: 4 grouped pairs, 4 true pairs, 2 in common.
    const scores = clusteringScores([0, 0, 0, 1, 1], [7, 7, 8, 8, 8]);
    expectClose(scores.pairwise, { precision: 0.5, recall: 0.5, f: 0.5 });
    // Precision (2/3 + 2/3 + 1/3 + 1 + 1) / 5; recall (1 + 1 + 1/3 + 2/3 + 2/3) / 5.
    expectClose(scores.bcubed, withF(11 / 15, 11 / 15));
    const entropy = -(0.6 * Math.log(0.6) + 0.4 * Math.log(0.4));
    const information =
      0.4 * Math.log(0.4 / (0.6 * 0.4)) + 0.2 * Math.log(0.2 / (0.6 * 0.6)) + 0.4 * Math.log(0.4 / (0.4 * 0.6));
    expect(scores.nmi).toBeCloseTo(information / entropy, 12);
    expect(scores.clusters).toBe(2);
    expect(scores.identities).toBe(2);
  });

  it('agrees with the definitions on any grouping', () => {
    fc.assert(
      fc.property(groupings, ({ labels, truth }) => {
        const scores = clusteringScores(labels, truth);
        const slow = slowScores(labels, truth);
        expectClose(scores.pairwise, slow.pairwise);
        expectClose(scores.bcubed, slow.bcubed);
      }),
    );
  });

  it('scores the truth itself, under any labels, 1 throughout', () => {
    fc.assert(
      fc.property(groupings, ({ truth }) => {
        const scores = clusteringScores(
          truth.map((identity) => 9 - identity),
          truth,
        );
        for (const { f } of [scores.pairwise, scores.bcubed]) expect(f).toBe(1);
        expect(scores.nmi).toBeCloseTo(1, 12);
      }),
    );
  });

  it('tells nothing from one cluster of all, and keeps mutual information symmetric', () => {
    expect(clusteringScores([0, 0, 0, 0], [0, 0, 1, 1]).nmi).toBe(0);
    fc.assert(
      fc.property(groupings, ({ labels, truth }) => {
        expect(clusteringScores(labels, truth).nmi).toBeCloseTo(clusteringScores(truth, labels).nmi, 10);
      }),
    );
  });

  it('finds nothing wrong where there is nothing', () => {
    expect(clusteringScores([0, 1], [0, 1]).pairwise).toEqual({ precision: 1, recall: 1, f: 1 });
    expect(clusteringScores([], []).bcubed.f).toBe(1);
    expect(() => clusteringScores([0], [])).toThrow('1 labels');
  });
});
