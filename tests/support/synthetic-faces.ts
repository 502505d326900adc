import type { FaceSet } from '../../app/people/cluster.ts';
import { createRandom, gaussian } from './random.ts';

export interface SyntheticOptions {
  /** Faces of each person. */
  sizes: readonly number[];
  seed: number;
  dimension?: number;
  /** Standard deviation of a face around its person, where people lie 1 apart from the middle. */
  spread?: number;
  /** How often a face is poor. */
  poor?: number;
  /** Faces per photo, on average. */
  crowd?: number;
}

export interface SyntheticFaces extends FaceSet {
  /** Per face, the number of the person. */
  truth: Int32Array;
}

/**
 * Faces of made-up people in random order, as unit embeddings that behave like those of a face net: all lie around one
 * middle, and a few directions carry most of what tells people apart.
 */
export function makeFaces(options: SyntheticOptions): SyntheticFaces {
  const { sizes, seed, dimension = 128, spread = 0.5, poor = 0, crowd = 1 } = options;
  const random = createRandom(seed);
  const scale = Float64Array.from({ length: dimension }, (_, k) => 1 / Math.sqrt(1 + k / 8));
  const norm = Math.hypot(...scale);
  const draw = (size: number): Float64Array => scale.map((s) => (size * s * gaussian(random)) / norm);
  const middle = draw(3);
  const truth = shuffle(Int32Array.from(sizes.flatMap((size, person) => new Array<number>(size).fill(person))), random);
  const people = sizes.map(() => draw(1));
  const embeddings = new Float32Array(truth.length * dimension);
  const photos = new Int32Array(truth.length);
  const founding = new Uint8Array(truth.length).fill(1);
  let photo = 0;
  truth.forEach((person, face) => {
    const noise = draw(spread * (0.6 + 0.8 * random()));
    const row = middle.map((value, k) => value + people[person]![k]! + noise[k]!);
    const length = Math.hypot(...row);
    embeddings.set(
      row.map((value) => value / length),
      face * dimension,
    );
    if (random() < 1 / crowd) photo += 1;
    photos[face] = photo;
    if (random() < poor) founding[face] = 0;
  });
  return { embeddings, dimension, photos, founding, truth };
}

/** Some of the faces, in another order: face `order[i]` becomes face `i`. */
export function reorder(faces: FaceSet, order: readonly number[]): FaceSet {
  const { embeddings, dimension, photos, founding } = faces;
  const rows = new Float32Array(order.length * dimension);
  order.forEach((from, to) => rows.set(embeddings.subarray(from * dimension, (from + 1) * dimension), to * dimension));
  return {
    embeddings: rows,
    dimension,
    photos: Int32Array.from(order, (face) => photos[face]!),
    founding: Uint8Array.from(order, (face) => founding[face]!),
  };
}

function shuffle(values: Int32Array, random: () => number): Int32Array {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}
