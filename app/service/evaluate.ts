import { basename, dirname, resolve } from 'node:path';
import { KindredError } from '../contract/errors.ts';
import { centralFace } from '../faces/central-face.ts';
import type { PhotoPool } from '../faces/photo-pool.ts';
import { faceEmbedding, facesOfPhoto } from '../faces/faces.store.ts';
import { indexedFiles } from '../library/photos.store.ts';
import { clusteringDetail, type ClusteringDetail } from '../learning/evaluation/clustering-detail.ts';
import { clusteringScores, type ClusteringScores } from '../learning/evaluation/clustering.ts';
import { retrievalScores, type RetrievalOptions, type RetrievalScores } from '../learning/evaluation/retrieval.ts';
import { verificationDetail, type VerificationDetail } from '../learning/evaluation/verification-detail.ts';
import {
  evaluateVerification,
  parsePairs,
  type PhotoPair,
  type VerificationScores,
} from '../learning/evaluation/verification.ts';
import { clusterFaces } from '../people/cluster.ts';
import { NeighbourGraph } from '../people/neighbours.ts';
import { foundingQuality } from '../people/threshold.ts';
import { inEvaluationLibrary, scanFor, type MeasureOptions } from './evaluation-library.ts';

/** The central face of one labelled photo. */
export interface MeasuredFace {
  /** Absolute path of the photo. */
  path: string;
  /** Name of the folder that the photo lies in. */
  identity: string;
  /** Unit vector; of the photo's centre crop where no face was found. */
  embedding: Float32Array;
  found: boolean;
  /** 0..1; 0 where no face was found. */
  quality: number;
  /** Good enough to found a group. */
  founding: boolean;
}

/**
 * Scans a folder of labelled photos just as a library is scanned, and takes the central face of each photo. No readable
 * photo is left out: where no face is found the photo's centre crop stands in for it.
 *
 * @throws KindredError `not-found` when there is no such folder or no photo in it; the reason of `signal` when it aborts
 */
export function measureFaces(imagesPath: string, options: MeasureOptions = {}): Promise<MeasuredFace[]> {
  return inEvaluationLibrary(options, async (library) => {
    const folder = await library.addFolder(resolve(imagesPath));
    await scanFor(library, [folder], options);
    const measured: MeasuredFace[] = [];
    for (const { path, photoId } of indexedFiles(library.db, folder.id)) {
      options.signal?.throwIfAborted();
      const central = centralFace(facesOfPhoto(library.db, photoId, library.active().model));
      measured.push({
        path,
        identity: basename(dirname(path)),
        embedding:
          (central && faceEmbedding(library.db, central.id, library.active().model)) ??
          (await embedCentre(library.pool, path)),
        found: central !== undefined,
        quality: central?.quality ?? 0,
        founding: central !== undefined && central.quality >= foundingQuality,
      });
    }
    options.signal?.throwIfAborted();
    if (measured.length === 0) throw new KindredError('not-found', `There are no photos in ${imagesPath}.`);
    return measured;
  });
}

async function embedCentre(pool: PhotoPool, path: string): Promise<Float32Array> {
  const result = await pool.embedCentre(path);
  if (!result.ok) throw new KindredError('internal', `${path}: ${result.failure.message}`);
  return result.value;
}

/**
 * The pairs of LFW's protocol, to be read before the faces are measured, which may take hours.
 *
 * @param text in the format of LFW's `pairs.txt`
 * @throws KindredError `invalid-input`
 */
export function readPairs(text: string): PhotoPair[][] {
  const folds = parsePairs(text);
  if (folds.length < 2) throw new KindredError('invalid-input', 'The pairs file must have two folds or more.');
  return folds;
}

/**
 * LFW's protocol on measured faces. The quality of a pair is the lower one of its two faces.
 *
 * @throws KindredError `invalid-input` when a pair names a photo that is not there
 */
export function verify(
  faces: readonly MeasuredFace[],
  folds: readonly (readonly PhotoPair[])[],
): VerificationScores & VerificationDetail & { notFound: number } {
  const byName = new Map(faces.map((face) => [basename(face.path).replace(/\.[^.]+$/, ''), face]));
  const faceOf = (name: string): MeasuredFace => {
    const face = byName.get(name);
    if (!face) throw new KindredError('invalid-input', `The pairs name ${name}, and there is no such photo.`);
    return face;
  };
  const scored = folds.map((pairs) =>
    pairs.map(({ a, b, same }) => {
      const [first, second] = [faceOf(a), faceOf(b)];
      return {
        distance: squaredDistance(first.embedding, second.embedding),
        same,
        quality: Math.min(first.quality, second.quality),
      };
    }),
  );
  return {
    ...evaluateVerification(scored),
    ...verificationDetail(scored),
    notFound: faces.filter(({ found }) => !found).length,
  };
}

/** Grouping of measured faces against their folders. */
export function groupAndScore(
  faces: readonly MeasuredFace[],
  threshold: number,
): ClusteringScores & ClusteringDetail & { threshold: number; notFound: number } {
  const { embeddings, dimension } = embeddingsOf(faces);
  const graph = new NeighbourGraph({ dimension, radius: threshold });
  graph.add(embeddings);
  const { labels } = clusterFaces(
    {
      embeddings,
      dimension,
      // One face is taken per photo, so no two share one.
      photos: Int32Array.from(faces, (_, i) => i),
      founding: Uint8Array.from(faces, ({ founding }) => Number(founding)),
    },
    graph.within(threshold),
    { threshold },
  );
  const truth = identitiesOf(faces);
  return {
    ...clusteringScores(labels, truth),
    ...clusteringDetail(
      labels,
      truth,
      faces.map(({ quality }) => quality),
    ),
    threshold,
    notFound: faces.filter(({ found }) => !found).length,
  };
}

/**
 * Search by each face of everybody who has two or more photos.
 *
 * @throws KindredError `invalid-input` when nobody has
 */
export function retrieve(
  faces: readonly MeasuredFace[],
  options: RetrievalOptions,
): RetrievalScores & { seed: number; notFound: number } {
  const scores = retrievalScores(embeddingsOf(faces).embeddings, identitiesOf(faces), options);
  if (scores.people === 0) {
    throw new KindredError('invalid-input', 'Nobody has two photos: there is nothing to be found by a face.');
  }
  return { ...scores, seed: options.seed, notFound: faces.filter(({ found }) => !found).length };
}

/** One row per face. */
function embeddingsOf(faces: readonly MeasuredFace[]): { embeddings: Float32Array; dimension: number } {
  const dimension = faces[0]?.embedding.length ?? 0;
  const embeddings = new Float32Array(faces.length * dimension);
  for (const [i, { embedding }] of faces.entries()) embeddings.set(embedding, i * dimension);
  return { embeddings, dimension };
}

/** Per face, a number for its identity. */
function identitiesOf(faces: readonly MeasuredFace[]): Int32Array {
  const identities = new Map<string, number>();
  return Int32Array.from(faces, ({ identity }) => {
    const known = identities.get(identity) ?? identities.size;
    identities.set(identity, known);
    return known;
  });
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
