import { createRandom, draw } from '../random.ts';

/** As many confirmed faces as a training takes. */
export interface FaceLimits {
  perPerson: number;
  /** Of all people; it lowers `perPerson`, so that those with few faces keep them. */
  inAll: number;
}

/**
 * A random choice of confirmed faces, the same for the same seed, in their order: past some faces of a person more say little
 * that is new, and the time that judging a version takes grows with the square of their number.
 */
export function limitFaces<Face extends { person: number }>(
  faces: readonly Face[],
  { perPerson, inAll }: FaceLimits,
  seed: number,
): Face[] {
  const places = [...Map.groupBy(faces.keys(), (place) => faces[place]!.person).values()];
  const total = (most: number): number => places.reduce((sum, { length }) => sum + Math.min(length, most), 0);
  let most = perPerson;
  while (most > 1 && total(most) > inAll) most--;
  const random = createRandom(seed);
  const chosen = places.flatMap((own) => draw(own, most, random));
  return chosen.sort((a, b) => a - b).map((place) => faces[place]!);
}
