import { expect, test } from 'vitest';
import { areaBetween, gridLines, plotOf, pointOf } from '../../../renderer/features/search/editors/place-plot.ts';
import { binsOf, binsWithin } from '../../../renderer/features/search/editors/timeline-bins.ts';
import { pickPhotos } from '../../../renderer/features/search/pick-photos.ts';

const months = [
  { month: '2019-11', photos: 2 },
  { month: '2020-02', photos: 5 },
];

test('a short time has a bar a month, without gaps', () => {
  const bins = binsOf(months, 12);
  expect(bins.map(({ key, photos }) => [key, photos])).toEqual([
    ['2019-11', 2],
    ['2019-12', 0],
    ['2020-01', 0],
    ['2020-02', 5],
  ]);
  expect(binsWithin(bins, '2019-12-15', '2020-01-31')).toEqual({ first: 1, last: 2 });
  expect(binsWithin(bins, undefined, undefined)).toEqual({ first: 0, last: 3 });
  expect(binsWithin(bins, '2021-01-01', undefined)).toBeNull();
  expect(binsWithin(bins, undefined, '2018-01-01')).toBeNull();
});

test('a long time has a bar a year', () => {
  const bins = binsOf(months, 3);
  expect(bins).toEqual([
    { first: '2019-01', last: '2019-12', key: '2019', photos: 2 },
    { first: '2020-01', last: '2020-12', key: '2020', photos: 5 },
  ]);
  expect(binsOf([], 3)).toEqual([]);
});

test('every place lies on the plot, and a frame around it holds it', () => {
  const places = [
    { latitude: 48.1, longitude: 11.6, photos: 3 },
    { latitude: -33.9, longitude: 151.2, photos: 1 },
    { latitude: 64.1, longitude: -21.9, photos: 1 },
  ];
  for (const shown of [places, places.slice(0, 1)]) {
    const plot = plotOf(shown, 400, 240);
    for (const { latitude, longitude } of shown) {
      const { x, y } = pointOf(plot, latitude, longitude);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(400);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(240);
      const area = areaBetween(plot, { x: x + 9, y: y + 9 }, { x: x - 9, y: y - 9 });
      expect(area.south).toBeLessThan(latitude);
      expect(area.north).toBeGreaterThan(latitude);
      expect(area.west).toBeLessThan(longitude);
      expect(area.east).toBeGreaterThan(longitude);
    }
    const { latitudes, longitudes } = gridLines(plot);
    expect(latitudes.length).toBeGreaterThanOrEqual(1);
    expect(latitudes.length).toBeLessThanOrEqual(8);
    expect(longitudes.length).toBeGreaterThanOrEqual(1);
    expect(longitudes.length).toBeLessThanOrEqual(8);
  }
});

test('photos are picked from the timeline in the order in which they were found', () => {
  const timeline = {
    ids: [5, 3, 9],
    aspects: [1, 2, 3],
    days: ['2020-01-01', '', '2019-01-01'],
    sketches: ['a', 'b', 'c'],
  };
  expect(pickPhotos(timeline, [9, 4, 5])).toEqual({
    ids: [9, 5],
    aspects: [3, 1],
    days: ['2019-01-01', '2020-01-01'],
    sketches: ['c', 'a'],
  });
});
