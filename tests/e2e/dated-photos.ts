import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { RelativeBox } from '../../app/contract/dto.ts';
import { openService } from '../../app/service/service.ts';
import { runCli } from '../support/cli.ts';
import { peopleIn } from './app.ts';

/** A library in which Ann, Ben and Cy are in photos of several years. */
export interface DatedLibrary {
  /** Of the library. */
  library: string;
  /** A photo of the three that is not in it, Ann, Ben and Cy from left to right. */
  outside: string;
}

/** Who is in a photo, how many from the left, and when it was taken. */
const photos = [
  { name: 'Holidays/all-2005.jpg', who: 3, year: 2005 },
  { name: 'Holidays/both-2004.jpg', who: 2, year: 2004 },
  { name: 'Holidays/both-2006.jpg', who: 2, year: 2006 },
  { name: 'Home/both-2008.jpg', who: 2, year: 2008 },
  { name: 'Home/both-2010.jpg', who: 2, year: 2010 },
  { name: 'Home/ann-2007.jpg', who: 1, year: 2007 },
  { name: 'Home/ann-2011.jpg', who: 1, year: 2011 },
];

/**
 * Cuts photos of one, two and three people out of a sample photo, and scans them.
 *
 * @param scanned a library that knows the sample photos
 */
export async function makeDatedLibrary(folder: string, scanned: string): Promise<DatedLibrary> {
  const { photo, boxes } = await threeInARow(scanned);
  const shots = join(folder, 'Dated photos');
  for (const [index, { name, who, year }] of photos.entries()) {
    await cut(photo, boxes, who, join(shots, name), { year, brightness: 0.92 + index * 0.03 });
  }
  const outside = join(folder, 'outside.jpg');
  await cut(photo, boxes, 3, outside, { year: 2020, brightness: 0.87 });

  const library = join(folder, 'dated-library');
  await kindred('scan', shots, '--library', library, '--json');
  await nameThem(library);
  return { library, outside };
}

/** Names the three by where they are. Whoever looks too different in some photo to be taken for themselves is confirmed. */
async function nameThem(library: string): Promise<void> {
  const service = await openService({ libraryPath: library, host: 'cli' });
  try {
    const everybody = await service.call('people.export', undefined);
    const faces = everybody.flatMap(({ id, faces: own }) => own.map((face) => ({ ...face, person: id })));
    for (const [place, name] of ['Ann', 'Ben', 'Cy'].entries()) {
      const own = photos.flatMap(({ name: file, who }) => {
        const inPhoto = faces.filter(({ photo }) => photo.endsWith(file)).sort((a, b) => a.box[0] - b.box[0]);
        if (inPhoto.length !== who) throw new Error(`${inPhoto.length} faces were found in ${file}, where ${who} are`);
        return inPhoto[place] ?? [];
      });
      const { person } = own[0]!;
      const named = await service.call('people.name', { id: person, name });
      const strayed = own.filter((face) => face.person !== person).map(({ id }) => id);
      if (strayed.length === 0) continue;
      await service.call('people.decide', { decision: { kind: 'confirm', person: named.id, faces: strayed } });
    }
  } finally {
    await service.close();
  }
}

async function kindred(...args: string[]): Promise<void> {
  const { code, stderr } = await runCli(...args);
  if (code !== 0) throw new Error(stderr);
}

/** The sample photo whose three leftmost faces have the most room between them. */
async function threeInARow(library: string): Promise<{ photo: string; boxes: RelativeBox[] }> {
  const byPhoto = new Map<string, RelativeBox[]>();
  for (const { faces } of await peopleIn(library)) {
    for (const { photo, box } of faces) byPhoto.set(photo, [...(byPhoto.get(photo) ?? []), box]);
  }
  const room = (boxes: readonly RelativeBox[]): number =>
    Math.min(...boxes.slice(1).map((box, i) => box[0] - boxes[i]![0] - boxes[i]![2]));
  const [best] = [...byPhoto]
    .map(([photo, boxes]) => ({ photo, boxes: boxes.sort((a, b) => a[0] - b[0]).slice(0, 4) }))
    .filter(({ boxes }) => boxes.length >= 3)
    .sort((a, b) => room(b.boxes) - room(a.boxes));
  if (!best || room(best.boxes) <= 0) throw new Error('no sample photo shows three people side by side');
  return best;
}

/** Writes the left part of a photo, up to the middle between two faces. */
async function cut(
  photo: string,
  boxes: readonly RelativeBox[],
  who: number,
  path: string,
  { year, brightness }: { year: number; brightness: number },
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const { data, info } = await sharp(photo).rotate().resize({ width: 1600 }).toBuffer({ resolveWithObject: true });
  const [last, next] = [boxes[who - 1]!, boxes[who]];
  const edge = next ? (last[0] + last[2] + next[0]) / 2 : 1;
  await sharp(data)
    .extract({ left: 0, top: 0, width: Math.floor(edge * info.width), height: info.height })
    .modulate({ brightness })
    .withExif({ IFD0: { Model: 'Test camera' }, IFD2: { DateTimeOriginal: `${year}:06:15 12:00:00` } })
    .jpeg({ quality: 92 })
    .toFile(path);
}
