import { createRandom } from '../random.ts';

/** Which confirmed faces train in one fold, and which are held out. */
export interface Fold {
  training: number[];
  /** Faces of photos that are held out, of people whose other faces train. */
  probes: number[];
  /** All faces of people who are held out whole, as if they had never been confirmed. */
  unseen: number[];
}

/** Faces in fewer photos than this say nothing about a person that could be held out. */
export const fewestPhotos = 3;

/**
 * Splits confirmed faces for cross-fitting, by photo and by person: in each fold some people are held out whole, and of the
 * others some photos. Each person is held out whole in one fold, each photo of theirs in one fold.
 *
 * @param people person of each face
 * @param photos photo of each face; the faces of one photo stay together
 */
export function crossFitFolds(people: Int32Array, photos: Int32Array, count: number, seed: number): Fold[] {
  const random = createRandom(seed);
  const foldOfPerson = deal(new Set(people), count, random);
  const foldOfPhoto = new Map<number, number>();
  // Dealt person by person, so that each person's photos are spread over the folds.
  for (const person of foldOfPerson.keys()) {
    const own = new Set(photos.filter((photo, i) => people[i] === person && !foldOfPhoto.has(photo)));
    for (const [photo, fold] of deal(own, count, random)) foldOfPhoto.set(photo, fold);
  }
  return Array.from({ length: count }, (_, fold) => {
    const split: Fold = { training: [], probes: [], unseen: [] };
    for (let face = 0; face < people.length; face++) {
      if (foldOfPerson.get(people[face]!) === fold) split.unseen.push(face);
      else if (foldOfPhoto.get(photos[face]!) === fold) split.probes.push(face);
      else split.training.push(face);
    }
    return split;
  });
}

/** Gives each item a fold, as evenly as it goes, beginning with any. */
function deal(items: ReadonlySet<number>, folds: number, random: () => number): Map<number, number> {
  const order = [...items].map((item) => ({ item, at: random() })).sort((a, b) => a.at - b.at);
  const first = Math.floor(random() * folds);
  return new Map(order.map(({ item }, i) => [item, (first + i) % folds]));
}
