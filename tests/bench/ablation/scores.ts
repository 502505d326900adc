import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { clusteringScores } from '../../../app/learning/evaluation/clustering.ts';
import { evaluateVerification, parsePairs, type PhotoPair } from '../../../app/learning/evaluation/verification.ts';
import { clusterFaces } from '../../../app/people/cluster.ts';
import { NeighbourGraph } from '../../../app/people/neighbours.ts';
import { dataPath, sharedPortraits } from '../photo-sets.ts';
import type { Described } from './pipeline.ts';

/** Photos of known people, and pairs of them. */
export interface Portraits {
  paths: string[];
  folds: PhotoPair[][];
}

export interface Scores {
  accuracy: number;
  valAtFar1e3: number;
  bcubedF: number;
  pairwiseF: number;
  /** Squared L2 that groups best by BCubed F, of {@link thresholds}. */
  threshold: number;
  notFound: number;
}

const thresholds = [0.1, 0.105, 0.1075, 0.11, 0.1125, 0.115, 0.1175, 0.12, 0.125, 0.13] as const;

/** @param foldCount only the photos of so many folds; of all where there are as many */
export async function readPortraits(foldCount: number): Promise<Portraits> {
  const all = parsePairs(await readFile(join(dataPath, 'lfw-dev-pairs.txt'), 'utf8'));
  const folds = all.slice(0, foldCount);
  const wanted = new Set(folds.flat().flatMap(({ a, b }) => [a, b]));
  const files = (await readdir(sharedPortraits, { recursive: true })).filter((file) => file.endsWith('.jpg')).sort();
  const chosen = folds.length === all.length ? files : files.filter((file) => wanted.has(nameOf(file)));
  return { paths: chosen.map((file) => join(sharedPortraits, file)), folds };
}

function nameOf(path: string): string {
  return basename(path, '.jpg');
}

/** Verification by the pairs, and grouping of all photos at the threshold that suits these embeddings best. */
export function score({ paths, folds }: Portraits, described: readonly Described[]): Scores {
  const index = new Map(paths.map((path, i) => [nameOf(path), i]));
  const embeddingOf = (name: string): Float32Array => described[index.get(name)!]!.embedding;
  const { accuracy, valAtFar1e3 } = evaluateVerification(
    folds.map((pairs) =>
      pairs.map(({ a, b, same }) => ({ distance: squaredDistance(embeddingOf(a), embeddingOf(b)), same })),
    ),
  );

  const dimension = described[0]!.embedding.length;
  const embeddings = new Float32Array(paths.length * dimension);
  for (const [i, { embedding }] of described.entries()) embeddings.set(embedding, i * dimension);
  const faces = {
    embeddings,
    dimension,
    photos: Int32Array.from(paths, (_, i) => i),
    founding: Uint8Array.from(described, ({ found }) => Number(found)),
  };
  const graph = new NeighbourGraph({ dimension, radius: thresholds.at(-1)! });
  graph.add(embeddings);
  const people = paths.map((path) => basename(dirname(path)));
  const numbers = new Map([...new Set(people)].map((name, i) => [name, i]));
  const truth = people.map((name) => numbers.get(name)!);
  let best = { bcubedF: -1, pairwiseF: 0, threshold: 0 };
  for (const threshold of thresholds) {
    const { labels } = clusterFaces(faces, graph.within(threshold), { threshold });
    const { bcubed, pairwise } = clusteringScores(labels, truth);
    if (bcubed.f > best.bcubedF) best = { bcubedF: bcubed.f, pairwiseF: pairwise.f, threshold };
  }
  return { accuracy, valAtFar1e3, ...best, notFound: described.filter(({ found }) => !found).length };
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
}
