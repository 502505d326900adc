import { builtInChoice, defaultThresholdOf } from '../../app/faces/models/choice.ts';
import { clusteringScores } from '../../app/learning/evaluation/clustering.ts';
import { applyDecisions } from '../../app/people/apply-decisions.ts';
import { clusterFaces } from '../../app/people/cluster.ts';
import type { FacePair } from '../../app/people/constraints.ts';
import { Dendrogram } from '../../app/people/dendrogram.ts';
import { GroupPairs } from '../../app/people/group-pairs.ts';
import { NeighbourGraph, type Neighbours } from '../../app/people/neighbours.ts';
import { rankQuestions, type Question, type ReviewInput } from '../../app/people/review.ts';
import { DistanceScale } from '../../app/people/threshold.ts';
import { Ties, type Statements } from '../../app/people/ties.ts';
import { createRandom } from '../support/random.ts';
import { makeAlbum, portraitFaces, type Album } from './albums.ts';
import { printTable, type Benchmark } from './benchmark.ts';
import { timeAnswers, timeFold } from './decision-speed.ts';
import { hasSharedData } from './photo-sets.ts';

const goals = [0.97, 0.99, 0.995] as const;
const defaultThreshold = defaultThresholdOf(builtInChoice);
const { reach } = new DistanceScale(defaultThreshold);
/** Answers at which the course is printed. */
const stops = [0, 50, 100, 200, 400, 800, 1600, 3200] as const;
/** Random questions are drawn so many at a time, as looking all of them up takes longer than answering them. */
const drawnAtOnce = 20;

type Ordering = 'kindred' | 'random' | 'byHand';
const titles: Record<Ordering, string> = {
  kindred: "Kindred's ordering",
  random: 'random ordering',
  byHand: 'worst group by hand',
};

interface Course {
  /** BCubed F before the first answer and after each one. */
  f: number[];
  /** By how much BCubed F fell at the most with one answer. */
  worstFall: number;
}

/** An album under correction by somebody who knows the truth. */
class Desk {
  readonly album: Album;
  readonly #base: Int32Array;
  readonly #near: Neighbours;
  readonly #dendrogram: Dendrogram;
  readonly #pairs: GroupPairs;
  readonly #days: Int32Array;
  readonly #same: FacePair[] = [];
  readonly #different: FacePair[] = [];
  readonly #leaves: FacePair[] = [];
  labels: Int32Array;

  constructor(album: Album) {
    this.album = album;
    const graph = new NeighbourGraph({ dimension: album.dimension, radius: reach });
    graph.add(album.embeddings);
    this.#near = graph.within(defaultThreshold);
    const { labels, merges } = clusterFaces(album, this.#near, { threshold: defaultThreshold });
    this.#base = this.labels = labels;
    this.#dendrogram = new Dendrogram(labels.length, merges);
    this.#pairs = new GroupPairs(album, labels, graph.within(reach));
    this.#days = new Int32Array(labels.length);
  }

  #statements(): Statements {
    const [same, different, leaves] = [this.#same, this.#different, this.#leaves];
    return { people: [], same, different, leaves, samePhoto: [], away: [] };
  }

  score(): number {
    return clusteringScores(this.labels, this.album.truth).bcubed.f;
  }

  questions(limit: number): Question[] {
    const ties = new Ties({ photos: this.album.photos, days: this.#days }, this.#statements());
    const input: ReviewInput = {
      faces: this.album,
      labels: this.labels,
      dendrogram: this.#dendrogram,
      pairs: this.#pairs,
      ties,
    };
    return rankQuestions(input, new Set(), limit).questions;
  }

  /** Answers truthfully, about the faces that the answer speaks about. */
  answer(question: Question): void {
    const { truth } = this.album;
    const asked = question.b[0]!;
    const others = question.kind === 'who' ? question.candidates.map(({ faces }) => faces[0]!) : [question.a[0]!];
    const found = others.find((face) => truth[face] === truth[asked]);
    if (found !== undefined) this.#same.push([found, asked]);
    else for (const other of others) this.#different.push([asked, other]);
    this.#apply();
  }

  unite(a: number, b: number): void {
    this.#same.push([a, b]);
    this.#apply();
  }

  takeOut(face: number, from: number): void {
    this.#leaves.push([face, from]);
    this.#apply();
  }

  #apply(): void {
    this.labels = applyDecisions({
      faces: this.album,
      base: this.#base,
      dendrogram: this.#dendrogram,
      neighbours: this.#near,
      statements: this.#statements(),
      days: this.#days,
      threshold: defaultThreshold,
    });
  }
}

/** Corrects until the last goal is reached, nothing is left to do, or `most` answers have been given. */
function correct(album: Album, ordering: Ordering, seed: number, most: number): Course {
  const desk = new Desk(album);
  const course: Course = { f: [desk.score()], worstFall: 0 };
  const random = createRandom(seed);
  const take = (step: () => void): boolean => {
    step();
    const before = course.f.at(-1)!;
    const now = desk.score();
    course.f.push(now);
    course.worstFall = Math.max(course.worstFall, before - now);
    return now < goals.at(-1)! && course.f.length <= most;
  };
  for (;;) {
    const steps = ordering === 'byHand' ? byHand(desk) : asked(desk, ordering, random);
    if (steps.length === 0) return course;
    for (const step of steps) if (!take(step)) return course;
  }
}

function asked(desk: Desk, ordering: 'kindred' | 'random', random: () => number): (() => void)[] {
  if (ordering === 'kindred') return desk.questions(1).map((question) => () => desk.answer(question));
  const all = desk.questions(Infinity);
  const drawn: Question[] = [];
  while (drawn.length < drawnAtOnce && all.length > 0) {
    drawn.push(...all.splice(Math.floor(random() * all.length), 1));
  }
  return drawn.map((question) => () => desk.answer(question));
}

/**
 * What somebody would do who sees every mistake in the album at once, which nobody does: takes a stranger out of the group
 * with most of them, or, where there are none, unites the two largest parts of the person that is most scattered.
 */
function byHand(desk: Desk): (() => void)[] {
  const { labels, album } = desk;
  const truth = album.truth;
  const owners = new Map<number, number>();
  let worst: { faces: number[]; strangers: number[] } | undefined;
  for (const [label, faces] of Map.groupBy(labels.keys(), (face) => labels[face]!)) {
    const people = [...Map.groupBy(faces, (face) => truth[face]!)].sort((a, b) => b[1].length - a[1].length);
    owners.set(label, people[0]![0]);
    const strangers = people.slice(1).flatMap(([, members]) => members);
    if (strangers.length > (worst?.strangers.length ?? 0)) worst = { faces: people[0]![1], strangers };
  }
  if (worst) {
    const { faces, strangers } = worst;
    return [() => desk.takeOut(strangers[0]!, faces[0]!)];
  }
  const parts = [...Map.groupBy(owners.keys(), (label) => owners.get(label)!).values()].filter(
    (labelsOf) => labelsOf.length > 1,
  );
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const scattered = parts
    .map((labelsOf) => labelsOf.sort((a, b) => sizes.get(b)! - sizes.get(a)!))
    .sort((a, b) => sizes.get(b[1]!)! - sizes.get(a[1]!)!)[0];
  return scattered ? [() => desk.unite(scattered[0]!, scattered[1]!)] : [];
}

function answersTo(course: Course, goal: number): number | null {
  const index = course.f.findIndex((f) => f >= goal);
  return index < 0 ? null : index;
}

/** Null where it was not reached, which counts as more than any number. */
function median(values: readonly (number | null)[]): number | null {
  return values.toSorted((a, b) => (a ?? Infinity) - (b ?? Infinity))[values.length >> 1] ?? null;
}

export const benchmark: Benchmark = {
  about: 'answers that Review needs to set an album right, against random questions and work by hand',
  async run({ quick }) {
    const speed = { answer: await timeAnswers(20_000, 5000), fold: quick ? undefined : timeFold(100_000) };
    if (!hasSharedData) {
      console.log('The shared photos are not here: the albums are skipped.');
      return { speed };
    }
    console.log('\nScanning the portraits, once ...');
    const faces = await portraitFaces();
    const seeds = quick ? [1] : [1, 2, 3];
    const most = quick ? 400 : 3000;
    const courses: Record<Ordering, Course[]> = { kindred: [], random: [], byHand: [] };
    for (const seed of seeds) {
      const album = makeAlbum(faces, seed);
      for (const ordering of Object.keys(courses) as Ordering[]) {
        courses[ordering].push(correct(album, ordering, seed, most));
      }
      console.log(`  album ${seed} done (${album.truth.length} faces)`);
    }
    const orderings = Object.keys(courses) as Ordering[];
    const at = (ordering: Ordering, stop: number): string => {
      const values = courses[ordering].map(({ f }) => f[Math.min(stop, f.length - 1)]!);
      return median(values)!.toFixed(4);
    };
    console.log(`\nBCubed F by the number of answers (median of ${seeds.length} albums)`);
    printTable([
      ['answers', ...stops.map(String)],
      ...orderings.map((ordering) => [titles[ordering], ...stops.map((stop) => at(ordering, stop))]),
    ]);
    const needed = (ordering: Ordering, goal: number): number | null =>
      median(courses[ordering].map((course) => answersTo(course, goal)));
    console.log('\nAnswers needed');
    printTable([
      ['BCubed F', ...goals.map(String), 'largest fall'],
      ...orderings.map((ordering) => [
        titles[ordering],
        ...goals.map((goal) => String(needed(ordering, goal) ?? `over ${most}`)),
        Math.max(...courses[ordering].map(({ worstFall }) => worstFall)).toFixed(5),
      ]),
    ]);
    const summary = (ordering: Ordering): object => ({
      answersTo097: needed(ordering, 0.97),
      answersTo099: needed(ordering, 0.99),
      answersTo0995: needed(ordering, 0.995),
      largestFall: Math.max(...courses[ordering].map(({ worstFall }) => worstFall)),
    });
    return { kindred: summary('kindred'), random: summary('random'), byHand: summary('byHand'), speed };
  },
};
