import type { LearningData } from '../../../app/learning/training/learning-data.ts';
import { selectRows } from '../../../app/learning/training/head.ts';
import { createRandom } from '../../support/random.ts';
import { inputs, type LibraryFaces } from './albums.ts';

/** A library after somebody has confirmed faces in it, and what is to be measured. */
export interface ConfirmedLibrary {
  /** What Kindred learns from. */
  data: Omit<LearningData, 'lastLayer' | 'threshold'>;
  /** The rows that the data are of: confirmed, and the rest of the library. */
  confirmedRows: Int32Array;
  unconfirmedRows: Int32Array;
  /** Other faces of the confirmed people; the place of the person among them in `probePeople`. */
  probes: Int32Array;
  probePeople: Int32Array;
  /** One face each of people who were not in the library when Kindred learned. */
  strangers: Int32Array;
  /** Faces of such people, of some several, at most ten. */
  unseen: Int32Array;
}

const confirmedPeople = 30;
/** Of each person so many faces are left to be recognised at least, and at most. */
const leastProbes = 2;
const mostProbes = 40;
const mostUnseen = 10;
/** Photos that there must be of a person who is confirmed. */
const leastPhotos = 12;

/**
 * Somebody confirms so many faces of each of 30 people. With the same seed it is the same people however many faces, and the
 * fewer faces are among the more.
 *
 * Half of all other people are in the library as strangers nobody speaks of; the other half come later, and are measured on.
 *
 * @param count fewer where there are not as many
 */
export function confirmSome(faces: LibraryFaces, count: number, seed: number): ConfirmedLibrary {
  const random = createRandom(seed * 7919);
  const rowsOf = new Map<number, number[]>();
  for (const [row, person] of faces.person.entries()) {
    const rows = rowsOf.get(person);
    if (rows) rows.push(row);
    else rowsOf.set(person, [row]);
  }
  const shuffled = shuffle([...rowsOf.keys()], random);
  for (const [person, rows] of rowsOf) rowsOf.set(person, shuffle(rows, random));
  const known = shuffled.filter((person) => rowsOf.get(person)!.length >= leastPhotos).slice(0, confirmedPeople);
  const others = shuffled.filter((person) => !known.includes(person));
  const half = others.length >> 1;
  const [inLibrary, later] = [others.slice(0, half), others.slice(half)];

  const confirmed: number[] = [];
  const unconfirmed: number[] = inLibrary.flatMap((person) => rowsOf.get(person)!);
  const probes: number[] = [];
  const places = new Map(known.map((person, place) => [person, place]));
  for (const person of known) {
    const rows = rowsOf.get(person)!;
    const said = Math.min(count, rows.length - leastProbes);
    confirmed.push(...rows.slice(0, said));
    unconfirmed.push(...rows.slice(said));
    // From the end, so that they are the same ones however many faces were confirmed, where there are enough.
    probes.push(...rows.slice(Math.max(said, rows.length - mostProbes)));
  }
  const select = (rows: readonly number[]): Float32Array => selectRows(faces.features, inputs, rows);
  const placeOf = (row: number): number => places.get(faces.person[row]!)!;
  return {
    data: {
      inputs,
      confirmed: {
        features: select(confirmed),
        copies: [],
        people: Int32Array.from(confirmed, placeOf),
        photos: Int32Array.from(confirmed, (row) => faces.photo[row]!),
        quality: Float32Array.from(confirmed, (row) => faces.quality[row]!),
      },
      unconfirmed: {
        features: select(unconfirmed),
        photos: Int32Array.from(unconfirmed, (row) => faces.photo[row]!),
        isNot: new Map(),
      },
    },
    confirmedRows: Int32Array.from(confirmed),
    unconfirmedRows: Int32Array.from(unconfirmed),
    probes: Int32Array.from(probes),
    probePeople: Int32Array.from(probes, placeOf),
    strangers: Int32Array.from(later, (person) => rowsOf.get(person)![0]!),
    unseen: Int32Array.from(later.flatMap((person) => rowsOf.get(person)!.slice(0, mostUnseen))),
  };
}

/** Fisher and Yates. */
function shuffle<Item>(items: Item[], random: () => number): Item[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
