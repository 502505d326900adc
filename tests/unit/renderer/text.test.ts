import { describe, expect, test } from 'vitest';
import type { ScanStatus } from '../../../app/contract/dto.ts';
import { crumbsOf } from '../../../renderer/features/folders/crumbs.ts';
import { describeScan } from '../../../renderer/features/scan/scan-text.ts';
import { addresses, parseAddress, photoAddress, screenAddress } from '../../../renderer/router.svelte.ts';
import {
  fileName,
  folderOf,
  formatBytes,
  formatDayMark,
  formatDuration,
  formatPeriod,
  plural,
} from '../../../renderer/ui/format.ts';

describe('formats', () => {
  test('numbers, sizes and durations', () => {
    expect([plural(1, 'photo'), plural(0, 'photo'), plural(2, 'person', 'people')]).toEqual([
      '1 photo',
      '0 photos',
      '2 people',
    ]);
    expect([formatBytes(0), formatBytes(999), formatBytes(4_211_233)]).toEqual(['0 bytes', '999 bytes', '4.2 MB']);
    expect([0.2, 7.4, 33, 58, 61, 3600, 7800].map(formatDuration)).toEqual([
      '1 s',
      '7 s',
      '35 s',
      '1 min',
      '1 min',
      '1 h',
      '2 h 10 min',
    ]);
  });

  test('dates mean the same in every time zone', () => {
    expect([formatPeriod('2024-06'), formatPeriod('2024'), formatPeriod('')]).toEqual(['June 2024', '2024', 'No date']);
    expect(formatDayMark('2024-06-14', 'month')).toBe('Fri 14');
    expect(formatDayMark('2024-06-14', 'year')).toMatch(/14/);
    expect(formatDayMark('2024-06-14', 'none')).toMatch(/2024/);
  });

  test('paths of both kinds', () => {
    expect([fileName('/a/b c.jpg'), fileName('C:\\x\\y.png'), fileName('/')]).toEqual(['b c.jpg', 'y.png', '/']);
    expect([folderOf('/a/b c.jpg'), folderOf('C:\\x\\y.png')]).toEqual(['/a', 'C:\\x']);
  });
});

test('crumbs lead from the top to the folder', () => {
  expect(crumbsOf('/')).toEqual([{ name: '/', path: '/' }]);
  expect(crumbsOf('/home/anna')).toEqual([
    { name: '/', path: '/' },
    { name: 'home', path: '/home' },
    { name: 'anna', path: '/home/anna' },
  ]);
  expect(crumbsOf('C:\\Users\\anna').map(({ path }) => path)).toEqual(['C:\\', 'C:\\Users', 'C:\\Users\\anna']);
  expect(crumbsOf('\\\\nas\\photos\\2024').map(({ path }) => path)).toEqual([
    '\\\\nas\\photos',
    '\\\\nas\\photos\\2024',
  ]);
});

test('addresses are read as they are written, and nonsense leads to the library', () => {
  const library = { screen: 'library', personId: null, photoId: null, query: '' };
  expect(parseAddress(addresses.library)).toEqual(library);
  expect(parseAddress(addresses.photo(12))).toEqual({ ...library, photoId: 12 });
  expect(parseAddress(addresses.people).screen).toBe('people');
  expect(parseAddress(addresses.person('f3'))).toEqual({ ...library, screen: 'person', personId: 'f3' });
  expect(parseAddress(addresses.personPhoto('p1', 9))).toEqual({
    ...library,
    screen: 'person',
    personId: 'p1',
    photoId: 9,
  });
  for (const hash of ['', '#/person/../x', '#/photo/1e9', '#/nowhere', '#/photo/']) {
    expect(parseAddress(hash)).toEqual(library);
  }
});

test('a photo opened in a search stands beside the others that were found', () => {
  const found = parseAddress(addresses.search('all=p1&folder=%2Fa%3Fb'));
  expect(found).toEqual({ screen: 'search', personId: null, photoId: null, query: 'all=p1&folder=%2Fa%3Fb' });
  const open = parseAddress(photoAddress(found, 7));
  expect(open).toEqual({ ...found, photoId: 7 });
  expect(parseAddress(screenAddress(open))).toEqual(found);
  const face = parseAddress(addresses.find('face=3'));
  expect(parseAddress(photoAddress(face, 7))).toEqual({ ...face, photoId: 7 });
  expect(screenAddress(parseAddress(addresses.photo(7)))).toBe(addresses.library);
  expect(parseAddress(addresses.search()).query).toBe('');
});

describe('describeScan', () => {
  const status: ScanStatus = {
    phase: 'indexing',
    folders: [],
    found: 1500,
    unchanged: 500,
    total: 1000,
    done: 250,
    failed: 2,
    facesFound: 321,
    people: 42,
    photosPerSecond: 7.26,
    secondsElapsed: 80,
    secondsLeft: 190,
    current: null,
    message: null,
  };

  test('says how far, how fast and how long still', () => {
    expect(describeScan(status)).toEqual({
      title: 'Finding faces',
      parts: ['250 of 1,000 photos', '7.3 photos/s', '3 min left'],
      progress: 0.25,
    });
    expect(describeScan({ ...status, secondsLeft: null, photosPerSecond: 0 }).parts).toEqual(['250 of 1,000 photos']);
  });

  test('tells what a finished scan found', () => {
    expect(describeScan({ ...status, phase: 'done', done: 1000 }).parts).toEqual([
      '998 new photos',
      '321 faces',
      '42 people',
      '1 min',
    ]);
    expect(describeScan({ ...status, phase: 'done', done: 2, failed: 2 }).parts).toEqual(['No new photos']);
  });

  test('repeats what made a scan fail', () => {
    expect(describeScan({ ...status, phase: 'failed', message: 'The disk is full.' }).parts).toEqual([
      'The disk is full.',
    ]);
  });
});
