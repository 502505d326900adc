import { foundingQuality } from '../../people/threshold.ts';
import { squaredDistances } from '../mining/distances.ts';
import { createPkSampler, type PkOptions } from '../sampling/pk-sampler.ts';
import { whoStrangersMayBe } from '../sampling/strangers.ts';
import type { LearningData } from './learning-data.ts';
import type { TrainingBatch, TrainingOptions } from './trainer.ts';
import { trustedFaces } from './trust.ts';

/** How something is trained on what was confirmed. */
export interface Recipe extends PkOptions, Omit<TrainingOptions, 'miner'> {}

/** A way to embed faces by their features. */
export interface Embedding {
  dimension: number;
  /** @returns unit rows, one for each row of features */
  embed(features: Float32Array): Float32Array | Promise<Float32Array>;
}

/** Rows of features, and which of them each step takes. */
export interface Batches {
  /** The confirmed faces, their copies one after the other, then all others: `[rows, inputs]`. */
  features: Float32Array;
  /** Of a step; its input are numbers of rows. */
  sample: (step: number) => TrainingBatch<Int32Array>;
}

/**
 * The batches that a head or a network is trained on: P people with K views of their faces each, and strangers who are surely
 * none of them.
 *
 * @param base the model as it is, by which it is told whom strangers may show, and which faces to trust
 */
export async function createBatches(data: LearningData, base: Embedding, options: PkOptions): Promise<Batches> {
  const { confirmed, unconfirmed, threshold } = data;
  const embeddings = await base.embed(confirmed.features);
  const strangers = whoStrangersMayBe(
    { embeddings, people: confirmed.people, photos: confirmed.photos },
    { ...unconfirmed, embeddings: await base.embed(unconfirmed.features) },
    base.dimension,
    threshold,
  );
  const distances = squaredDistances(embeddings, base.dimension);
  const trusted = trustedFaces(distances, confirmed.people, confirmed.quality, foundingQuality);
  const count = confirmed.people.length;
  const views = [confirmed.features, ...confirmed.copies];
  const firstStranger = views.length * count;
  const rows = Array.from({ length: firstStranger }, (_, row) => row);
  const rowsByPerson = Map.groupBy(rows, (row) => confirmed.people[row % count]!);
  const sampler = createPkSampler(
    rowsByPerson,
    strangers.map(({ row, mayBe }) => ({ row: firstStranger + row, mayBe })),
    options,
  );
  return {
    features: concatenate([...views, unconfirmed.features]),
    sample(step) {
      const { rows, labels } = sampler(step);
      return {
        input: rows,
        labels,
        trusted: Uint8Array.from(rows, (row) => (row < firstStranger ? trusted[row % count]! : 1)),
      };
    },
  };
}

function concatenate(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
