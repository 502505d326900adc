import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayToNumber, peopleColumns, type PhotoColumns } from '../../../app/search/columns.ts';
import { filterPhotos, isWithin, type ResolvedFilter } from '../../../app/search/filter.ts';

interface MadePhoto {
  day: string;
  camera: string | null;
  place: [number, number] | null;
  /** Folders of its files. */
  folders: string[];
  /** Numbers of the people of its faces. */
  faces: number[];
}

const days = ['', '2003-12-31', '2004-01-01', '2004-07-05', '2008-12-31', '2009-01-01'];
const folders = ['/p', '/p/a', '/p/a/b', '/p/ab', '/q', 'C:\\p\\a'];
const cameras = ['Alpha', 'Beta'];
/** Everybody from this number on has no name. */
const firstUnnamed = 3;
const everybody = [0, 1, 2, 3, 4];

const photo: fc.Arbitrary<MadePhoto> = fc.record({
  day: fc.constantFrom(...days),
  camera: fc.option(fc.constantFrom(...cameras)),
  place: fc.option(fc.tuple(fc.integer({ min: -90, max: 90 }), fc.integer({ min: -180, max: 180 }))),
  folders: fc.array(fc.constantFrom(...folders), { minLength: 1, maxLength: 3 }),
  faces: fc.array(fc.constantFrom(...everybody), { maxLength: 5 }),
});
const members = fc.option(fc.array(fc.constantFrom(-1, ...everybody), { maxLength: 3 }), { nil: undefined });
const maybe = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(values, { nil: undefined, freq: 1 });
const filters = fc.record({
  all: members,
  any: members,
  none: members,
  only: maybe(fc.boolean()),
  from: maybe(fc.constantFrom(...days.slice(1))),
  to: maybe(fc.constantFrom(...days.slice(1))),
  folder: maybe(fc.constantFrom(...folders, '/p/', '/nowhere')),
  camera: maybe(fc.constantFrom(...cameras, 'Gamma')),
  place: maybe(
    fc.record({
      south: fc.integer({ min: -90, max: 0 }),
      north: fc.integer({ min: 0, max: 90 }),
      west: fc.integer({ min: -180, max: 180 }),
      east: fc.integer({ min: -180, max: 180 }),
    }),
  ),
  unnamed: maybe(fc.boolean()),
  leastPeople: maybe(fc.integer({ min: 0, max: 3 })),
  mostPeople: maybe(fc.integer({ min: 0, max: 3 })),
  files: maybe(fc.array(fc.integer({ min: 1, max: 80 }))),
});

describe('filterPhotos', () => {
  it('agrees with looking at each photo by itself, on any library and any filter', () => {
    fc.assert(
      fc.property(fc.array(photo, { maxLength: 25 }), filters, (photos, filter) => {
        const { columns, people, filesOf } = toColumns(photos);
        const rows = filterPhotos(columns, people, withoutUndefined(filter));
        const expected = [...photos.keys()].filter((row) => isWanted(photos[row]!, filesOf[row]!, filter));
        expect([...rows]).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('lets everything through that nothing is said about', () => {
    const { columns, people } = toColumns([
      { day: '', camera: null, place: null, folders: ['/p'], faces: [] },
      { day: '2004-01-01', camera: 'Alpha', place: [1, 2], folders: ['/p'], faces: [0] },
    ]);
    expect([...filterPhotos(columns, people, {})]).toEqual([0, 1]);
    expect([...filterPhotos(columns, people, { all: [], any: [], none: [] })]).toEqual([0, 1]);
  });
});

describe('isWithin', () => {
  it('knows a folder from one whose name begins alike', () => {
    expect(isWithin('/p/a', '/p/a')).toBe(true);
    expect(isWithin('/p/a/b', '/p/a/')).toBe(true);
    expect(isWithin('/p/ab', '/p/a')).toBe(false);
    expect(isWithin('C:\\p\\a', 'C:\\p')).toBe(true);
    expect(isWithin('/p', '/')).toBe(true);
  });
});

function toColumns(photos: readonly MadePhoto[]): {
  columns: PhotoColumns;
  people: ReturnType<typeof peopleColumns>;
  filesOf: number[][];
} {
  const files: { photo: number; folder: number }[] = [];
  const filesOf = photos.map((made, row) =>
    made.folders.map((name) => files.push({ photo: row, folder: folders.indexOf(name) })),
  );
  return {
    columns: {
      ids: Int32Array.from(photos.keys()),
      rowOf: new Map(),
      days: Int32Array.from(photos, ({ day }) => dayToNumber(day)),
      cameras: Int32Array.from(photos, ({ camera }) => (camera === null ? -1 : cameras.indexOf(camera))),
      cameraNames: cameras,
      latitudes: Float64Array.from(photos, ({ place }) => place?.[0] ?? NaN),
      longitudes: Float64Array.from(photos, ({ place }) => place?.[1] ?? NaN),
      files: {
        ids: Int32Array.from(files, (_, i) => i + 1),
        photos: Int32Array.from(files, (file) => file.photo),
        folders: Int32Array.from(files, (file) => file.folder),
      },
      folderPaths: folders,
    },
    people: peopleColumns(
      photos.length,
      everybody.map((person) => ({
        named: person < firstUnnamed,
        photos: Int32Array.from(
          photos.flatMap(({ faces }, row) => faces.flatMap((face) => (face === person ? [row] : []))),
        ),
      })),
    ),
    filesOf,
  };
}

/** The meaning of a filter, said once more without columns. */
function isWanted(made: MadePhoto, files: readonly number[], filter: Loose<ResolvedFilter>): boolean {
  const { all = [], any = [], none = [], leastPeople = 0, mostPeople = 1000, place } = filter;
  const shown = new Set(made.faces);
  const mayBe = new Set([...all, ...any]);
  const isIn = (
    { south, north, west, east }: NonNullable<typeof place>,
    [latitude, longitude]: [number, number],
  ): boolean =>
    latitude >= south &&
    latitude <= north &&
    (west > east ? !(longitude < west && longitude > east) : longitude >= west && longitude <= east);
  return (
    all.every((person) => shown.has(person)) &&
    (any.length === 0 || any.some((person) => shown.has(person))) &&
    !none.some((person) => shown.has(person)) &&
    (filter.only !== true || [...shown].every((person) => mayBe.has(person))) &&
    (filter.from === undefined || (made.day !== '' && made.day >= filter.from)) &&
    (filter.to === undefined || (made.day !== '' && made.day <= filter.to)) &&
    (filter.camera === undefined || made.camera === filter.camera) &&
    (filter.unnamed === undefined || filter.unnamed === [...shown].some((person) => person >= firstUnnamed)) &&
    shown.size >= leastPeople &&
    shown.size <= mostPeople &&
    (place === undefined || (made.place !== null && isIn(place, made.place))) &&
    (filter.folder === undefined ||
      made.folders.some(
        (folder) =>
          `${folder}/`.startsWith(`${filter.folder!.replace(/\/$/, '')}/`) ||
          (folder.includes('\\') && folder === filter.folder),
      )) &&
    (filter.files === undefined || files.some((file) => [...filter.files!].includes(file)))
  );
}

type Loose<Shape> = { [Key in keyof Shape]: Shape[Key] | undefined };

function withoutUndefined(filter: Loose<ResolvedFilter>): ResolvedFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
