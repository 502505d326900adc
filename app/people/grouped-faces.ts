import { applyDecisions, type Relinked } from './apply-decisions.ts';
import { clusterFaces, type FaceSet } from './cluster.ts';
import { centreDistances } from './cover.ts';
import { Dendrogram } from './dendrogram.ts';
import { statementsByIndex, type FaceStatements } from './face-statements.ts';
import { distanceBetween, distanceTo, meanOf } from './group-means.ts';
import type { GroupCount, GroupRequest, GroupResult, GroupReview, GroupSizes, NearFaces } from './group-messages.ts';
import { GroupPairs } from './group-pairs.ts';
import { NeighbourGraph, type Neighbours } from './neighbours.ts';
import { questionId, rankQuestions, type ReviewInput } from './review.ts';
import { proposeStrips } from './split.ts';
import type { DistanceScale } from './threshold.ts';
import { Ties } from './ties.ts';

/** Merges nearer than this share of the threshold are not doubted when a group is to be split. */
const doubtfulFrom = 0.5;

/** The faces as linked at one threshold, before any decision. */
interface Base {
  threshold: number;
  labels: Int32Array;
  /** Of the radius of the threshold. */
  neighbours: Neighbours;
  dendrogram: Dendrogram;
  relinked: Relinked;
  /** Made when first asked for. */
  pairs: GroupPairs | undefined;
}

/** The groups as decided. */
interface Decided {
  base: Base;
  labels: Int32Array;
  /** Per face, the squared L2 distance (0..4) to the centre of its group. */
  distances: Float32Array;
  statements: FaceStatements;
}

/** All faces of a library with their neighbour graph and their groups. Ids outside, places inside. */
export class GroupedFaces {
  readonly #ids: number[] = [];
  readonly #photos: number[] = [];
  readonly #founding: number[] = [];
  readonly #days: number[] = [];
  readonly #indexOf = new Map<number, number>();
  readonly #scale: DistanceScale;
  #graph: NeighbourGraph;
  /** The same as arrays. */
  #columns: Pick<FaceSet, 'photos' | 'founding'> | undefined;
  #base: Base | undefined;
  /** Ids of faces that are not shown now. */
  #hidden: Int32Array = new Int32Array(0);
  #decided: Decided | undefined;

  /** @param dimension length of an embedding */
  constructor(dimension: number, scale: DistanceScale) {
    this.#scale = scale;
    // Neighbours are kept from the start as far as people may want to try thresholds, with room to spare.
    this.#graph = new NeighbourGraph({ dimension, radius: scale.reach });
  }

  append(request: Extract<GroupRequest, { kind: 'append' }>): GroupCount {
    for (const id of request.faceIds) this.#indexOf.set(id, this.#ids.push(id) - 1);
    for (const photo of request.photoIds) this.#photos.push(photo);
    for (const founding of request.founding) this.#founding.push(founding);
    for (const day of request.days) this.#days.push(day);
    this.#graph.add(request.embeddings);
    this.#base = this.#decided = this.#columns = undefined;
    return { count: this.#ids.length };
  }

  hide(faceIds: Int32Array): GroupCount {
    this.#hidden = faceIds;
    return { count: this.#ids.length };
  }

  group(threshold: number, statements: FaceStatements): GroupResult {
    if (this.#base?.threshold !== threshold) this.#base = this.#link(threshold);
    const labels = this.#apply(this.#base, statements);
    const { embeddings, dimension } = this.#graph;
    const distances = centreDistances({ embeddings, dimension }, labels, this.#decided);
    this.#decided = { base: this.#base, labels, distances, statements };
    return {
      faceIds: Int32Array.from(this.#ids),
      labels: labels.map((label) => (label < 0 ? -1 : this.#ids[label]!)),
      centreDistances: distances,
    };
  }

  preview(threshold: number): GroupSizes {
    const base = this.#base?.threshold === threshold ? this.#base : this.#link(threshold);
    const labels = this.#shown(this.#apply(base, this.#now().statements));
    const sizes = new Map<number, number>();
    for (const label of labels) if (label >= 0) sizes.set(label, (sizes.get(label) ?? 0) + 1);
    return { sizes: Int32Array.from(sizes.values()) };
  }

  review(skip: ReadonlySet<string>): GroupReview {
    const input = this.#reviewInput();
    const { questions, remaining } = rankQuestions(input, new Set([...skip].map((id) => this.#translated(id))), 1);
    const [question] = questions;
    if (!question) return { id: '', question: null, remaining };
    const toIds = (faces: readonly number[]): number[] => faces.map((face) => this.#ids[face]!);
    const id = toIds(questionId(question).split('-').map(Number)).join('-');
    if (question.kind === 'who') {
      const candidates = question.candidates.map((option) => ({ ...option, faces: toIds(option.faces) }));
      return { id, question: { kind: 'who', b: toIds(question.b), candidates }, remaining };
    }
    const { kind, a, b, distance, probability } = question;
    return { id, question: { kind, a: toIds(a), b: toIds(b), distance, probability }, remaining };
  }

  /** A question's id with places for face ids. */
  #translated(id: string): string {
    return id
      .split('-')
      .map((face) => this.#indexOf.get(Number(face)) ?? -1)
      .join('-');
  }

  similar(face: number, limit: number): NearFaces {
    const { labels, faces, pairs, ties } = this.#reviewInput();
    const own = labels[this.#place(face)]!;
    if (own < 0) return [];
    const groups = Map.groupBy(labels.keys(), (i) => labels[i]!);
    const mean = meanOf(faces, groups.get(own)!);
    const knots = ties.knotsAmong(groups.get(own)!);
    const near: NearFaces = [];
    for (const { a, b } of pairs.among(labels)) {
      if (a !== own && b !== own) continue;
      const other = groups.get(a === own ? b : a)!;
      if (ties.knotsAmong(other).some((x) => knots.some((y) => ties.areApart(x, y)))) continue;
      near.push({ face: this.#ids[other[0]!]!, distance: distanceBetween(mean, meanOf(faces, other)) });
    }
    return near.sort((a, b) => a.distance - b.distance || a.face - b.face).slice(0, limit);
  }

  split(faces: readonly number[]): number[][] {
    const { base } = this.#now();
    const group = faces.flatMap((face) => this.#indexOf.get(face) ?? []);
    const strips = proposeStrips(this.#set(), group, base.labels, base.dendrogram, base.threshold * doubtfulFrom);
    return strips.map((strip) => strip.map((face) => this.#ids[face]!));
  }

  nearest(face: number, among: readonly number[], limit: number): NearFaces {
    const set = this.#set();
    const own = meanOf(set, [this.#place(face)]);
    return among
      .filter((other) => other !== face && this.#indexOf.has(other))
      .map((other) => ({ face: other, distance: Math.max(0, distanceTo(set, this.#place(other), own)) }))
      .sort((a, b) => a.distance - b.distance || a.face - b.face)
      .slice(0, limit);
  }

  #link(threshold: number): Base {
    if (threshold > this.#graph.radius) this.#graph = widened(this.#graph, threshold);
    const neighbours = this.#graph.within(threshold);
    const { labels, merges } = clusterFaces(this.#set(), neighbours, { threshold });
    const dendrogram = new Dendrogram(labels.length, merges);
    return { threshold, labels, neighbours, dendrogram, relinked: new Map(), pairs: undefined };
  }

  #apply({ threshold, labels, neighbours, dendrogram, relinked }: Base, statements: FaceStatements): Int32Array {
    return applyDecisions({
      faces: this.#set(),
      base: labels,
      dendrogram,
      neighbours,
      statements: statementsByIndex(statements, this.#indexOf),
      days: Int32Array.from(this.#days),
      threshold,
      relinked,
    });
  }

  #set(): FaceSet {
    const { embeddings, dimension } = this.#graph;
    this.#columns ??= { photos: Int32Array.from(this.#photos), founding: Uint8Array.from(this.#founding) };
    return { embeddings, dimension, ...this.#columns };
  }

  #reviewInput(): ReviewInput {
    const { base, statements } = this.#now();
    const labels = this.#shown(this.#now().labels);
    const faces = this.#set();
    base.pairs ??= new GroupPairs(faces, base.labels, this.#graph.within(this.#scale.reach));
    const ties = new Ties(
      { photos: faces.photos, days: Int32Array.from(this.#days) },
      statementsByIndex(statements, this.#indexOf),
    );
    return { faces, labels, dendrogram: base.dendrogram, pairs: base.pairs, ties, scale: this.#scale };
  }

  /** The labels with -1 for faces that are not shown now. */
  #shown(labels: Int32Array): Int32Array {
    if (this.#hidden.length === 0) return labels;
    const shown = labels.slice();
    for (const id of this.#hidden) {
      const place = this.#indexOf.get(id);
      if (place !== undefined) shown[place] = -1;
    }
    return shown;
  }

  #now(): Decided {
    if (!this.#decided) throw new Error('the faces have not been grouped since the last ones came');
    return this.#decided;
  }

  #place(face: number): number {
    const place = this.#indexOf.get(face);
    if (place === undefined) throw new Error(`face ${face} has not been given to the grouping thread`);
    return place;
  }
}

/** The graph of the same faces, with a larger radius. */
function widened({ dimension, embeddings }: NeighbourGraph, radius: number): NeighbourGraph {
  const graph = new NeighbourGraph({ dimension, radius });
  graph.add(embeddings);
  return graph;
}
