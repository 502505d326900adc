import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDecisions, type Relinked } from '../../../app/people/apply-decisions.ts';
import { clusterFaces } from '../../../app/people/cluster.ts';
import type { FacePair } from '../../../app/people/constraints.ts';
import { Dendrogram } from '../../../app/people/dendrogram.ts';
import { Groups } from '../../../app/people/groups.ts';
import { NeighbourGraph } from '../../../app/people/neighbours.ts';
import type { Statements } from '../../../app/people/ties.ts';
import { createRandom } from '../../support/random.ts';
import { makeFaces, type SyntheticFaces } from '../../support/synthetic-faces.ts';
import { groupsOf } from './reference-clustering.ts';

interface Case {
  faces: SyntheticFaces;
  days: Int32Array;
  threshold: number;
  statements: Statements;
}

const nothing: Statements = { people: [], same: [], different: [], leaves: [], samePhoto: [], away: [] };

/** Small crowds, where people overlap; what is said follows the truth, or a story that somebody made up. */
function makeCases({ born = true, people = 3 } = {}): fc.Arbitrary<Case> {
  return fc
    .record({
      sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      dimension: fc.integer({ min: 3, max: 12 }),
      spread: fc.double({ min: 0.1, max: 1.2, noNaN: true }),
      poor: fc.constantFrom(0, 0.3),
      crowd: fc.constantFrom(1, 2, 4),
      threshold: fc.double({ min: 0.02, max: 0.9, noNaN: true }),
      truthful: fc.boolean(),
      people: fc.nat(people),
      same: fc.nat(4),
      different: fc.nat(4),
      leaves: fc.nat(3),
      samePhoto: fc.nat(3),
      away: fc.nat(2),
    })
    .map(({ threshold, truthful, people: known, same, different, leaves, samePhoto, away, ...options }) => {
      const faces = makeFaces(options);
      const random = createRandom(options.seed + 1);
      const count = faces.truth.length;
      const below = (limit: number): number => Math.floor(random() * limit);
      const story = truthful ? faces.truth : faces.truth.map(() => below(options.sizes.length));
      const pairs = (wanted: number, alike: boolean): FacePair[] =>
        Array.from({ length: wanted }, (): FacePair => [below(count), below(count)]).filter(
          ([a, b]) => a !== b && (story[a] === story[b]) === alike,
        );
      const faceIds = [...story.keys()];
      const said = Array.from({ length: known }, (_, person) => ({
        confirmed: faceIds.filter((face) => story[face] === person && random() < 0.4),
        born: born && random() < 0.5 ? 1 + below(9) : null,
      }));
      const statements: Statements = {
        people: said.filter(({ confirmed }) => confirmed.length > 0),
        same: pairs(same, true),
        different: pairs(different, false),
        leaves: pairs(leaves, false),
        samePhoto: Array.from({ length: samePhoto }, () => {
          const photo = faces.photos[below(count)];
          return faceIds.filter((face) => faces.photos[face] === photo && random() < 0.8);
        }),
        away: Array.from({ length: away }, () => below(count)),
      };
      return { faces, days: Int32Array.from(faceIds, () => (born ? below(10) : 0)), threshold, statements };
    });
}

const cases = makeCases();

function linked({ faces, threshold }: Case): {
  base: Int32Array;
  dendrogram: Dendrogram;
  neighbours: ReturnType<NeighbourGraph['within']>;
} {
  const graph = new NeighbourGraph({ dimension: faces.dimension, radius: 1 });
  graph.add(faces.embeddings);
  const neighbours = graph.within(threshold);
  const { labels, merges } = clusterFaces(faces, neighbours, { threshold });
  return { base: labels, dendrogram: new Dendrogram(labels.length, merges), neighbours };
}

function apply(example: Case, statements = example.statements, relinked?: Relinked): Int32Array {
  const { faces, days, threshold } = example;
  return applyDecisions({ ...linked(example), faces, days, threshold, statements, ...(relinked && { relinked }) });
}

/** What is one person by what was said, straight from its definition. */
function knotsOf({ people, same }: Statements, count: number): Groups {
  const knots = new Groups(count);
  for (const { confirmed } of people) for (const face of confirmed) knots.unite(face, confirmed[0]!);
  for (const [a, b] of same) knots.unite(a, b);
  return knots;
}

/** The same statements in another order, pairs turned around where that means the same. */
function shuffled(statements: Statements, seed: number): Statements {
  const random = createRandom(seed);
  const shuffle = <Value>(values: readonly Value[]): Value[] =>
    values
      .map((value) => ({ value, key: random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ value }) => value);
  const turned = (pairs: readonly FacePair[]): FacePair[] =>
    shuffle(pairs).map(([a, b]): FacePair => (random() < 0.5 ? [a, b] : [b, a]));
  return {
    people: shuffle(statements.people).map(({ confirmed, born }) => ({ confirmed: shuffle(confirmed), born })),
    same: turned(statements.same),
    different: turned(statements.different),
    leaves: shuffle(statements.leaves),
    samePhoto: shuffle(statements.samePhoto).map(shuffle),
    away: shuffle(statements.away),
  };
}

describe('applyDecisions', () => {
  it('changes nothing where nothing was said', () => {
    fc.assert(
      fc.property(cases, (example) => {
        expect(apply(example, nothing)).toEqual(linked(example).base);
      }),
    );
  });

  it('keeps together what was said to be one person', () => {
    fc.assert(
      fc.property(cases, (example) => {
        const { statements } = example;
        const labels = apply(example);
        const away = new Set(statements.away);
        const knots = knotsOf(statements, labels.length);
        labels.forEach((label, face) => {
          knots.eachMember(face, (other) => {
            if (!away.has(face) && !away.has(other)) expect(labels[other]).toBe(label);
          });
        });
      }),
      { numRuns: 400 },
    );
  });

  it('keeps apart what was said to be two people', () => {
    fc.assert(
      fc.property(cases, (example) => {
        const { people, different, leaves, away } = example.statements;
        const labels = apply(example);
        const knots = knotsOf(example.statements, labels.length);
        const known = people.map(({ confirmed }) => confirmed[0]!);
        const apart = [
          ...different,
          ...leaves,
          ...known.flatMap((a, i) => known.slice(0, i).map((b): FacePair => [a, b])),
        ];
        const membersOf = (face: number): number[] => {
          const members: number[] = [];
          knots.eachMember(face, (member) => members.push(member));
          return members.filter((member) => !away.includes(member));
        };
        for (const [a, b] of apart) {
          const labelsOfB = new Set(membersOf(b).map((face) => labels[face]));
          expect(membersOf(a).filter((face) => labelsOfB.has(labels[face]))).toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('puts faces that are set aside into no group, and every other face into one named by its smallest', () => {
    fc.assert(
      fc.property(cases, (example) => {
        const labels = apply(example);
        const away = new Set(example.statements.away);
        for (const group of groupsOf(labels)) {
          const isAway = away.has(group[0]!);
          for (const face of group) {
            expect(away.has(face)).toBe(isAway);
            expect(labels[face]).toBe(isAway ? -1 : group[0]);
          }
        }
      }),
    );
  });

  it('never puts two faces of one photo together, unless it was said that they may be one person', () => {
    fc.assert(
      fc.property(cases, (example) => {
        const { photos } = example.faces;
        const labels = apply(example);
        const knots = knotsOf(example.statements, labels.length);
        for (const group of groupsOf(labels)) {
          if (labels[group[0]!] === -1) continue;
          for (const [i, a] of group.entries()) {
            for (const b of group.slice(0, i)) {
              if (photos[a] !== photos[b] || knots.rootOf(a) === knots.rootOf(b)) continue;
              expect(example.statements.samePhoto.some((faces) => faces.includes(a) && faces.includes(b))).toBe(true);
            }
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('keeps faces from before a birth date out, unless they were said to be that person', () => {
    fc.assert(
      fc.property(cases, (example) => {
        const { statements, days } = example;
        const labels = apply(example);
        const knots = knotsOf(statements, labels.length);
        const away = new Set(statements.away);
        for (const { confirmed, born } of statements.people) {
          const anchor = confirmed.find((face) => !away.has(face));
          if (anchor === undefined || born === null) continue;
          labels.forEach((label, face) => {
            if (label !== labels[anchor] || knots.rootOf(face) === knots.rootOf(anchor)) return;
            expect(days[face] === 0 || days[face]! >= born).toBe(true);
          });
        }
      }),
      { numRuns: 400 },
    );
  });

  it('gives the same groups in whatever order things were said', () => {
    fc.assert(
      fc.property(cases, fc.integer(), (example, seed) => {
        expect(apply(example, shuffled(example.statements, seed))).toEqual(apply(example));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same groups with what was linked anew for other statements of the same groups', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (example, cut) => {
        const { statements } = example;
        const few = { ...statements, same: statements.same.slice(0, cut % 4), leaves: [] };
        const relinked: Relinked = new Map();
        for (const said of [statements, few, statements, few]) {
          expect(apply(example, said, relinked)).toEqual(apply(example, said));
        }
        expect(relinked.size).toBeLessThanOrEqual(example.faces.photos.length);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves everybody as they were who has nothing to do with what was said', () => {
    fc.assert(
      fc.property(makeCases({ people: 0 }), (example) => {
        const { statements } = example;
        const { base } = linked(example);
        const labels = apply(example);
        const spokenOf = [
          ...[...statements.same, ...statements.different, ...statements.leaves].flat(),
          ...statements.away,
        ];
        const touched = new Set(spokenOf.map((face) => base[face]));
        const rest = [...base.keys()].filter((face) => !touched.has(base[face]));
        // Somebody who was taken out of another group may have come to them; they are still together, and with nobody else.
        const among = (groups: Int32Array): number[][] => groupsOf(rest.map((face) => groups[face]!));
        expect(among(labels)).toEqual(among(base));
      }),
      { numRuns: 300 },
    );
  });

  it('lets a known person change only who is near and was alone', () => {
    fc.assert(
      fc.property(makeCases(), (example) => {
        const { people, away } = example.statements;
        const statements = { ...nothing, people, away };
        const { base } = linked(example);
        const labels = apply(example, statements);
        const touched = new Set([...people.flatMap(({ confirmed }) => confirmed), ...away].map((face) => base[face]));
        const known = new Set(
          people.flatMap(({ confirmed }) => confirmed.filter((face) => !away.includes(face)).map((f) => labels[f])),
        );
        for (const group of groupsOf(base)) {
          if (touched.has(group[0])) continue;
          // A group is recognised as a whole, or not at all.
          expect(new Set(group.map((face) => labels[face])).size).toBe(1);
          const others = [...labels.keys()].filter(
            (face) => labels[face] === labels[group[0]!] && !group.includes(face),
          );
          if (!known.has(labels[group[0]!])) expect(others.every((face) => touched.has(base[face]))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
