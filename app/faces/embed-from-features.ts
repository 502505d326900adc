import { setImmediate } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { recordAnalysis } from './analyses.store.ts';
import { storeVectors } from './faces.store.ts';
import { featuresOf, photosWithFeatures } from './features.store.ts';
import { parentOf, pipelineOf, type ModelChoice } from './models/choice.ts';
import { prepareHead, type Head } from './models/head.ts';
import { readVersionFile } from './models/version-file.ts';

/** A head, with the names of its features and of its embeddings. */
export interface NamedHead {
  head: Head;
  /** See `pipelineOf`. */
  parent: string;
  model: string;
}

/**
 * The trained head of a choice, where it has one.
 *
 * @throws KindredError `invalid-input` where its file is damaged
 */
export function headOf(choice: ModelChoice): NamedHead | undefined {
  const parent = parentOf(choice);
  if (!parent || !choice.learned) return undefined;
  const { head } = readVersionFile(choice.learned.file);
  return head ? { head, parent: pipelineOf(parent), model: pipelineOf(choice) } : undefined;
}

export interface EmbeddingControl {
  signal?: AbortSignal;
  /** Called after each batch with the number of photos in it; what it returns is waited for. */
  onBatch?: (photos: number) => void | Promise<void>;
}

/** Photos per transaction: some tens of milliseconds. */
const batch = 200;

/**
 * Gives the faces of all photos that the parent has read their embeddings by the head, without reading a photo. Each batch is
 * whole or not there, so that it goes on where it was killed.
 *
 * @returns how many photos there were to do
 */
export async function embedFromFeatures(
  db: Database,
  { head, parent, model }: NamedHead,
  { signal, onBatch }: EmbeddingControl = {},
): Promise<number> {
  const apply = prepareHead(head);
  let done = 0;
  let after = 0;
  while (!signal?.aborted) {
    const photos = photosWithFeatures(db, { parent, model }, after, batch);
    if (photos.length === 0) break;
    after = photos.at(-1)!;
    const { faceIds, features } = featuresOf(db, parent, photos);
    const embeddings = apply(features);
    const dimension = embeddings.length / Math.max(1, faceIds.length);
    db.transaction(() => {
      for (const [i, id] of faceIds.entries()) {
        const embedding = embeddings.subarray(i * dimension, (i + 1) * dimension);
        storeVectors(db, id, { models: [model] }, { embedding });
      }
      for (const photo of photos) recordAnalysis(db, photo, model);
    })();
    done += photos.length;
    await onBatch?.(photos.length);
    // Whoever asks the service for something meanwhile has it soon.
    await setImmediate();
  }
  return done;
}
