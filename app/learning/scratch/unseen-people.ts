import { createRandom } from '../random.ts';
import { differentDistances, groupingScore, groupingThreshold } from '../evaluation/held-out-grouping.ts';
import { identificationScores, nearestPeople } from '../evaluation/identification.ts';
import { evaluateVerification, type ScoredPair } from '../evaluation/verification.ts';
import { selectRows } from '../training/head.ts';

/** How well a network tells people apart whom it was not trained on. */
export interface UnseenScores {
  /** Share of same and different pairs, as many of each, that are judged right at thresholds chosen on other people. */
  accuracy: number;
  auc: number;
  /** Share of same pairs accepted where one different pair in a thousand is. */
  general: number;
  /** At 1 % false positives: half of the people known by half of their photos, the others strangers. */
  identification: number;
  /** BCubed F of grouping at the threshold. */
  grouping: number;
  /** Squared L2 (0..4) for grouping. */
  threshold: number;
}

/** Photos without which a person is not held out. */
const fewestPhotos = 4;
/** One in so many of these people is held out. */
const heldOutShare = 4;
/** So that one person does not outweigh all others. */
const mostPairs = 30;
const mostFolds = 10;

/**
 * Chooses the people who are held out whole: one in four of those with four photos and more.
 *
 * @param people person of each face
 */
export function chooseUnseen(people: Int32Array): Set<number> {
  const counts = new Map<number, number>();
  for (const person of people) counts.set(person, (counts.get(person) ?? 0) + 1);
  const enough = [...counts].filter(([, count]) => count >= fewestPhotos).map(([person]) => person);
  return new Set(enough.filter((_, i) => i % heldOutShare === heldOutShare >> 1));
}

/**
 * @param embeddings unit rows of the faces of people who were held out
 * @param people person of each; at least two different ones
 */
export function scoreUnseen(embeddings: Float32Array, people: Int32Array, seed: number): UnseenScores {
  const dimension = embeddings.length / people.length;
  const folds = pairsOf(embeddings, people, dimension, seed);
  const { accuracy, auc, valAtFar1e3 } = evaluateVerification(folds);
  const faces = { heldOut: embeddings, truth: people, others: new Float32Array(), mayBe: [] };
  const threshold = groupingThreshold(differentDistances(faces));
  return {
    accuracy,
    auc,
    general: valAtFar1e3,
    identification: identify(embeddings, people, dimension),
    grouping: groupingScore(faces, threshold),
    threshold,
  };
}

/** As many different pairs as same ones, by person in folds, so that no person is in two. */
function pairsOf(embeddings: Float32Array, people: Int32Array, dimension: number, seed: number): ScoredPair[][] {
  const random = createRandom(seed);
  const rows = Map.groupBy(people.keys(), (row) => people[row]!);
  const all = [...rows.keys()];
  const foldCount = Math.min(mostFolds, all.length >> 1);
  const folds = Array.from({ length: foldCount }, (_, fold) => all.filter((_, i) => i % foldCount === fold));
  const squared = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < dimension; i++) sum += (embeddings[a * dimension + i]! - embeddings[b * dimension + i]!) ** 2;
    return sum;
  };
  const any = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  return folds.map((members) =>
    members.flatMap((person) => {
      const own = rows.get(person)!;
      const pairs = own.flatMap((a, i) => own.slice(i + 1).map((b) => ({ a, b, at: random() })));
      const others = members.filter((other) => other !== person);
      return pairs
        .sort((a, b) => a.at - b.at)
        .slice(0, mostPairs)
        .flatMap(({ a, b }) => [
          { distance: squared(a, b), same: true },
          { distance: squared(a, any(rows.get(any(others))!)), same: false },
        ]);
    }),
  );
}

function identify(embeddings: Float32Array, people: Int32Array, dimension: number): number {
  const rows = Map.groupBy(people.keys(), (row) => people[row]!);
  const [gallery, probes, strangers]: [number[], number[], number[]] = [[], [], []];
  for (const [i, own] of [...rows.values()].entries()) {
    if (i % 2 === 1) strangers.push(...own);
    else {
      gallery.push(...own.slice(0, own.length >> 1));
      probes.push(...own.slice(own.length >> 1));
    }
  }
  const select = (chosen: readonly number[]): Float32Array => selectRows(embeddings, dimension, chosen);
  const known = { embeddings: select(gallery), people: Int32Array.from(gallery, (row) => people[row]!) };
  const found = nearestPeople(select(probes), known, dimension);
  const mated = found.map((nearest, i) => ({ ...nearest, truth: people[probes[i]!]! }));
  return identificationScores(mated, nearestPeople(select(strangers), known, dimension), { resamples: 1 }).dir;
}
