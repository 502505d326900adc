import { nameFaces, type FaceBatch, type IndexOrigin } from '../../app/search/vector-index/index-file.ts';
import { createRandom, gaussian } from './random.ts';

/** Faces that an index can be made of; other ones for each number. */
export interface IndexFaces {
  dimension: number;
  ids: Float64Array;
  embeddings: Float32Array;
  /** The same in parts. */
  batches: FaceBatch[];
  origin: IndexOrigin;
}

export function facesOfIndex(number: number, count = 20_000 + number * 100): IndexFaces {
  const dimension = 16;
  const random = createRandom(number);
  const ids = Float64Array.from({ length: count }, (_, i) => number * 1e6 + i);
  const embeddings = Float32Array.from({ length: count * dimension }, () => gaussian(random) / 4);
  const batches: FaceBatch[] = [];
  for (let from = 0; from < count; from += 3000) {
    batches.push({
      ids: ids.subarray(from, from + 3000),
      embeddings: embeddings.subarray(from * dimension, (from + 3000) * dimension),
    });
  }
  return { dimension, ids, embeddings, batches, origin: { model: 'made', faces: nameFaces(ids) } };
}
