import { describe, expect, it } from 'vitest';
import { createPkSampler } from '../../../../app/learning/sampling/pk-sampler.ts';
import { whoStrangersMayBe } from '../../../../app/learning/sampling/strangers.ts';
import { unitRowsOf } from '../../../support/learning.ts';
import { createRandom, gaussian } from '../../../support/random.ts';

const dimension = 24;
const random = createRandom(8);

/** Faces around one centre each, all on the unit sphere. */
function clusters(count: number, each: number, spread: number): Float32Array {
  const rows: number[] = [];
  for (let person = 0; person < count; person++) {
    const centre = Array.from({ length: dimension }, () => gaussian(random));
    for (let face = 0; face < each; face++) rows.push(...centre.map((value) => value + spread * gaussian(random)));
  }
  return unitRowsOf(Float32Array.from(rows), dimension);
}

function owners(count: number, each: number): Int32Array {
  return Int32Array.from({ length: count * each }, (_, i) => Math.floor(i / each));
}

describe('strangers', () => {
  const [people, each, confirmedEach] = [12, 20, 8];
  const all = clusters(people, each, 0.5);
  const others = clusters(60, 3, 0.5);
  const pick = (from: number, to: number): number[] =>
    Array.from({ length: people * each }, (_, i) => i).filter((i) => i % each >= from && i % each < to);
  const rowsOf = (rows: readonly number[]): Float32Array =>
    Float32Array.from(rows.flatMap((row) => [...all.subarray(row * dimension, (row + 1) * dimension)]));
  const [confirmedRows, otherRows] = [pick(0, confirmedEach), pick(confirmedEach, each)];
  const confirmed = {
    embeddings: rowsOf(confirmedRows),
    people: owners(people, confirmedEach),
    photos: Int32Array.from(confirmedRows),
  };
  const embeddings = new Float32Array(otherRows.length * dimension + others.length);
  embeddings.set(rowsOf(otherRows));
  embeddings.set(others, otherRows.length * dimension);
  const unconfirmed = {
    embeddings,
    photos: Int32Array.from({ length: embeddings.length / dimension }, (_, i) => 100_000 + i),
  };

  it('are not taken for negatives of the person whom they show', () => {
    const found = whoStrangersMayBe(confirmed, unconfirmed, dimension, 0.1);
    expect(found).toHaveLength(embeddings.length / dimension);
    const unsafe = found.slice(0, otherRows.length).filter(({ mayBe }, i) => {
      return !mayBe.includes(Math.floor(otherRows[i]! / each));
    });
    // The guard is what 95 of 100 confirmed faces keep; nearly as many of the unconfirmed ones lie within it.
    expect(unsafe.length).toBeLessThan(0.1 * otherRows.length);
    const safe = found.slice(otherRows.length).filter(({ mayBe }) => mayBe.length === 0);
    expect(safe.length).toBeGreaterThan(0.9 * (others.length / dimension));
  });

  it('may be nobody who is in the same photo, or whom they were said not to be', () => {
    const photo = confirmed.photos[0]!;
    const [row, person] = [0, 0];
    const mayBe = (changed: object): number[] =>
      whoStrangersMayBe(confirmed, { ...unconfirmed, ...changed }, dimension, 0.1)[row]!.mayBe;
    expect(mayBe({})).toContain(person);
    expect(mayBe({ photos: unconfirmed.photos.map((value, i) => (i === row ? photo : value)) })).not.toContain(person);
    expect(mayBe({ isNot: new Map([[row, new Set([person])]]) })).not.toContain(person);
  });

  it('keep the distance of the threshold where hardly anything is confirmed', () => {
    const one = { embeddings: all.slice(0, dimension), people: Int32Array.of(0), photos: Int32Array.of(0) };
    const near = { embeddings: all.slice(0, dimension), photos: Int32Array.of(1) };
    expect(whoStrangersMayBe(one, near, dimension, 0.1)[0]!.mayBe).toEqual([0]);
  });

  it('are near where their distance is no number', () => {
    const broken = { embeddings: new Float32Array(dimension).fill(NaN), photos: Int32Array.of(999_999) };
    expect(whoStrangersMayBe(confirmed, broken, dimension, 0.1)[0]!.mayBe).toHaveLength(people);
  });
});

describe('batches of P people with K faces', () => {
  const rowsByPerson = new Map([
    [4, [0, 1, 2, 3, 4]],
    [7, [5, 6]],
    [9, [7, 8, 9]],
  ]);
  const strangers = [
    { row: 20, mayBe: [] },
    { row: 21, mayBe: [4] },
    { row: 22, mayBe: [7, 9] },
    { row: 23, mayBe: [1] },
  ];
  const sample = createPkSampler(rowsByPerson, strangers, { people: 2, faces: 3, strangers: 4, seed: 5 });

  it('hold what they should', () => {
    for (let batch = 0; batch < 50; batch++) {
      const { rows, labels } = sample(batch);
      const people = new Set(labels.filter((label) => label >= 0));
      expect(people.size).toBe(2);
      for (const person of people) {
        const own = rows.filter((_, i) => labels[i] === person);
        expect(own).toHaveLength(3);
        for (const row of own) expect(rowsByPerson.get(person)).toContain(row);
        if (person !== 7) expect(new Set(own).size).toBe(3);
      }
      const safe = strangers.filter(({ mayBe }) => !mayBe.some((person) => people.has(person))).map(({ row }) => row);
      expect([...rows.filter((_, i) => labels[i] === -1)].toSorted()).toEqual(safe.toSorted());
    }
  });

  it('depend on seed and number alone', () => {
    const again = createPkSampler(rowsByPerson, strangers, { people: 2, faces: 3, strangers: 4, seed: 5 });
    expect(again(17)).toEqual(sample(17));
    const differing = Array.from({ length: 20 }, (_, i) => i).filter((i) => {
      return sample(i).rows.join() !== sample(i + 1).rows.join();
    });
    expect(differing.length).toBeGreaterThan(10);
  });
});
