import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { measureFaces, type MeasuredFace } from '../../app/service/evaluate.ts';
import type { FaceSet } from '../../app/people/cluster.ts';
import { createRandom } from '../support/random.ts';
import { sharedPortraits } from './photo-sets.ts';

/** An album with the truth about it. */
export interface Album extends FaceSet {
  /** Per face, the number of the person. */
  truth: Int32Array;
}

/** Every portrait of the shared photos, scanned as a library is; kept from one run to the next. */
export async function portraitFaces(): Promise<MeasuredFace[]> {
  let last = 0;
  return measureFaces(sharedPortraits, {
    cachePath: join(tmpdir(), 'kindred-bench', 'embeddings'),
    onProgress: ({ done, total }) => {
      if (done - last < 500) return;
      last = done;
      console.log(`  ${done} of ${total} photos scanned`);
    },
  });
}

/**
 * An album as families have them: 300 photos of one to six people, no two of them the same, and 2,000 of one. The portraits
 * are scanned one by one; what is made up is only which of them share a photo.
 */
export function makeAlbum(all: readonly MeasuredFace[], seed: number): Album {
  const random = createRandom(seed);
  const order = [...all.keys()];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const chosen: number[] = [];
  const photos: number[] = [];
  let photo = 0;
  for (; photo < 300; photo++) {
    const wanted = 1 + Math.floor(random() * 6);
    const present = new Set<string>();
    const later: number[] = [];
    while (present.size < wanted && order.length > 0) {
      const face = order.pop()!;
      const { identity } = all[face]!;
      if (present.has(identity)) later.push(face);
      else {
        present.add(identity);
        chosen.push(face);
        photos.push(photo);
      }
    }
    order.push(...later);
  }
  for (const face of order.splice(-2000)) {
    chosen.push(face);
    photos.push(photo++);
  }

  const dimension = all[0]!.embedding.length;
  const embeddings = new Float32Array(chosen.length * dimension);
  const numbers = new Map<string, number>();
  const truth = new Int32Array(chosen.length);
  chosen.forEach((face, i) => {
    const { identity, embedding } = all[face]!;
    embeddings.set(embedding, i * dimension);
    if (!numbers.has(identity)) numbers.set(identity, numbers.size);
    truth[i] = numbers.get(identity)!;
  });
  return {
    embeddings,
    dimension,
    photos: Int32Array.from(photos),
    founding: Uint8Array.from(chosen, (face) => Number(all[face]!.founding)),
    truth,
  };
}
