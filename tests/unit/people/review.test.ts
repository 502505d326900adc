import { describe, expect, it } from 'vitest';
import { clusteringScores } from '../../../app/learning/evaluation/clustering.ts';
import { checkStatement } from '../../../app/people/contradictions.ts';
import type { Decision } from '../../../app/people/decisions.ts';
import type { GroupQuestion, GroupReview } from '../../../app/people/group-messages.ts';
import { interpret } from '../../../app/people/interpret.ts';
import type { People } from '../../../app/people/people.ts';
import { createRandom } from '../../support/random.ts';
import { makeFaces, type SyntheticFaces } from '../../support/synthetic-faces.ts';
import { DecidedFaces } from './decided-faces.ts';

const sizes = [14, 11, 9, 8, 6, 5, 4, 4, 3, 3, 2, 2, 1, 1, 1, 1];

/** Nobody is in a photo twice. */
function album(seed: number, dimension = 128): SyntheticFaces {
  const faces = makeFaces({ sizes, seed, dimension, spread: 0.6, poor: 0.05 });
  const random = createRandom(seed);
  const inPhoto = new Set<number>();
  let photo = 0;
  faces.truth.forEach((person, face) => {
    if (inPhoto.has(person) || random() < 0.5) {
      photo += 1;
      inPhoto.clear();
    }
    inPhoto.add(person);
    faces.photos[face] = photo;
  });
  return faces;
}

/** Everybody whom a question asks about, as pairs of faces that an answer would tie or part. */
function pairsOf(question: GroupQuestion): [number, number][] {
  if (question.kind !== 'who') return [[question.b[0]!, question.a[0]!]];
  return question.candidates.map(({ faces }): [number, number] => [question.b[0]!, faces[0]!]);
}

class Review {
  readonly library: DecidedFaces;
  readonly log: Decision[] = [];
  people: People;
  labels: Int32Array;
  readonly faces: SyntheticFaces;

  constructor(faces: SyntheticFaces) {
    this.faces = faces;
    this.library = new DecidedFaces(faces);
    this.people = this.library.people([]);
    this.labels = this.library.labels([]);
  }

  next(skip: readonly string[] = []): GroupReview {
    return this.library.grouped.review(new Set(skip));
  }

  /** Answers as Review's screen does. */
  answer(question: GroupQuestion, isOne: (a: number, b: number) => boolean): void {
    const pairs = pairsOf(question);
    const [[face, first], ...others] = pairs as [[number, number], ...[number, number][]];
    const yes = pairs.find(([a, b]) => isOne(a, b));
    const wanted = interpret(
      yes
        ? { kind: 'same', a: yes[0], b: yes[1] }
        : { kind: 'different', a: face, b: first, ...(others.length > 0 && { others: others.map(([, b]) => b) }) },
      { people: this.people, photoOf: (id) => this.faces.photos[id], facesOfPhoto: () => [] },
    );
    const { statement, conflict } = checkStatement(this.log as Parameters<typeof checkStatement>[0], wanted!);
    expect(conflict).toBeNull();
    this.log.push({ ...statement, id: this.log.length + 1, at: '' });
    this.people = this.library.people(this.log);
    this.labels = this.library.labels(this.log);
  }

  score(): number {
    return clusteringScores(this.labels, this.faces.truth).bcubed.f;
  }
}

describe('review', () => {
  it.each([1, 2, 3, 5])(
    'never makes the people worse by a truthful answer, and ends near the truth (album %i)',
    (seed) => {
      const review = new Review(album(seed));
      const { truth } = review.faces;
      const first = review.score();
      let score = first;
      for (let answers = 0; answers < 200; answers++) {
        const { question } = review.next();
        if (!question) break;
        review.answer(question, (a, b) => truth[a] === truth[b]);
        const after = review.score();
        expect(after).toBeGreaterThanOrEqual(score - 0.002);
        score = after;
      }
      expect(first).toBeLessThan(0.995);
      expect(score).toBeGreaterThan(0.995);
    },
  );

  it('never asks again what was answered, whatever the answer was', () => {
    for (const seed of [4, 5, 6]) {
      const review = new Review(album(seed, 24));
      const random = createRandom(seed);
      const ids = new Set<string>();
      const answered = new Set<string>();
      let { id, question } = review.next();
      for (; question && ids.size < 120; { id, question } = review.next()) {
        expect(ids).not.toContain(id);
        for (const pair of pairsOf(question)) expect(answered).not.toContain(pair.toSorted((a, b) => a - b).join());
        ids.add(id);
        const yes = random() < 0.5;
        const [face] = pairsOf(question)[0]!;
        review.answer(question, () => yes);
        const said = review.log.at(-1)!;
        const about =
          said.kind === 'same' ? [said.faces] : pairsOf(question).map(([, b]): [number, number] => [face, b]);
        for (const pair of about) answered.add(pair.toSorted((a, b) => a - b).join());
      }
      expect(ids.size).toBeGreaterThan(20);
    }
  });

  it('asks something else when a question is skipped, and counts it as open still', () => {
    const review = new Review(album(7, 24));
    const skip: string[] = [];
    const { remaining } = review.next();
    let next = review.next(skip);
    for (; next.question && skip.length < 500; next = review.next(skip)) {
      expect(skip).not.toContain(next.id);
      expect(next.remaining).toBe(remaining);
      skip.push(next.id);
    }
    expect(next).toMatchObject({ id: '', question: null });
    expect(skip.length).toBeGreaterThanOrEqual(remaining);
    expect(review.next().id).toBe(skip[0]);
  });

  it('shows sides that are groups, or two parts of one', () => {
    const review = new Review(album(8, 24));
    const skip: string[] = [];
    const kinds = new Set<string>();
    for (let next = review.next(); next.question && skip.length < 100; next = review.next(skip)) {
      skip.push(next.id);
      const { question } = next;
      kinds.add(question.kind);
      const labelsOf = (faces: readonly number[]): Set<number> => new Set(faces.map((face) => review.labels[face]!));
      const sides = question.kind === 'who' ? question.candidates.map(({ faces }) => faces) : [question.a];
      const [own] = labelsOf(question.b);
      for (const side of [...sides, question.b]) expect(labelsOf(side).size).toBe(1);
      for (const side of sides) expect(labelsOf(side).has(own!)).toBe(question.kind === 'inside');
      // The one in question is the smaller one.
      for (const side of sides) expect(side.length).toBeGreaterThanOrEqual(question.b.length);
    }
    expect([...kinds].sort()).toEqual(['between', 'inside', 'who']);
  });

  it('does not ask about faces of one photo, unless they may be one person', () => {
    const faces = makeFaces({ sizes: [1, 1], seed: 4, dimension: 4, spread: 0.1 });
    faces.embeddings.set([1, 0, 0, 0, 0.93, Math.sqrt(1 - 0.93 ** 2), 0, 0]);
    const apart = new Review(faces);
    expect(apart.next().question).toMatchObject({ kind: 'between', a: [0], b: [1] });
    faces.photos.fill(3);
    const crowded = new Review(faces);
    expect(crowded.next().question).toBeNull();
    crowded.library.people([{ kind: 'same-photo', faces: [0, 1], id: 1, at: '' }]);
    expect(crowded.next().question).toMatchObject({ a: [0], b: [1] });
  });
});
