import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankFaces, rankTogether, type QueryPerson, type SearchedFaces } from '../../../app/search/rank-faces.ts';
import { VectorIndex } from '../../../app/search/vector-index/vector-index.ts';
import { createRandom, gaussian } from '../../support/random.ts';

const dimension = 6;

/** Random faces, some not shown, some confirmed as one of three people, a few to a photo. */
function makeFaces(count: number, seed: number): SearchedFaces {
  const random = createRandom(seed);
  const embeddings = new Float32Array(count * dimension);
  for (let row = 0; row < count; row++) embeddings.set(unit(random), row * dimension);
  const index = new VectorIndex(dimension);
  index.add([...Array(count).keys()], embeddings);
  return {
    index,
    shown: Uint8Array.from({ length: count }, () => Number(random() < 0.9)),
    photos: Int32Array.from({ length: count }, () => Math.floor((random() * count) / 3)),
    confirmed: Int32Array.from({ length: count }, () => (random() < 0.02 ? Math.floor(random() * 3) : -1)),
  };
}

function unit(random: () => number): Float32Array {
  const vector = Array.from({ length: dimension }, () => gaussian(random));
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => value / length);
}

/** A query that is taken for one of the three, or for nobody. */
function makeQuery({ confirmed }: SearchedFaces, person: number, seed: number): QueryPerson {
  const rows = [...confirmed.keys()].filter((row) => confirmed[row] === person && person >= 0);
  return {
    vector: unit(createRandom(seed)),
    person,
    confirmed: Int32Array.from(rows.slice(0, 8)),
    rejected: person < 0 ? new Int32Array(0) : Int32Array.of(seed % confirmed.length),
  };
}

function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
}

/** What every face is to a query, said plainly. */
function judge({ index, confirmed }: SearchedFaces, query: QueryPerson, row: number) {
  const vectorOf = (of: number): Float32Array => index.embeddings.subarray(of * dimension, (of + 1) * dimension);
  const others = [query.vector, ...[...query.confirmed].map(vectorOf)];
  const said = confirmed[row]!;
  return {
    row,
    distance: Math.min(...others.map((other) => distance(other, vectorOf(row)))),
    own: distance(query.vector, vectorOf(row)),
    behind: query.person >= 0 && ((said >= 0 && said !== query.person) || query.rejected.includes(row)),
  };
}

const counts = fc.integer({ min: 0, max: 700 });
const seeds = fc.integer({ min: 1, max: 1e6 });
const people = fc.integer({ min: -1, max: 2 });
const options = fc.record({ threshold: fc.constantFrom(0.05, 0.3, 1.5), limit: fc.integer({ min: 1, max: 400 }) });

describe('rankFaces', () => {
  it('ranks as comparing every face with every confirmed one does', () => {
    fc.assert(
      fc.property(counts, seeds, people, options, (count, seed, person, { threshold, limit }) => {
        const faces = makeFaces(count, seed);
        const query = makeQuery(faces, person, seed + 1);
        const expected = [...faces.shown.keys()]
          .filter((row) => faces.shown[row] === 1)
          .map((row) => judge(faces, query, row))
          .sort((a, b) => Number(a.behind) - Number(b.behind) || a.distance - b.distance || a.own - b.own);
        const within = expected.filter((face) => !face.behind && face.distance < threshold).length;
        const found = rankFaces(faces, query, { threshold, limit });
        expect(found.within).toBe(within);
        // Those behind come as far as anybody has looked.
        const front = expected.filter(({ behind }) => !behind).slice(0, within + limit);
        expect(found.matches.slice(0, front.length).map(({ row }) => row)).toEqual(front.map(({ row }) => row));
        expect(found.matches.length).toBeLessThanOrEqual(within + limit);
        for (const [i, { distance: given }] of front.entries())
          expect(found.matches[i]!.distance).toBeCloseTo(given, 5);
        expect(found.matches.slice(front.length).every(({ behind }) => behind)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('looks farther where most of what is near is not shown', () => {
    const faces = makeFaces(5000, 3);
    const query = makeQuery(faces, -1, 4);
    const { rows } = faces.index.nearest(query.vector, 4900);
    for (const row of rows) faces.shown[row] = 0;
    const shown = faces.shown.reduce((sum, value) => sum + value, 0);
    expect(shown).toBeGreaterThan(50);
    expect(rankFaces(faces, query, { threshold: 0.1, limit: 50 }).matches).toHaveLength(50);
  });

  it('puts faces that were said to be somebody else, or not this person, behind all others', () => {
    const faces = makeFaces(300, 5);
    faces.confirmed.fill(-1);
    faces.shown.fill(1);
    const query = { ...makeQuery(faces, -1, 6), person: 0 };
    const [nearest, second, third] = faces.index.nearest(query.vector, 3).rows;
    faces.confirmed[nearest!] = 1;
    const { matches, within } = rankFaces(
      faces,
      { ...query, rejected: Int32Array.of(second!) },
      { threshold: 4.1, limit: 10 },
    );
    expect(within).toBe(298);
    expect(matches[0]!.row).toBe(third);
    expect(matches.slice(-2).map(({ row }) => row)).toEqual([nearest, second]);
  });
});

describe('rankTogether', () => {
  it('finds the photos that show everybody, each by a face of their own, as trying all ways does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 }),
        seeds,
        fc.array(people, { minLength: 2, maxLength: 3 }),
        options,
        (count, seed, persons, { threshold, limit }) => {
          const faces = makeFaces(count, seed);
          const queries = persons.map((person, i) => makeQuery(faces, person, seed + i + 1));
          const byPhoto = Map.groupBy(
            [...faces.shown.keys()].filter((row) => faces.shown[row] === 1),
            (row) => faces.photos[row]!,
          );
          const best = [...byPhoto].flatMap(([photo, rows]) => {
            const ways = waysToChoose(rows, queries.length).map((way) => {
              const judged = way.map((row, i) => judge(faces, queries[i]!, row));
              return {
                photo,
                distance: Math.max(...judged.map((face) => face.distance)),
                behind: judged.some(({ behind }) => behind),
              };
            });
            return ways.sort((a, b) => Number(a.behind) - Number(b.behind) || a.distance - b.distance).slice(0, 1);
          });
          best.sort((a, b) => Number(a.behind) - Number(b.behind) || a.distance - b.distance);
          const front = best.filter(({ behind }) => !behind);
          const within = front.filter((way) => way.distance < threshold).length;
          const found = rankTogether(faces, queries, { threshold, limit });
          expect(found.within).toBe(within * queries.length);
          const photos = front.slice(0, within + limit).map(({ photo }) => photo);
          const given = chunks(found.matches, queries.length);
          expect(given.slice(0, photos.length).map((group) => faces.photos[group[0]!.row])).toEqual(photos);
          for (const group of given) {
            expect(new Set(group.map(({ row }) => row)).size).toBe(queries.length);
            expect(new Set(group.map(({ row }) => faces.photos[row])).size).toBe(1);
            expect(group.map(({ query }) => query)).toEqual([...queries.keys()]);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** Every ordered choice of so many of the rows. */
function waysToChoose(rows: readonly number[], length: number): number[][] {
  if (length === 0) return [[]];
  return rows.flatMap((row) =>
    waysToChoose(
      rows.filter((other) => other !== row),
      length - 1,
    ).map((rest) => [row, ...rest]),
  );
}

function chunks<Value>(values: readonly Value[], size: number): Value[][] {
  return Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));
}
