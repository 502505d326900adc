import { DotProducts } from '../../engine/dot-products.ts';
import { createRandom } from '../random.ts';
import { bootstrapIntervals, type Interval } from './bootstrap.ts';

/**
 * Mean average precision (0..1): of a ranking, the precision at each face that belongs there, averaged over these; 1 when they
 * all come first. A face that does not belong there and is as far as one that does counts as nearer.
 */
export interface MeanAveragePrecision {
  /** Mean over all faces that are searched with: people with many photos weigh more. */
  byFace: number;
  /** Mean over people, of the mean over their faces. */
  byPerson: number;
  /** 95 % intervals, from drawing the people anew. */
  intervals: { byFace: Interval | null; byPerson: Interval | null };
}

/** Searches where some of the person's faces have been confirmed. */
export interface ConfirmedRetrieval {
  /** Confirmed faces of each person who has so many and two more; else all but two. */
  confirmed: number;
  queries: number;
  people: number;
  /** Confirmed faces left out of what is ranked, and nothing else made of them. */
  raw: MeanAveragePrecision;
  /** Each face ranked by the nearest of the query and its person's confirmed faces; faces confirmed as others come last. */
  known: MeanAveragePrecision;
}

export interface RetrievalScores {
  /** Faces that are searched with: all of people with two faces or more. */
  queries: number;
  people: number;
  /** Faces that are ranked, the one that is searched with included. */
  faces: number;
  /** Each face against all others, by their distance alone. */
  raw: MeanAveragePrecision;
  withConfirmed: ConfirmedRetrieval[];
}

export interface RetrievalOptions {
  /** How many confirmed faces of a person to try. */
  confirmed: readonly number[];
  /** Which faces are confirmed is drawn by it. */
  seed: number;
}

/** The average precisions of one person's faces. */
type PersonPrecisions = readonly number[];

const tileSize = 256;

/**
 * How well a search by one face finds the other faces of its person among all. Every face of everybody who has two or more is
 * searched with once.
 *
 * With confirmed faces, those of a person are the first of its faces in an order that is drawn, without the one that is searched
 * with; they are known already and are not ranked for this person. At least one face stays to be found, so people with two
 * faces have nobody confirmed. Faces that are confirmed as somebody else come after all others.
 *
 * @param embeddings unit vectors, row by row
 * @param truth per row, any number that tells the person
 */
export function retrievalScores(
  embeddings: Float32Array,
  truth: ArrayLike<number>,
  { confirmed, seed }: RetrievalOptions,
): RetrievalScores {
  const random = createRandom(seed);
  const people = [...Map.groupBy(Array.from(truth).keys(), (row) => truth[row]!).values()]
    .filter((rows) => rows.length >= 2)
    .map((rows) => shuffled(rows, random));
  const lastOf = confirmed.map((count) => new Set(people.flatMap((rows) => rows.slice(0, confirmedOf(rows, count)))));
  const raw: PersonPrecisions[] = [];
  const parts = confirmed.map((): Record<'raw' | 'known', PersonPrecisions[]> => ({ raw: [], known: [] }));
  for (const rows of people) {
    const distances = distancesOf(rows, embeddings, truth.length);
    raw.push(rows.map((row, i) => averagePrecision(distances[i]!, rows, new Set([row]))));
    for (const [c, count] of confirmed.entries()) {
      const number = confirmedOf(rows, count);
      if (number === 0) continue;
      const searches = rows.map((row, i) => {
        const known = [...rows.keys()].filter((other) => other !== i).slice(0, number);
        return { i, known, unranked: new Set([row, ...known.map((other) => rows[other]!)]) };
      });
      parts[c]!.raw.push(searches.map(({ i, unranked }) => averagePrecision(distances[i]!, rows, unranked)));
      parts[c]!.known.push(
        searches.map(({ i, known, unranked }) => {
          const nearest = distances[i]!.map((distance, row) =>
            known.reduce((least, other) => Math.min(least, distances[other]![row]!), distance),
          );
          const mine = new Set(rows);
          // Behind everything: they no longer come before any face that belongs there.
          for (const row of lastOf[c]!) if (!mine.has(row)) nearest[row] = Infinity;
          return averagePrecision(nearest, rows, unranked);
        }),
      );
    }
  }
  return {
    queries: raw.flat().length,
    people: people.length,
    faces: truth.length,
    raw: meanOf(raw),
    withConfirmed: confirmed.map((count, c) => ({
      confirmed: count,
      queries: parts[c]!.raw.flat().length,
      people: parts[c]!.raw.length,
      raw: meanOf(parts[c]!.raw),
      known: meanOf(parts[c]!.known),
    })),
  };
}

/** The query and one face to be found are left. */
function confirmedOf(rows: readonly number[], wanted: number): number {
  return Math.max(0, Math.min(wanted, rows.length - 2));
}

/** Squared L2 of each of these rows to all. */
function distancesOf(rows: readonly number[], embeddings: Float32Array, count: number): Float32Array[] {
  const dimension = embeddings.length / count;
  const dots = new DotProducts(dimension, rows.length, tileSize);
  const mine = new Float32Array(rows.length * dimension);
  for (const [i, row] of rows.entries()) {
    mine.set(embeddings.subarray(row * dimension, (row + 1) * dimension), i * dimension);
  }
  dots.setLeft(mine);
  const distances = rows.map(() => new Float32Array(count));
  for (let from = 0; from < count; from += tileSize) {
    const to = Math.min(count, from + tileSize);
    dots.setRight(embeddings.subarray(from * dimension, to * dimension));
    const { products, leftCount } = dots.multiply();
    for (let other = from; other < to; other++) {
      for (const [i, of] of distances.entries()) of[other] = 2 - 2 * products[(other - from) * leftCount + i]!;
    }
  }
  return distances;
}

/**
 * @param distances of each row
 * @param belonging rows that belong to the query
 * @param unranked rows that are left out, belonging or not
 */
function averagePrecision(
  distances: Float32Array,
  belonging: readonly number[],
  unranked: ReadonlySet<number>,
): number {
  const wanted = Float32Array.from(
    belonging.filter((row) => !unranked.has(row)),
    (row) => distances[row]!,
  ).sort();
  const skipped = new Set(belonging);
  // How many others come before each wanted face, but not before the one in front of it.
  const others = new Uint32Array(wanted.length + 1);
  for (let row = 0; row < distances.length; row++) {
    if (distances[row]! > wanted.at(-1)! || skipped.has(row) || unranked.has(row)) continue;
    others[firstNotBelow(wanted, distances[row]!)]!++;
  }
  let before = 0;
  let sum = 0;
  for (let i = 0; i < wanted.length; i++) {
    before += others[i]!;
    sum += (i + 1) / (i + 1 + before);
  }
  return sum / wanted.length;
}

/** The first place in ascending numbers with one that is not below the value. */
function firstNotBelow(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function meanOf(people: readonly PersonPrecisions[]): MeanAveragePrecision {
  const sums = people.map((precisions) => precisions.reduce((sum, value) => sum + value, 0));
  const valuesOf = (draws: ArrayLike<number>): { byFace: number; byPerson: number } => {
    let [faces, sum, drawn, means] = [0, 0, 0, 0];
    for (const [person, { length }] of people.entries()) {
      faces += draws[person]! * length;
      sum += draws[person]! * sums[person]!;
      drawn += draws[person]!;
      means += (draws[person]! * sums[person]!) / length;
    }
    return { byFace: sum / faces, byPerson: means / drawn };
  };
  return { ...valuesOf(people.map(() => 1)), intervals: bootstrapIntervals([[...people.keys()]], valuesOf) };
}

function shuffled(values: readonly number[], random: () => number): number[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
