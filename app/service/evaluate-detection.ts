import type { Stats } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import type { PhotoFailure } from '../contract/dto.ts';
import { KindredError } from '../contract/errors.ts';
import type { Box } from '../faces/detector.ts';
import { facesOfPhoto } from '../faces/faces.store.ts';
import {
  detectionScores,
  type DetectionScores,
  type PhotoBoxes,
  type TrueBox,
} from '../learning/evaluation/detection.ts';
import { parseFaceBoxes } from '../learning/evaluation/face-boxes.ts';
import { startListing, type ListedFile } from '../library/listing.store.ts';
import { findPhoto, indexedFiles, listFailures } from '../library/photos.store.ts';
import { inEvaluationLibrary, scanFor, type MeasureOptions } from './evaluation-library.ts';

/** A photo with true boxes, on disk. */
export interface MarkedPhoto extends ListedFile {
  boxes: TrueBox[];
}

/** A photo that could not be read, and is left out of the scores. */
export type UnreadPhoto = Pick<PhotoFailure, 'path' | 'kind' | 'message'>;

/** What was found in the photos that could be read. */
export interface MeasuredPhotos {
  photos: PhotoBoxes[];
  failed: UnreadPhoto[];
}

/**
 * Reads boxes files and finds the photos that they name, before anything is measured, which may take hours.
 *
 * @param imagesPath folder to which the names are relative
 * @throws KindredError `not-found` where there is no such folder, boxes file or photo, `invalid-input` where a boxes file
 *   is damaged, or a photo is named twice or lies outside of the folder
 */
export async function readMarkedPhotos(imagesPath: string, boxesPaths: readonly string[]): Promise<MarkedPhoto[]> {
  const folder = await realpath(imagesPath).catch(() => {
    throw new KindredError('not-found', `There is no folder ${imagesPath}.`, { path: imagesPath });
  });
  const photos = new Map<string, MarkedPhoto & { place: string }>();
  for (const boxesPath of boxesPaths) {
    const name = basename(boxesPath);
    for (const { file, line, boxes } of parseFaceBoxes(await readText(boxesPath), name)) {
      const place = `${name}, line ${line}`;
      const quoted = JSON.stringify(file);
      const found = await locate(folder, file);
      if (!found) throw new KindredError('not-found', `${place}: There is no photo ${quoted} in ${imagesPath}.`);
      const inside = relative(folder, found.path);
      if (inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
        throw new KindredError('invalid-input', `${place}: ${quoted} lies outside of ${imagesPath}.`);
      }
      const before = photos.get(found.path);
      if (before) throw new KindredError('invalid-input', `${place}: ${quoted} is already named by ${before.place}.`);
      photos.set(found.path, { ...found, boxes, place });
    }
  }
  return [...photos.values()].map(({ place: _, ...photo }) => photo);
}

/**
 * Finds the faces of these photos just as a scan does. Other photos of the folder are not looked at.
 *
 * @param imagesPath the folder in which they lie
 * @throws KindredError `invalid-input` when none of them can be read; the reason of `signal` when it aborts
 */
export function measureDetection(
  imagesPath: string,
  marked: readonly MarkedPhoto[],
  options: MeasureOptions = {},
): Promise<MeasuredPhotos> {
  return inEvaluationLibrary(options, async (library) => {
    const folder = await library.addFolder(resolve(imagesPath));
    const listing = startListing(library.db, folder.id);
    listing.record(marked);
    // Photos of the folder that an earlier run left unread are not asked for.
    listing.finish([]);
    await scanFor(library, [], options);
    options.signal?.throwIfAborted();

    const ids = new Map(indexedFiles(library.db, folder.id).map(({ path, photoId }) => [path, photoId]));
    const photos = marked.flatMap(({ path, boxes }): PhotoBoxes[] => {
      const photo = findPhoto(library.db, ids.get(path) ?? -1);
      if (!photo) return [];
      const found = facesOfPhoto(library.db, photo.id, library.active().model).map(
        ({ box: [x, y, width, height] }): Box => ({
          x: x * photo.width,
          y: y * photo.height,
          width: width * photo.width,
          height: height * photo.height,
        }),
      );
      return [{ truth: boxes, found }];
    });
    const named = new Set(marked.map(({ path }) => path));
    const failed = listFailures(library.db)
      .filter(({ path }) => named.has(path))
      .map(({ path, kind, message }) => ({ path, kind, message }));
    if (photos.length === 0) {
      const [first] = failed;
      throw new KindredError(
        'invalid-input',
        `No photo could be read (${JSON.stringify(first?.path)}: ${first?.message}).`,
      );
    }
    return { photos, failed };
  });
}

/** Recall and precision of what was measured. */
export function scoreDetection(
  { photos, failed }: MeasuredPhotos,
  minIou?: number,
): DetectionScores & { failed: UnreadPhoto[] } {
  return { ...detectionScores(photos, minIou === undefined ? {} : { minIou }), failed };
}

/** imglab declares ISO 8859-1 whatever it writes, so the bytes have to tell. */
async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch(() => {
    throw new KindredError('not-found', `The boxes file ${path} cannot be read.`, { path });
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

/** imglab writes backslashes on Windows. */
async function locate(folder: string, file: string): Promise<ListedFile | undefined> {
  for (const name of new Set([file, file.replaceAll('\\', '/')])) {
    const path = resolve(folder, name);
    const found: Stats | undefined = await stat(path).catch(() => undefined);
    if (found?.isFile()) return { path, bytes: found.size, mtimeMs: found.mtimeMs };
  }
  return undefined;
}
