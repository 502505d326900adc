import type { FaceSet } from './cluster.ts';
import type { Dendrogram } from './dendrogram.ts';
import { distanceBetween, distanceTo, meanOf, type GroupMean } from './group-means.ts';
import type { GroupPairs } from './group-pairs.ts';
import { DistanceScale } from './threshold.ts';
import type { Ties } from './ties.ts';

/** A question about who somebody is. */
export type Question = SameQuestion | WhoQuestion;

/** "Are these the same person?" */
export interface SameQuestion {
  /** `inside`: both sides are in one group now. */
  kind: 'between' | 'inside';
  /** The two sides: faces, the one that an answer speaks about first. The larger side is `a`. */
  a: number[];
  b: number[];
  /** Average squared L2 (0..4). */
  distance: number;
  /** That the answer is yes, 0..1. */
  probability: number;
  /** How many faces' worth of disorder the answer is expected to settle. */
  gain: number;
}

/** "Which of these is this?" */
export interface WhoQuestion {
  kind: 'who';
  /** The one in question: faces, the one that an answer speaks about first. */
  b: number[];
  /** Whom it may be, likeliest first. */
  candidates: { faces: number[]; distance: number; probability: number }[];
  gain: number;
}

export interface ReviewInput {
  faces: FaceSet;
  /** Groups as decided, see `applyDecisions`. */
  labels: Int32Array;
  dendrogram: Dendrogram;
  pairs: GroupPairs;
  ties: Ties;
  /** Of the model's distances; the built-in one's where none is given. */
  scale?: DistanceScale;
}

/**
 * Orders questions by what their answers settle: the likelihood that the answer changes something, times the harmonic mean
 * of the two sides, which is what the change adds to the sum of BCubed recall (for uniting) or precision (for parting).
 *
 * The likelihoods are logistic models fitted on albums of `lfw-dev` (docs/corrections.md has how, and how well they hold).
 *
 * @param skip ids (see `questionId`) not to be asked about
 * @param limit how many questions at most
 * @returns the best question first; questions that decisions already answer are never among them. `remaining` counts those
 *   whose answers are likely to change anything.
 */
export function rankQuestions(
  input: ReviewInput,
  skip: ReadonlySet<string>,
  limit: number,
): { questions: Question[]; remaining: number } {
  const groups = new GroupIndex(input);
  const open = [...askBetween(input, groups), ...askInside(input)].sort(
    (x, y) => y.gain - x.gain || x.distance - y.distance || x.order - y.order,
  );
  const questions: Question[] = [];
  for (const candidate of open) {
    if (questions.length >= limit) break;
    const question = candidate.pose();
    if (question && !skip.has(questionId(question))) questions.push(question);
  }
  return { questions, remaining: open.filter(({ gain }) => gain > worthAsking).length };
}

/** Questions that are expected to settle less than so many faces' worth of disorder do not count as open. */
const worthAsking = 0.02;
/** And of less than this nobody is asked. */
const worthPosing = 0.002;

/** A question by the faces that its answer speaks about: the one in question first. */
export function questionId(question: Question): string {
  const others = question.kind === 'who' ? question.candidates.map(({ faces }) => faces[0]) : [question.a[0]];
  return [question.b[0], ...others].join('-');
}

/** A question before its faces have been looked up, which most never need. */
interface Candidate {
  gain: number;
  distance: number;
  /** Decides between equals, so that the order does not depend on the machine. */
  order: number;
  pose: () => Question | undefined;
}

const nobody: ReadonlyMap<number, number> = new Map();

class GroupIndex {
  readonly members = new Map<number, number[]>();
  /** By label. */
  readonly sizes: Int32Array;
  readonly #faces: FaceSet;
  readonly #ties: Ties;
  readonly #facesInPhoto = new Map<number, number>();
  readonly #means = new Map<number, GroupMean>();
  // By label: asked for again and again.
  readonly #knots: (number[] | undefined)[];
  readonly #sharedPhotos: (ReadonlyMap<number, number> | undefined)[];

  constructor({ faces, labels, ties }: ReviewInput) {
    this.#faces = faces;
    this.#ties = ties;
    this.#knots = new Array<number[] | undefined>(labels.length);
    this.#sharedPhotos = new Array<ReadonlyMap<number, number> | undefined>(labels.length);
    labels.forEach((label, face) => {
      const group = this.members.get(label);
      if (group) group.push(face);
      else this.members.set(label, [face]);
    });
    this.members.delete(-1);
    this.sizes = new Int32Array(labels.length);
    for (const [label, group] of this.members) this.sizes[label] = group.length;
    for (const photo of faces.photos) this.#facesInPhoto.set(photo, (this.#facesInPhoto.get(photo) ?? 0) + 1);
  }

  meanOf(label: number): GroupMean {
    const known = this.#means.get(label) ?? meanOf(this.#faces, this.members.get(label)!);
    this.#means.set(label, known);
    return known;
  }

  knotsOf(label: number): number[] {
    return (this.#knots[label] ??= this.#ties.knotsAmong(this.members.get(label)!));
  }

  /** A face of the group for each of its photos that shows anybody else. */
  sharedPhotosOf(label: number): ReadonlyMap<number, number> {
    return (this.#sharedPhotos[label] ??= this.#findSharedPhotos(label));
  }

  #findSharedPhotos(label: number): ReadonlyMap<number, number> {
    const { photos } = this.#faces;
    const shared = this.members.get(label)!.filter((face) => this.#facesInPhoto.get(photos[face]!)! > 1);
    return shared.length === 0 ? nobody : new Map(shared.map((face) => [photos[face]!, face]));
  }
}

interface NearPair {
  a: number;
  b: number;
  distance: number;
}

/** Groups that may be somebody else's: one question for each, about whoever is likeliest. */
function askBetween(input: ReviewInput, groups: GroupIndex): Candidate[] {
  const { faces, labels, pairs, ties, scale = new DistanceScale() } = input;
  const near: NearPair[] = [];
  for (const pair of pairs.among(labels)) {
    const distance = pair.distance ?? distanceBetween(groups.meanOf(pair.a), groups.meanOf(pair.b));
    if (distance < scale.reach) near.push(pair.distance === null ? { ...pair, distance } : (pair as NearPair));
  }
  // Those it was said not to be count as well: where even the nearest was wrong, whoever is farther is less likely.
  const alternatives = new NearestTwo(near, labels.length, scale);
  const options = new Map<number, Option[]>();
  for (const { a, b, distance } of near) {
    if (!mayBeOne(groups, ties, a, b)) continue;
    const [sizeA, sizeB] = [groups.sizes[a]!, groups.sizes[b]!];
    const probability = probabilityBetween(scale.toBuiltIn(distance), sizeA, sizeB, alternatives.gap(a, b, distance));
    const gain = probability * harmonic(sizeA, sizeB);
    // The smaller group is the one in question; of two equal ones, either can be.
    if (sizeA <= sizeB) keepBest(options, a, { other: b, distance, probability, gain });
    if (sizeB <= sizeA) keepBest(options, b, { other: a, distance, probability, gain });
  }
  return [...options].map(([label, best]) => {
    const [first] = best as [Option];
    const sure = first.probability >= plainFrom || best.length === 1;
    const gain = sure ? first.gain : best.reduce((sum, option) => sum + option.gain, 0);
    const pose = (): Question => {
      const own = groups.members.get(label)!;
      if (sure) return poseSame(faces, 'between', [own, groups.members.get(first.other)!], { ...first, gain });
      return {
        kind: 'who',
        b: typicalFirst(faces, own),
        candidates: best
          .toSorted((x, y) => y.probability - x.probability || x.other - y.other)
          .map(({ other, distance, probability }) => {
            return { faces: typicalFirst(faces, groups.members.get(other)!), distance, probability };
          }),
        gain,
      };
    };
    return { gain, distance: first.distance, order: label, pose };
  });
}

/** At most so many people to choose from: what the eye takes in at once. */
const mostOptions = 6;

/** From this likelihood on a plain yes or no is asked for. */
const plainFrom = 0.5;

/** Somebody whom a group may be. */
interface Option {
  other: number;
  distance: number;
  probability: number;
  gain: number;
}

/** Adds somebody to those a group may be, as long as they are among the best, who come first. */
function keepBest(options: Map<number, Option[]>, label: number, option: Option): void {
  const list = options.get(label);
  if (!list) {
    options.set(label, [option]);
    return;
  }
  const isBetter = (x: Option, y: Option): boolean => x.gain > y.gain || (x.gain === y.gain && x.other < y.other);
  if (list.length === mostOptions) {
    if (!isBetter(option, list[mostOptions - 1]!)) return;
    list.pop();
  }
  let place = list.length;
  while (place > 0 && isBetter(option, list[place - 1]!)) place -= 1;
  list.splice(place, 0, option);
}

/** Merges of average linkage that may have been wrong. */
function askInside({ faces, labels, dendrogram, ties, scale = new DistanceScale() }: ReviewInput): Candidate[] {
  const { merges, left, right, size, count } = dendrogram;
  const answered = dendrogram.spannedBy(ties.knots());
  return merges.flatMap(({ distance }, i): Candidate[] => {
    if (answered[i]) return [];
    const sizes = [size[left[i]!]!, size[right[i]!]!] as const;
    const probability = probabilityInside(scale.toBuiltIn(distance), Math.max(...sizes));
    const gain = (1 - probability) * harmonic(...sizes);
    if (gain < worthPosing) return [];
    const pose = (): Question | undefined => {
      const sides = together(labels, dendrogram.facesOf(left[i]!), dendrogram.facesOf(right[i]!));
      return sides && poseSame(faces, 'inside', sides, { distance, probability, gain });
    };
    return [{ gain, distance, order: count * count + i, pose }];
  });
}

/** The parts of two sides that are still in one group; undefined where there are none. */
function together(
  labels: Int32Array,
  a: readonly number[],
  b: readonly number[],
): readonly [number[], number[]] | undefined {
  const byLabel = Map.groupBy(b, (face) => labels[face]!);
  let best: readonly [number[], number[]] | undefined;
  for (const [label, facesOfA] of Map.groupBy(a, (face) => labels[face]!)) {
    const facesOfB = byLabel.get(label);
    if (label < 0 || !facesOfB) continue;
    const size = Math.min(facesOfA.length, facesOfB.length);
    if (!best || size > Math.min(best[0].length, best[1].length)) best = [facesOfA, facesOfB];
  }
  return best;
}

function mayBeOne(groups: GroupIndex, ties: Ties, a: number, b: number): boolean {
  const knots = groups.knotsOf(b);
  if (knots.length > 0 && groups.knotsOf(a).some((x) => knots.some((y) => ties.areApart(x, y)))) return false;
  const [ofA, ofB] = [groups.sharedPhotosOf(a), groups.sharedPhotosOf(b)];
  if (ofA.size === 0 || ofB.size === 0) return true;
  const [few, many] = ofA.size <= ofB.size ? [ofA, ofB] : [ofB, ofA];
  for (const [photo, face] of few) {
    const other = many.get(photo);
    if (other !== undefined && !ties.maySharePhoto(face, other)) return false;
  }
  return true;
}

/** Per group, the distances to its two nearest groups. */
class NearestTwo {
  readonly #first: Float64Array;
  readonly #second: Float64Array;

  readonly #scale: DistanceScale;

  /** @param count labels are below it */
  constructor(pairs: readonly NearPair[], count: number, scale: DistanceScale) {
    this.#scale = scale;
    this.#first = new Float64Array(count).fill(scale.reach);
    this.#second = new Float64Array(count).fill(scale.reach);
    for (const { a, b, distance } of pairs) {
      this.#take(a, distance);
      this.#take(b, distance);
    }
  }

  #take(label: number, distance: number): void {
    const first = this.#first[label]!;
    if (distance < first) {
      this.#second[label] = first;
      this.#first[label] = distance;
    } else if (distance < this.#second[label]!) this.#second[label] = distance;
  }

  /** How much farther away, on the built-in scale, the nearest other candidate of either group is; negative where one is nearer. */
  gap(a: number, b: number, distance: number): number {
    const other = Math.min(this.#other(a, distance), this.#other(b, distance));
    return this.#scale.toBuiltIn(other) - this.#scale.toBuiltIn(distance);
  }

  #other(label: number, distance: number): number {
    const first = this.#first[label]!;
    return first === distance ? this.#second[label]! : first;
  }
}

/** @param distance and the gap: on the built-in scale */
function probabilityBetween(distance: number, sizeA: number, sizeB: number, gap: number): number {
  const [small, large] = [Math.log(Math.min(sizeA, sizeB)), Math.log(Math.max(sizeA, sizeB))];
  return logistic(-2.94 - 63 * (distance - 0.13) - 0.24 * small + 0.94 * large + 49 * gap);
}

/** @param distance on the built-in scale */
function probabilityInside(distance: number, largerSide: number): number {
  return logistic(0.9 - 112 * (distance - 0.1) + 1.64 * Math.log(largerSide));
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function harmonic(a: number, b: number): number {
  return (2 * a * b) / (a + b);
}

function poseSame(
  faces: FaceSet,
  kind: SameQuestion['kind'],
  sides: readonly [readonly number[], readonly number[]],
  { distance, probability, gain }: Pick<SameQuestion, 'distance' | 'probability' | 'gain'>,
): SameQuestion {
  const [x, y] = sides.map((side) => typicalFirst(faces, side)) as [number[], number[]];
  const swap = y.length > x.length || (y.length === x.length && y[0]! < x[0]!);
  return { kind, a: swap ? y : x, b: swap ? x : y, distance, probability, gain };
}

/** The faces by their distance to their mean, nearest first. */
export function typicalFirst(faces: FaceSet, group: readonly number[]): number[] {
  const mean = meanOf(faces, group);
  const distances = new Map(group.map((face) => [face, distanceTo(faces, face, mean)]));
  return [...group].sort((x, y) => distances.get(x)! - distances.get(y)! || x - y);
}
