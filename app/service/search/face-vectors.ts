import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SwitchStatus } from '../../contract/dto.ts';
import {
  nameFaces,
  openIndex,
  saveIndex,
  type FaceBatch,
  type IndexOrigin,
} from '../../search/vector-index/index-file.ts';
import type { VectorIndex } from '../../search/vector-index/vector-index.ts';
import { readVectors } from '../../search/search.store.ts';
import type { GroupedModels } from '../grouping.ts';
import type { OpenLibrary } from '../open-library.ts';

/** The embeddings of every face by the models that people are grouped by. */
export interface HeldVectors {
  models: GroupedModels;
  generation: number;
  index: VectorIndex;
  /** By a face's id. */
  rowOf: Map<number, number>;
  /** How many of the faces the saved file has. */
  saved: number;
}

/** Keeps the index of faces up to date with the library, and on disk between runs. */
export interface FaceVectors {
  /** With every face that is known to the grouping. */
  now(): Promise<HeldVectors>;
  /** Saves what came since the last time. */
  close(): Promise<void>;
}

const batchFaces = 8192;

export function createFaceVectors({ db, cachePath, events, grouping }: OpenLibrary): FaceVectors {
  const path = join(cachePath, 'faces.index');
  let opening: { generation: number; held: Promise<HeldVectors> } | undefined;
  /** Of the faces whose embeddings may have been replaced since they were read. */
  let outdated = -1;
  const unsubscribe = events.subscribe((event, payload) => {
    if (event !== 'models.progress' || (payload as SwitchStatus).phase !== 'reading') return;
    // Embeddings are about to be stored, and may take the place of some that the index has; grouping takes them up at the end.
    if (outdated !== grouping.generation()) void dropFile().catch(() => undefined);
    outdated = grouping.generation();
  });

  const dropFile = (): Promise<void> => rm(path, { force: true });

  async function open(generation: number, before: Promise<unknown> | undefined): Promise<HeldVectors> {
    await before?.catch(() => undefined);
    // What was taken up anew may be other embeddings of the same faces.
    if (generation > 0) await dropFile();
    const models = grouping.models();
    const origin = originOf(models);
    const last = lastFace();
    const read = (): Iterable<FaceBatch> => batches(models.model, last);
    const index = await openIndex(path, origin, { dimension: models.dimension, read });
    // Embeddings may have been replaced while it was built, or may be soon: the next start must not take it for theirs.
    if (generation === outdated) await dropFile().catch(() => undefined);
    const rowOf = new Map<number, number>();
    for (const [row, id] of index.ids.entries()) rowOf.set(id, row);
    return { models, generation, index, rowOf, saved: index.count };
  }

  function originOf({ model }: GroupedModels): IndexOrigin {
    return { model, faces: nameFaces([...grouping.faces().keys()]) };
  }

  /** Ids only grow. */
  function lastFace(): number {
    let last = 0;
    for (const id of grouping.faces().keys()) last = id;
    return last;
  }

  function* batches(model: string, last: number, from = 0): Iterable<FaceBatch> {
    for (let after = from; ;) {
      const batch = readVectors(db, model, { after, last, limit: batchFaces });
      if (batch.ids.length === 0) return;
      yield batch;
      after = batch.ids.at(-1)!;
    }
  }

  function takeUp({ models, index, rowOf }: HeldVectors): void {
    if (grouping.faces().size <= index.count) return;
    const last = lastFace();
    const from = index.ids.at(-1) ?? 0;
    for (const { ids, embeddings } of batches(models.model, last, from)) {
      for (let i = 0; i < ids.length; i++) rowOf.set(ids[i]!, index.count + i);
      index.add(ids, embeddings);
    }
  }

  return {
    async now() {
      for (;;) {
        const generation = grouping.generation();
        if (opening?.generation !== generation) {
          opening = { generation, held: open(generation, opening?.held) };
        }
        const held = await opening.held.catch((error: unknown) => {
          opening = undefined;
          throw error;
        });
        if (generation !== grouping.generation()) continue;
        takeUp(held);
        return held;
      }
    },
    async close() {
      unsubscribe();
      const held = await opening?.held.catch(() => undefined);
      if (!held || held.index.count === held.saved) return;
      if (held.generation !== grouping.generation() || held.generation === outdated) return;
      // Of no use where there is no room for it: it is built again.
      const { index, models } = held;
      await saveIndex(index, path, { model: models.model, faces: nameFaces(index.ids) }).catch(() => false);
    },
  };
}
