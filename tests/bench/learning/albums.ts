import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { centralFace } from '../../../app/faces/central-face.ts';
import { pointsInCrop } from '../../../app/faces/crop.ts';
import { facePlaces, facesOfPhoto } from '../../../app/faces/faces.store.ts';
import { featuresOfFaces } from '../../../app/faces/features.store.ts';
import type { FacePicture } from '../../../app/learning/face-maps.ts';
import { cropPath } from '../../../app/library/thumbnails.ts';
import { indexedFiles } from '../../../app/library/photos.store.ts';
import { inEvaluationLibrary, scanFor } from '../../../app/service/evaluation-library.ts';
import { createRandom } from '../../support/random.ts';
import { cachePath, sharedPortraits } from '../photo-sets.ts';
import { degradations, degrade, type Degradation } from './degrade.ts';

export const libraryNames = ['clean', ...degradations, 'mixed'] as const;
export type LibraryName = (typeof libraryNames)[number];

/** The central face of each labelled photo of a library. */
export interface LibraryFaces {
  people: string[];
  /** Place in `people` of each face. */
  person: Int32Array;
  /** A number for each photo. */
  photo: Int32Array;
  /** 256 numbers per face. */
  features: Float32Array;
  /** 0..1 */
  quality: Float32Array;
  /** Cached pictures of the faces, for fine-tuning. */
  pictures: FacePicture[];
  /** Photos in which no face was found: they are left out. */
  notFound: number;
}

export const inputs = 256;

interface StoredFace {
  /** `<person>/<file>`. */
  photo: string;
  features: Float32Array;
  quality: number;
  picture: FacePicture;
}

/** Change it when photos are degraded otherwise: sets made before are not used then. */
const degradationVersion = 1;

/**
 * The four libraries of the same photos, scanned as a library is scanned, careful, with the built-in models. What was made and
 * found is kept from one run to the next. In the mixed library each photo is one of the other three at random.
 */
export async function scannedLibraries(): Promise<Record<LibraryName, LibraryFaces>> {
  const photos = (await readdir(sharedPortraits, { recursive: true })).filter((file) => file.endsWith('.jpg')).sort();
  const sizes = await Promise.all(photos.map(async (photo) => (await stat(join(sharedPortraits, photo))).size));
  const set = createHash('sha256')
    .update(JSON.stringify([photos, sizes]))
    .digest('hex')
    .slice(0, 8);
  const folder = join(cachePath, 'learning', `${set}-${degradationVersion}`);
  const found: Record<Degradation | 'clean', StoredFace[]> = {
    clean: await scanned(sharedPortraits, join(folder, 'clean-library')),
    'old-scans': await scanned(await degraded(folder, photos, 'old-scans'), join(folder, 'old-scans-library')),
    dim: await scanned(await degraded(folder, photos, 'dim'), join(folder, 'dim-library')),
  };
  const random = createRandom(1);
  const kinds = Object.keys(found) as (keyof typeof found)[];
  const kindOf = new Map(photos.map((photo) => [photo, kinds[Math.floor(random() * kinds.length)]!]));
  const mixed = kinds.flatMap((kind) => found[kind].filter(({ photo }) => kindOf.get(photo) === kind));
  return {
    clean: inColumns(found.clean, photos),
    'old-scans': inColumns(found['old-scans'], photos),
    dim: inColumns(found.dim, photos),
    mixed: inColumns(mixed, photos),
  };
}

async function degraded(folder: string, photos: readonly string[], kind: Degradation): Promise<string> {
  const album = join(folder, kind);
  for (const [seed, photo] of photos.entries()) {
    const path = join(album, photo);
    if (existsSync(path)) continue;
    await mkdir(dirname(path), { recursive: true });
    // Under another name first: a set that was cut short must not end in half a photo.
    await writeFile(`${path}.part`, await degrade(await readFile(join(sharedPortraits, photo)), kind, seed));
    await rename(`${path}.part`, path);
    if (seed % 1000 === 999) console.log(`  ${kind}: ${seed + 1} of ${photos.length} photos made`);
  }
  return album;
}

function scanned(album: string, library: string): Promise<StoredFace[]> {
  let last = 0;
  const onProgress = ({ done, total }: { done: number; total: number }): void => {
    if (done - last < 500) return;
    last = done;
    console.log(`  ${basename(library)}: ${done} of ${total} photos scanned`);
  };
  return inEvaluationLibrary({ cachePath: library, onProgress }, async (opened) => {
    const folder = await opened.addFolder(album);
    await scanFor(opened, [folder], {});
    const { model } = opened.active();
    return indexedFiles(opened.db, folder.id).flatMap(({ path, photoId }): StoredFace[] => {
      const face = centralFace(facesOfPhoto(opened.db, photoId, model));
      if (!face) return [];
      const photo = `${basename(dirname(path))}/${basename(path)}`;
      const [place] = facePlaces(opened.db, [face.id]);
      const { hash, ordinal, box, landmarks } = place!;
      const picture = { file: cropPath(opened.cachePath, hash, ordinal), points: pointsInCrop(landmarks, box, place!) };
      return [{ photo, features: featuresOfFaces(opened.db, model, [face.id]), quality: face.quality, picture }];
    });
  });
}

function inColumns(faces: readonly StoredFace[], photos: readonly string[]): LibraryFaces {
  const sorted = faces.toSorted((a, b) => (a.photo < b.photo ? -1 : 1));
  const people = [...new Set(sorted.map(({ photo }) => dirname(photo)))];
  const places = new Map(people.map((person, i) => [person, i]));
  const numbers = new Map(photos.map((photo, i) => [photo, i]));
  const features = new Float32Array(sorted.length * inputs);
  for (const [i, face] of sorted.entries()) features.set(face.features, i * inputs);
  return {
    people,
    person: Int32Array.from(sorted, ({ photo }) => places.get(dirname(photo))!),
    photo: Int32Array.from(sorted, ({ photo }) => numbers.get(photo)!),
    features,
    quality: Float32Array.from(sorted, ({ quality }) => quality),
    pictures: sorted.map(({ picture }) => picture),
    notFound: photos.length - sorted.length,
  };
}
