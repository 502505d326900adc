import { setImmediate } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { TrainingData } from '../../contract/learning.ts';
import { facesWithFeatures, featuresOfFaces, type FaceWithFeatures } from '../../faces/features.store.ts';
import type { LearningData } from '../../learning/training/learning-data.ts';
import { createRandom } from '../../learning/random.ts';
import { limitFaces, type FaceLimits } from '../../learning/sampling/limit-faces.ts';
import type { Known, KnownPerson } from '../../people/known-people.ts';
import { foundingQuality } from '../../people/threshold.ts';

/** A confirmed face that can be learned from. */
export interface ConfirmedFace extends FaceWithFeatures {
  /** Place of the person in `people`. */
  person: number;
}

/** Who was confirmed, as far as features are stored. */
export interface ConfirmedFaces {
  people: KnownPerson[];
  faces: ConfirmedFace[];
  /** All others that have features. */
  others: FaceWithFeatures[];
}

/** What a run learns from, and what to say of it. */
export interface Collected {
  data: Omit<LearningData, 'lastLayer' | 'threshold'>;
  faces: ConfirmedFace[];
  /** Those that nobody has confirmed, in their order. */
  strangers: FaceWithFeatures[];
  people: KnownPerson[];
  summary: Omit<TrainingData, 'lastDecision'>;
}

const page = 5000;
const mostConfirmed: FaceLimits = { perPerson: 50, inAll: 5000 };

/**
 * The faces of a library by what was decided about them.
 *
 * @param model whose features are asked for
 */
async function confirmedFaces(db: Database, model: string, known: Known): Promise<ConfirmedFaces> {
  const personOf = new Map(known.people.flatMap(({ confirmed }, i) => confirmed.map((face) => [face, i] as const)));
  const isOut = (face: number): boolean => known.notFaces.has(face) || known.replaced.has(face);
  const faces: ConfirmedFace[] = [];
  const others: FaceWithFeatures[] = [];
  for (let after = 0; ;) {
    const rows = facesWithFeatures(db, model, after, page);
    if (rows.length === 0) break;
    after = rows.at(-1)!.id;
    for (const face of rows) {
      const person = personOf.get(face.id);
      if (isOut(face.id)) continue;
      if (person !== undefined) faces.push({ ...face, person });
      else if (face.quality >= foundingQuality) others.push(face);
    }
    await setImmediate();
  }
  return { people: known.people, faces, others };
}

/** Reads everything that a run learns from. */
export async function collect(
  db: Database,
  model: string,
  known: Known,
  { seed, mostStrangers }: { seed: number; mostStrangers: number },
): Promise<Collected> {
  const { people, faces: confirmedOnes, others } = await confirmedFaces(db, model, known);
  const isNot = whoTheyAreNot(known, new Map(confirmedOnes.map(({ id, person }) => [id, person])));
  const faces = limitFaces(confirmedOnes, mostConfirmed, seed);
  const strangers = chooseStrangers(others, isNot, mostStrangers, seed);
  const together = new Set(known.samePhoto.flat());
  const photosOf = (list: readonly FaceWithFeatures[]): Int32Array =>
    // Two faces of a photo are two people, but for those of which somebody said that they may be one.
    Int32Array.from(list, ({ id, photoId }) => (together.has(id) ? -id : photoId));
  const confirmed = await featuresInPages(db, model, faces);
  return {
    data: {
      inputs: confirmed.length / Math.max(1, faces.length),
      confirmed: {
        features: confirmed,
        copies: [],
        people: Int32Array.from(faces, ({ person }) => person),
        photos: photosOf(faces),
        quality: Float32Array.from(faces, ({ quality }) => quality),
      },
      unconfirmed: {
        features: await featuresInPages(db, model, strangers),
        photos: photosOf(strangers),
        isNot: new Map(strangers.flatMap(({ id }, row) => (isNot.has(id) ? [[row, isNot.get(id)!] as const] : []))),
      },
    },
    faces,
    strangers,
    people,
    summary: {
      people: new Set(faces.map(({ person }) => person)).size,
      faces: faces.length,
      photos: new Set(faces.map(({ photoId }) => photoId)).size,
      differentPairs: [...isNot.values()].reduce((sum, { size }) => sum + size, 0),
      strangers: strangers.length,
    },
  };
}

/** Per face the people that it was said not to be, by their places. */
function whoTheyAreNot(known: Known, personOf: ReadonlyMap<number, number>): Map<number, Set<number>> {
  const isNot = new Map<number, Set<number>>();
  const add = (face: number, person: number | undefined): void => {
    if (person === undefined || personOf.has(face)) return;
    isNot.set(face, (isNot.get(face) ?? new Set()).add(person));
  };
  for (const [person, { rejected }] of known.people.entries()) for (const face of rejected) add(face, person);
  for (const { faces } of [...known.different, ...known.leaves]) {
    const [first, ...rest] = faces;
    for (const face of rest) {
      add(first!, personOf.get(face));
      add(face, personOf.get(first!));
    }
  }
  return isNot;
}

/** Those of whom something was said, and so many of the others as a random choice. */
function chooseStrangers(
  others: readonly FaceWithFeatures[],
  isNot: ReadonlyMap<number, unknown>,
  mostStrangers: number,
  seed: number,
): FaceWithFeatures[] {
  if (others.length <= mostStrangers) return [...others];
  const random = createRandom(seed);
  const share = mostStrangers / others.length;
  return others.filter(({ id }) => random() < share || isNot.has(id));
}

async function featuresInPages(db: Database, model: string, faces: readonly FaceWithFeatures[]): Promise<Float32Array> {
  const pages: Float32Array[] = [];
  for (let first = 0; first < faces.length; first += page) {
    const ids = faces.slice(first, first + page).map(({ id }) => id);
    pages.push(featuresOfFaces(db, model, ids));
    await setImmediate();
  }
  const all = new Float32Array(pages.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const features of pages) {
    all.set(features, at);
    at += features.length;
  }
  return all;
}
