import { describe, expect, it } from 'vitest';
import { countChoices, foldersAbove } from '../../../app/search/choices.ts';

describe('countChoices', () => {
  it('counts each photo once per folder, camera, month and place', () => {
    const counted = countChoices(
      {
        ids: Int32Array.of(5, 4, 3),
        rowOf: new Map(),
        days: Int32Array.of(20_190_704, 20_190_701, 0),
        cameras: Int32Array.of(0, 0, -1),
        cameraNames: ['Alpha'],
        latitudes: Float64Array.of(-0.01, 0.04, NaN),
        longitudes: Float64Array.of(10.11, 10.06, NaN),
        files: {
          ids: Int32Array.of(1, 2, 3, 4),
          photos: Int32Array.of(0, 0, 1, 2),
          folders: Int32Array.of(0, 1, 1, 0),
        },
        folderPaths: ['/p/a', '/p/b'],
      },
      ['/p'],
    );
    expect(counted).toEqual({
      cameras: [{ camera: 'Alpha', photos: 2 }],
      folders: [
        { path: '/p', photos: 3 },
        { path: '/p/a', photos: 2 },
        { path: '/p/b', photos: 2 },
      ],
      months: [{ month: '2019-07', photos: 2 }],
      places: [{ latitude: 0, longitude: 10.1, photos: 2 }],
      placed: 2,
    });
  });
});

describe('foldersAbove', () => {
  it('ends at the outermost folder of the library, also at the root of a drive', () => {
    expect(foldersAbove('/a/b/c', ['/a/b'])).toEqual(['/a/b/c', '/a/b']);
    expect(foldersAbove('/a/b', ['/'])).toEqual(['/a/b', '/a', '/']);
    expect(foldersAbove('C:\\a\\b', ['C:\\a'])).toEqual(['C:\\a\\b', 'C:\\a']);
    expect(foldersAbove('/elsewhere', ['/a'])).toEqual([]);
  });
});
