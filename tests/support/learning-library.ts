import type { Database } from 'better-sqlite3';
import { storeVectors } from '../../app/faces/faces.store.ts';
import { builtInChoice, pipelineOf } from '../../app/faces/models/choice.ts';
import { prepareHead, type Head } from '../../app/faces/models/head.ts';
import { readWeights } from '../../app/faces/networks/weights.ts';
import { appendDecision } from '../../app/people/decisions.store.ts';
import { makePeopleLibrary } from './people-library.ts';
import { createRandom, gaussian } from './random.ts';

export const featureCount = 256;

/** The name of the built-in models' features and embeddings. */
export const builtInModel = pipelineOf(builtInChoice);

export interface LearningLibraryOptions {
  people: number;
  /** Faces of each, one a photo. */
  faces: number;
  /** Of each, how many are confirmed. */
  confirmed: number;
  /** How much the photos differ in what does not matter; 0 leaves nothing to learn. */
  nuisance?: number;
  seed?: number;
}

/** The built-in network's last layer as a head. */
export async function shippedHead(): Promise<Head> {
  const { values, shape } = (await readWeights('faceRecognitionNet'))('fc');
  return { inputs: featureCount, parts: [{ weight: 1, matrix: values, columns: shape[1]! }] };
}

/**
 * Features of made-up people: each differs from the others in half of the numbers, and each photo in the other half, as poor light
 * would have it. A head can learn to look away from that; what ships does not know of it.
 *
 * @returns face by face, people in turns
 */
function makeFeatures({ people, faces, nuisance = 0.3, seed = 1 }: LearningLibraryOptions): {
  features: Float32Array;
  truth: Int32Array;
} {
  const random = createRandom(seed);
  const half = featureCount / 2;
  const who = Array.from({ length: people }, () => Float32Array.from({ length: half }, () => gaussian(random)));
  // What photos differ in lies in a few directions.
  const directions = Array.from({ length: 6 }, () => Float32Array.from({ length: half }, () => gaussian(random)));
  const truth = Int32Array.from({ length: people * faces }, (_, face) => face % people);
  const features = new Float32Array(truth.length * featureCount);
  for (const [face, person] of truth.entries()) {
    const row = features.subarray(face * featureCount, (face + 1) * featureCount);
    for (let i = 0; i < half; i++) row[i] = 4 + who[person]![i]! + 0.6 * gaussian(random);
    for (const direction of directions) {
      const size = nuisance * gaussian(random);
      for (let i = 0; i < half; i++) row[half + i]! += size * direction[i]!;
    }
  }
  return { features, truth };
}

/**
 * A library whose faces have features, and whose people are confirmed in part. Face `i` has the id `i + 1`, and is of person
 * `i % people`.
 */
export async function makeLearningLibrary(path: string, options: LearningLibraryOptions): Promise<void> {
  const { people, confirmed } = options;
  const { features, truth } = makeFeatures(options);
  const head = await shippedHead();
  const embeddings = prepareHead(head)(features);
  const dimension = embeddings.length / truth.length;
  const set = {
    embeddings,
    dimension,
    truth,
    photos: Int32Array.from(truth.keys()),
    founding: new Uint8Array(truth.length).fill(1),
  };
  makePeopleLibrary(path, set, (db: Database) => {
    for (const face of truth.keys()) {
      storeVectors(
        db,
        face + 1,
        { models: [builtInModel] },
        {
          embedding: embeddings.slice(face * dimension, (face + 1) * dimension),
          features: features.slice(face * featureCount, (face + 1) * featureCount),
        },
      );
    }
    for (let person = 0; person < people; person++) {
      const first = person + 1;
      const { id } = appendDecision(
        db,
        { kind: 'name', person: null, face: first, name: `Person ${String(person).padStart(3, '0')}` },
        new Date('2024-01-01T00:00:00Z'),
      );
      const faces = Array.from({ length: confirmed - 1 }, (_, i) => first + (i + 1) * people);
      if (faces.length > 0) {
        appendDecision(db, { kind: 'is', person: `p${id}`, face: first, faces }, new Date('2024-01-01T00:00:00Z'));
      }
    }
  });
}
