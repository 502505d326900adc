import { normalise, sumsByPerson, type LabelledEmbeddings } from '../prototypes.ts';
import { DotProducts } from '../../engine/dot-products.ts';

/** A face that nobody has confirmed as anybody. */
export interface Stranger {
  row: number;
  /** People whom it may show, so that it must not be a negative of theirs. */
  mayBe: number[];
}

/** Faces whose person was confirmed, with the photo of each. */
export interface ConfirmedEmbeddings extends LabelledEmbeddings {
  photos: Int32Array;
}

export interface UnconfirmedEmbeddings {
  embeddings: Float32Array;
  photos: Int32Array;
  /** Per face the people that it was said not to be. */
  isNot?: ReadonlyMap<number, ReadonlySet<number>>;
}

/** A face may be a person to whose prototype it is nearer than this share of confirmed faces are to their own person's. */
const guardedShare = 0.95;
const rowsAtOnce = 512;

/**
 * Tells of faces that nobody has confirmed whom they may show. An unconfirmed face of a person must never become a negative of
 * that person, and in a library of poor photos such faces lie far from one another. So a face may be anybody to whose prototype
 * (the normalised mean of their confirmed faces) it is nearer than nearly all (95 %) of the confirmed faces are to that of their
 * own person, made without them; unless it was said not to be them, or is in one photo with them.
 *
 * @param dimension of the embeddings, which are those of the current model
 * @param least squared L2 (0..4) that it keeps at least, where few faces are confirmed: the model's threshold
 */
export function whoStrangersMayBe(
  confirmed: ConfirmedEmbeddings,
  unconfirmed: UnconfirmedEmbeddings,
  dimension: number,
  least: number,
): Stranger[] {
  const sums = sumsByPerson(confirmed, dimension);
  const guard = guardDistance(confirmed, sums, dimension, least);
  const photosOf = new Map<number, Set<number>>();
  for (const [i, person] of confirmed.people.entries()) {
    photosOf.set(person, (photosOf.get(person) ?? new Set()).add(confirmed.photos[i]!));
  }
  const people = [...sums.keys()];
  const prototypes = new Float32Array(people.length * dimension);
  for (const [i, person] of people.entries()) prototypes.set(normalise(sums.get(person)!.slice()), i * dimension);
  const strangers: Stranger[] = [];
  eachDistance(unconfirmed.embeddings, prototypes, dimension, (row, distances) => {
    const photo = unconfirmed.photos[row]!;
    const isNot = unconfirmed.isNot?.get(row);
    // Asked the other way round, so that a distance that is no number counts as near.
    const near = people.filter((_, i) => !(distances[i]! > guard));
    strangers.push({ row, mayBe: near.filter((person) => !isNot?.has(person) && !photosOf.get(person)!.has(photo)) });
  });
  return strangers;
}

/** The distance within which nearly all confirmed faces have the prototype of their person's other faces. */
function guardDistance(
  { embeddings, people }: ConfirmedEmbeddings,
  sums: ReadonlyMap<number, Float32Array>,
  dimension: number,
  least: number,
): number {
  const distances: number[] = [];
  for (const [face, person] of people.entries()) {
    const own = embeddings.subarray(face * dimension, (face + 1) * dimension);
    const others = sums.get(person)!.map((value, i) => value - own[i]!);
    const length = Math.hypot(...others);
    // Nobody else of that person, but for rounding.
    if (length < 1e-3) continue;
    let dot = 0;
    for (let i = 0; i < dimension; i++) dot += own[i]! * others[i]!;
    distances.push(2 - (2 * dot) / length);
  }
  distances.sort((a, b) => a - b);
  return Math.max(least, distances[Math.ceil(guardedShare * distances.length) - 1] ?? 0);
}

/** Calls with the squared L2 distances from each row of `from` to all rows of `to`; the array is used again. */
function eachDistance(
  from: Float32Array,
  to: Float32Array,
  dimension: number,
  visit: (row: number, distances: Float32Array) => void,
): void {
  const count = from.length / dimension;
  const others = to.length / dimension;
  if (count === 0 || others === 0) return;
  const dots = new DotProducts(dimension, others, Math.min(count, rowsAtOnce));
  dots.setLeft(to);
  const distances = new Float32Array(others);
  for (let start = 0; start < count; start += rowsAtOnce) {
    const end = Math.min(count, start + rowsAtOnce);
    dots.setRight(from.subarray(start * dimension, end * dimension));
    const { products, leftCount } = dots.multiply();
    for (let row = start; row < end; row++) {
      const at = (row - start) * leftCount;
      for (let i = 0; i < others; i++) distances[i] = 2 - 2 * products[at + i]!;
      visit(row, distances);
    }
  }
}
