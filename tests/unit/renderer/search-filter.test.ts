import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PhotoFilter } from '../../../app/contract/search.ts';
import { photoFilter } from '../../../app/contract/search.ts';
import { daysOfMonths, formatDates } from '../../../renderer/features/search/filter/dates-text.ts';
import { filterFromQuery, filterToQuery, isEmpty } from '../../../renderer/features/search/filter/filter-address.ts';
import {
  joined,
  roleOf,
  without,
  withPart,
  withPerson,
} from '../../../renderer/features/search/filter/filter-edits.ts';
import { formatArea } from '../../../renderer/features/search/filter/place-text.ts';
import { sentenceOf, sentenceText } from '../../../renderer/features/search/filter/sentence.ts';

const names: Record<string, string> = { p1: 'Ann', p2: 'Ben', p3: 'Cy', f4: '' };
const personOf = (id: string) => (id in names ? { name: names[id]!, coverFaceId: 1 } : undefined);
const read = (filter: PhotoFilter, problems: Parameters<typeof sentenceOf>[2] = []): string =>
  sentenceText(sentenceOf(filter, personOf, problems));

const person = fc.integer({ min: 1, max: 9 }).map((id) => `p${id}`);
const people = fc.uniqueArray(person, { minLength: 1, maxLength: 4 });
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const degrees = (limit: number) => fc.integer({ min: -limit * 100, max: limit * 100 }).map((value) => value / 100);
const word = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => text.trim() === text);
const anyFilter: fc.Arbitrary<PhotoFilter> = fc.record(
  {
    text: word,
    all: people,
    any: people,
    none: people,
    only: fc.constant(true),
    from: day,
    to: day,
    folder: word.map((text) => `/photos/${text}`),
    camera: word,
    place: fc
      .tuple(degrees(90), degrees(180), degrees(90), degrees(180))
      .map(([a, west, b, east]) => ({ south: Math.min(a, b), west, north: Math.max(a, b), east })),
    unnamed: fc.boolean(),
    leastPeople: fc.integer({ min: 0, max: 1000 }),
    mostPeople: fc.integer({ min: 0, max: 1000 }),
  },
  { requiredKeys: [] },
);

describe('a filter in an address', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(filterFromQuery(filterToQuery(filter))).toEqual(filter);
      }),
    );
  });

  test('is one that the service takes, whatever was typed', () => {
    const key = fc.constantFrom('text', 'all', 'none', 'from', 'to', 'place', 'unnamed', 'least', 'camera', 'only');
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('2024-02-30', '2024-02-29', '1,2,3', '1,2,3,4', 'yes', '-1', '1e3'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value)), (typed) => {
        const filter = filterFromQuery(new URLSearchParams(typed).toString());
        expect(photoFilter.safeParse(filter).success).toBe(true);
      }),
    );
  });

  test('leaves out what makes no sense', () => {
    expect(filterFromQuery('all=p1&all=p1&all=x9&from=2024-02-30&to=2024-02-29&place=1,2,3&least=abc')).toEqual({
      all: ['p1'],
      to: '2024-02-29',
    });
    expect(isEmpty(filterFromQuery('nonsense=1'))).toBe(true);
  });
});

describe('a filter as a sentence', () => {
  test('reads like one', () => {
    expect(read({})).toBe('All photos');
    expect(read({ all: ['p1', 'p2'], none: ['p3'], from: '2004-01-01', to: '2008-12-31', folder: '/a/Holidays' })).toBe(
      'Photos of Ann and Ben, without Cy, 2004–2008, in Holidays',
    );
    expect(read({ any: ['p1', 'p2', 'p3'], only: true })).toBe('Photos of Ann, Ben or Cy, nobody else');
    expect(read({ all: ['p1'], any: ['p2', 'f4'] })).toBe('Photos of Ann, with Ben or somebody unnamed');
    expect(read({ leastPeople: 3 })).toBe('Photos with 3 people or more');
    expect(read({ leastPeople: 1, mostPeople: 1, unnamed: true })).toBe('Photos with 1 person, with unnamed faces');
    expect(read({ mostPeople: 0, camera: 'Canon EOS', text: 'beach' })).toBe(
      'Photos with nobody in them, with a Canon EOS, called “beach”',
    );
  });

  test('says what is not there any more', () => {
    const folder = '/a/Holidays';
    const parts = sentenceOf({ all: ['p9'], folder }, personOf, [
      { kind: 'person-gone', person: 'p9' },
      { kind: 'folder-offline', folder },
    ]);
    const problems = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.problem]));
    expect(problems).toEqual([expect.stringMatching(/^No photo shows/), expect.stringMatching(/not connected/)]);
    expect(sentenceText(parts)).toBe('Photos of somebody who is gone, in Holidays');
  });
});

describe('dates in words', () => {
  test.each([
    ['2004-01-01', '2008-12-31', '2004–2008'],
    ['2019-01-01', '2019-12-31', '2019'],
    ['2019-06-01', '2019-06-30', 'June 2019'],
    ['2019-06-01', '2019-12-31', 'June 2019 – December 2019'],
    ['2019-06-14', '2019-06-14', 'Jun 14, 2019'],
    ['2004-01-01', undefined, 'since 2004'],
    [undefined, '2011-05-31', 'until May 2011'],
    [undefined, '2024-02-28', 'until Feb 28, 2024'],
  ])('%s to %s', (from, to, words) => {
    expect(formatDates(from, to).replace('14 Jun 2019', 'Jun 14, 2019').replace('28 Feb 2024', 'Feb 28, 2024')).toBe(
      words,
    );
  });

  test('months end on their last day', () => {
    expect(daysOfMonths('2024-02', '2024-02')).toEqual({ from: '2024-02-01', to: '2024-02-29' });
    expect(daysOfMonths('2023-02', '2023-12')).toEqual({ from: '2023-02-01', to: '2023-12-31' });
  });
});

describe('changing a filter', () => {
  test('somebody has one role at a time, and keeps their place in it', () => {
    fc.assert(
      fc.property(anyFilter, person, fc.constantFrom('all', 'any', 'none', null), (filter, id, role) => {
        const next = withPerson(filter, id, role);
        expect(roleOf(next, id)).toBe(role);
        const roles = [next.all, next.any, next.none].filter((list) => list?.includes(id));
        expect(roles).toHaveLength(role === null ? 0 : 1);
        expect(withPerson(next, id, role)).toEqual(next);
      }),
    );
    expect(withPerson({ all: ['p1', 'p2', 'p3'] }, 'p2', 'all').all).toEqual(['p1', 'p2', 'p3']);
  });

  test('“nobody else” goes with the last of those who may be there', () => {
    expect(withPerson({ all: ['p1'], only: true }, 'p1', 'none')).toEqual({ none: ['p1'] });
  });

  test('a suggestion adds people and takes the place of everything else', () => {
    const filter: PhotoFilter = { all: ['p1'], none: ['p2'], from: '2001-01-01', camera: 'A' };
    expect(joined(filter, { all: ['p2'] })).toEqual({ all: ['p1', 'p2'], from: '2001-01-01', camera: 'A' });
    expect(joined(filter, { to: '2008-12-31' })).toEqual({
      all: ['p1'],
      none: ['p2'],
      camera: 'A',
      to: '2008-12-31',
    });
    expect(joined(filter, { camera: 'B' }).camera).toBe('B');
  });

  test('a part is taken away or replaced as a whole', () => {
    const filter: PhotoFilter = { from: '2001-01-01', to: '2002-01-01', leastPeople: 1, mostPeople: 3 };
    expect(without(filter, 'dates')).toEqual({ leastPeople: 1, mostPeople: 3 });
    expect(withPart(filter, 'count', { mostPeople: 5 })).toEqual({
      from: '2001-01-01',
      to: '2002-01-01',
      mostPeople: 5,
    });
  });
});

test('a small area is named by its middle, also across the date line', () => {
  expect(formatArea({ south: 48, west: 11.5, north: 48.2, east: 11.7 })).toBe('near 48.1° N, 11.6° E');
  expect(formatArea({ south: -0.1, west: 179.9, north: 0.1, east: -179.9 })).toBe('near 0.0° N, 180.0° E');
  expect(formatArea({ south: 40, west: -10, north: 60, east: 20 })).toBe('between 40° N, 10° W and 60° N, 20° E');
});
