import { bootstrapIntervals, type Interval } from '../../../app/learning/evaluation/bootstrap.ts';
import { clusteringScores } from '../../../app/learning/evaluation/clustering.ts';
import { identificationRate, nearestPeople } from '../../../app/learning/evaluation/identification.ts';
import { selectRows } from '../../../app/learning/training/head.ts';
import type { Embedding } from '../../../app/learning/training/batches.ts';
import { clusterFaces } from '../../../app/people/cluster.ts';
import type { FacePair } from '../../../app/people/constraints.ts';
import { NeighbourGraph } from '../../../app/people/neighbours.ts';
import { inputs, type LibraryFaces } from './albums.ts';
import type { ConfirmedLibrary } from './user.ts';

/** How a model does in a library, on faces that nobody confirmed. */
export interface Measured {
  /** 1 less the detection and identification rate at 1 % false positives. */
  error: number;
  /** BCubed F of the other faces of the confirmed people among strangers, at the threshold that is best for the model. */
  bcubedF: number;
  /** VAL@FAR=1e-3 of people who were never confirmed, and its interval by people. */
  general: number;
  generalInterval: Interval;
}

/** Thresholds that are tried for grouping, as parts of the mean distance between strangers. */
const thresholdShares = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7];

/** A model that embeds faces of a library. */
export interface Model {
  dimension: number;
  /** @returns unit rows */
  embedRows(rows: Int32Array): Promise<Float32Array>;
}

/** One that goes by the features of the faces. */
export function modelOf(faces: LibraryFaces, { dimension, embed }: Embedding): Model {
  return { dimension, embedRows: async (rows) => embed(selectRows(faces.features, inputs, rows)) };
}

export async function measure(
  faces: LibraryFaces,
  library: ConfirmedLibrary,
  { dimension, embedRows }: Model,
): Promise<Measured> {
  const { confirmed } = library.data;
  const gallery = { embeddings: await embedRows(library.confirmedRows), people: confirmed.people };
  const probes = await embedRows(library.probes);
  const strangers = await embedRows(library.strangers);
  const found = nearestPeople(probes, gallery, dimension).map((nearest, i) => {
    return { ...nearest, truth: library.probePeople[i]! };
  });
  const rate = identificationRate(found, nearestPeople(strangers, gallery, dimension));
  const { dir } = rate(new Uint8Array(library.probes.length + library.strangers.length).fill(1));
  const unseenPeople = Int32Array.from(library.unseen, (row) => faces.person[row]!);
  return {
    error: 1 - dir,
    bcubedF: grouped(gallery, probes, library.probePeople, strangers, dimension),
    ...general(await embedRows(library.unseen), unseenPeople, dimension),
  };
}

/** Groups confirmed faces, the other faces of these people, and strangers, as Kindred groups what was decided about. */
function grouped(
  gallery: { embeddings: Float32Array; people: Int32Array },
  probes: Float32Array,
  probePeople: Int32Array,
  strangers: Float32Array,
  dimension: number,
): number {
  const embeddings = new Float32Array(gallery.embeddings.length + probes.length + strangers.length);
  embeddings.set(gallery.embeddings);
  embeddings.set(probes, gallery.embeddings.length);
  embeddings.set(strangers, gallery.embeddings.length + probes.length);
  const count = embeddings.length / dimension;
  const confirmed = gallery.people.length;
  const firstOf = new Map<number, number>();
  const same: FacePair[] = [];
  for (const [face, person] of gallery.people.entries()) {
    const first = firstOf.get(person);
    if (first === undefined) firstOf.set(person, face);
    else same.push([first, face]);
  }
  const firsts = [...firstOf.values()];
  const different = firsts.flatMap((a, i) => firsts.slice(0, i).map((b): FacePair => [b, a]));
  const usual = meanDistance(strangers, dimension);
  const graph = new NeighbourGraph({ dimension, radius: thresholdShares.at(-1)! * usual });
  graph.add(embeddings);
  const set = {
    embeddings,
    dimension,
    photos: Int32Array.from({ length: count }, (_, i) => i),
    founding: new Uint8Array(count).fill(1),
  };
  // Each stranger is somebody else.
  const truth = Int32Array.from({ length: count - confirmed }, (_, i) => probePeople[i] ?? 1000 + i);
  const scores = thresholdShares.map((share) => {
    const threshold = share * usual;
    const { labels } = clusterFaces(set, graph.within(threshold), { threshold, same, different });
    return clusteringScores(labels.slice(confirmed), truth).bcubed.f;
  });
  return Math.max(...scores);
}

/** Mean squared distance of unit rows: 2 − 2·|mean|², but for a face's distance to itself. */
function meanDistance(rows: Float32Array, dimension: number): number {
  const mean = new Float64Array(dimension);
  for (const [i, value] of rows.entries()) mean[i % dimension]! += (value * dimension) / rows.length;
  return 2 - 2 * mean.reduce((sum, value) => sum + value ** 2, 0);
}

function general(
  embeddings: Float32Array,
  people: Int32Array,
  dimension: number,
): { general: number; generalInterval: Interval } {
  const count = people.length;
  const different = new Float32Array((count * (count - 1)) / 2);
  let differentCount = 0;
  const same: { person: number; distance: number }[] = [];
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < a; b++) {
      let dot = 0;
      for (let i = 0; i < dimension; i++) dot += embeddings[a * dimension + i]! * embeddings[b * dimension + i]!;
      if (people[a] === people[b]) same.push({ person: people[a]!, distance: 2 - 2 * dot });
      else different[differentCount++] = 2 - 2 * dot;
    }
  }
  const sorted = different.subarray(0, differentCount).sort();
  const threshold = sorted[Math.floor(1e-3 * differentCount)]!;
  const persons = [...new Set(same.map(({ person }) => person))];
  const counts = persons.map((person) => {
    const own = same.filter((pair) => pair.person === person);
    return { all: own.length, accepted: own.filter(({ distance }) => distance < threshold).length };
  });
  const share = (draws: ArrayLike<number>): number => {
    let [all, accepted] = [0, 0];
    for (const [i, { all: own, accepted: right }] of counts.entries()) {
      all += draws[i]! * own;
      accepted += draws[i]! * right;
    }
    return accepted / all;
  };
  const { interval } = bootstrapIntervals([[...counts.keys()]], (draws) => ({ interval: share(draws) }));
  return { general: share(new Uint8Array(counts.length).fill(1)), generalInterval: interval! };
}
