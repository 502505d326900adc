import { resolve } from 'node:path';
import type { PersonSummary, RelativeBox } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import type { FaceSearchResult, FilterProblem, FoundPhotos, PhotoFilter, QueryImage } from '../../contract/search.ts';
import type { Service } from '../../service/service-types.ts';
import { withService, type LibraryOptions } from './with-service.ts';

export interface SearchOptions extends LibraryOptions {
  /** Faces of the image, the largest is 1; photos must show all of them. */
  face?: number[];
  /** A face that was not found, as fractions of the image. */
  box?: RelativeBox;
  /** How many less likely ones. */
  limit: number;
  person?: string[];
  any?: string[];
  not?: string[];
  only?: true;
  from?: string;
  to?: string;
  folder?: string;
  camera?: string;
  text?: string;
  unnamed?: boolean;
}

/** No more paths than this are asked for at a time. */
const mostAtOnce = 50_000;

/** A line of `kindred search <image> --json`, nearest first. */
interface Line {
  /** Absolute path. */
  photo: string;
  box: RelativeBox;
  /** Squared L2 (0..4). */
  distance: number;
  /** Null for somebody without a name. */
  person: string | null;
  /** Under the threshold. */
  likely: boolean;
}

/** `kindred search [image]`: the photos of whoever is in the image, or those that a filter lets through. */
export async function runSearch(image: string | undefined, options: SearchOptions): Promise<void> {
  const work = (service: Service): Promise<void> =>
    image === undefined ? searchByFilter(service, options) : searchByImage(service, image, options);
  await withService(options, 'Stopped.', work, { mustExist: true });
}

async function searchByFilter(service: Service, options: SearchOptions): Promise<void> {
  const { ids, problems } = await find(service, options);
  warn(problems);
  const photos = await pathsOf(service, ids);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(photos.map((photo) => ({ photo })))}\n`);
    return;
  }
  process.stderr.write(`${ids.length} ${ids.length === 1 ? 'photo' : 'photos'}\n`);
  // A file name may hold line breaks or control characters, which must not reach a terminal.
  for (const photo of photos) process.stdout.write(`${JSON.stringify(photo)}\n`);
}

async function searchByImage(service: Service, path: string, options: SearchOptions): Promise<void> {
  const among = hasFilter(options) ? await find(service, options) : undefined;
  if (among) warn(among.problems);
  const image = await service.receiveImage(resolve(path));
  try {
    let found = await service.call('search.image', { image });
    if (options.box) found = await service.call('search.markFace', { image, box: options.box });
    const faces = facesOf(found, path, options);
    const result = await service.call('search.byImage', { image, faces, limit: options.limit });
    const wanted = among && new Set(among.ids);
    const lines = await toLines(service, result, wanted);
    if (options.json) process.stdout.write(`${JSON.stringify(lines)}\n`);
    else printLines(lines, result);
  } finally {
    await service.call('search.closeImage', { image });
  }
}

/** Numbers of the faces in the contract's way. */
function facesOf({ faces }: QueryImage, path: string, { face, box }: SearchOptions): number[] {
  if (faces.length === 0) {
    throw new KindredError(
      'invalid-input',
      `No face was found in ${path}. Say where it is with --box x,y,width,height, as fractions of the image.`,
    );
  }
  if (face) {
    const missing = face.find((number) => number > faces.length);
    if (missing !== undefined) {
      const count = faces.length === 1 ? 'There is 1 face' : `There are ${faces.length} faces`;
      throw new KindredError('invalid-input', `${count} in ${path}; there is no face ${missing}.`);
    }
    return face.map((number) => number - 1);
  }
  if (box) return [faces.length - 1];
  if (faces.length > 1) {
    process.stderr.write(
      `${faces.length} faces in the image; this is about the largest. For another one: --face 2 to --face ${faces.length}, several for photos that show all of them.\n`,
    );
  }
  return [0];
}

/** One for each of these photos, however many they are. */
async function pathsOf(service: Service, photos: readonly number[]): Promise<string[]> {
  const paths: string[] = [];
  for (let start = 0; start < photos.length; start += mostAtOnce) {
    const some = photos.slice(start, start + mostAtOnce);
    for (const path of await service.call('files.paths', { photos: some })) paths.push(path);
  }
  return paths;
}

async function toLines(service: Service, result: FaceSearchResult, wanted?: ReadonlySet<number>): Promise<Line[]> {
  const lines: Line[] = [];
  const photos = [...new Set(result.matches.map(({ photoId }) => photoId))];
  const found = await pathsOf(service, photos);
  const paths = new Map(photos.map((photo, i) => [photo, found[i]!]));
  for (const [i, { photoId, box, distance, personName }] of result.matches.entries()) {
    if (wanted && !wanted.has(photoId)) continue;
    const person = personName === '' ? null : personName;
    lines.push({ photo: paths.get(photoId)!, box, distance, person, likely: i < result.within });
  }
  return lines;
}

function printLines(lines: readonly Line[], { people, threshold }: FaceSearchResult): void {
  const names = people.map((person) =>
    person && person.name !== '' ? JSON.stringify(person.name) : 'somebody unknown',
  );
  process.stderr.write(`This may be ${names.join(' and ')}.\n`);
  let marked = false;
  for (const { photo, distance, person, likely } of lines) {
    if (!likely && !marked) process.stderr.write(`-- less likely, from ${threshold.toFixed(3)} on\n`);
    marked ||= !likely;
    process.stdout.write(
      `${distance.toFixed(3)} ${JSON.stringify(photo)} ${person === null ? '' : JSON.stringify(person)}\n`,
    );
  }
}

function hasFilter({ person, any, not, only, from, to, folder, camera, text, unnamed }: SearchOptions): boolean {
  return [person, any, not, only, from, to, folder, camera, text, unnamed].some((part) => part !== undefined);
}

async function find(service: Service, options: SearchOptions): Promise<FoundPhotos> {
  const everybody = await service.call('people.list', undefined);
  const idsOf = (names: readonly string[]): string[] => names.map((name) => personId(everybody, name));
  const { person, any, not, only, from, to, folder, camera, text, unnamed } = options;
  const filter: PhotoFilter = {
    ...(person && { all: idsOf(person) }),
    ...(any && { any: idsOf(any) }),
    ...(not && { none: idsOf(not) }),
    ...(only && { only }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(folder !== undefined && { folder: resolve(folder) }),
    ...(camera !== undefined && { camera }),
    ...(text !== undefined && { text }),
    ...(unnamed !== undefined && { unnamed }),
  };
  return service.call('search.photos', { filter });
}

/** By name or by id. */
function personId(everybody: readonly PersonSummary[], given: string): string {
  const named = everybody.filter(({ name }) => name.toLowerCase() === given.toLowerCase());
  if (named.length > 1) {
    const ids = named.map(({ id }) => id).join(' or ');
    throw new KindredError('invalid-input', `There are ${named.length} people called ${given}: say ${ids}.`);
  }
  if (named[0]) return named[0].id;
  if (/^[pf]\d+$/.test(given)) return given;
  throw new KindredError('not-found', `Nobody is called ${given}; see kindred people.`);
}

function warn(problems: readonly FilterProblem[]): void {
  for (const problem of problems) {
    switch (problem.kind) {
      case 'person-gone':
        process.stderr.write(`${problem.person} is not in the library any more.\n`);
        break;
      case 'folder-gone':
        process.stderr.write(`The library has no folder ${problem.folder}.\n`);
        break;
      case 'folder-offline':
        process.stderr.write(`${problem.folder} cannot be reached now; is its drive connected?\n`);
    }
  }
}
