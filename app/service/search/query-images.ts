import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RelativeBox } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import type { QueryImage } from '../../contract/search.ts';
import { maxQueryBytes } from '../../contract/wire.ts';
import type { FaceVectors } from '../../faces/faces.store.ts';
import { findPhotoByHash } from '../../library/photos.store.ts';
import type { OpenLibrary } from '../open-library.ts';
import { isDiskFull } from '../scan-job.ts';
import type { ImageSource, MediaFile } from '../service-types.ts';

/** Images from outside that are searched with. Their files are in the cache folder until they are closed. */
export interface QueryImages {
  /**
   * Takes a copy.
   *
   * @returns its id
   * @throws KindredError `not-found`, `invalid-input`, `disk-full`
   */
  receive(source: ImageSource): Promise<string>;
  /** Finds the faces. @throws KindredError `not-found`, `invalid-input` */
  open(id: string): Promise<QueryImage>;
  /** @throws KindredError `not-found`, `invalid-input` */
  mark(id: string, box: RelativeBox): Promise<QueryImage>;
  /**
   * The embeddings of these faces by the models that the library is grouped by at this moment.
   *
   * @throws KindredError `not-found`, `invalid-input`
   */
  vectors(id: string, faces: readonly number[]): Promise<{ model: string; vectors: Float32Array[] }>;
  /** @throws KindredError `not-found` */
  picture(id: string): Promise<MediaFile>;
  close(id: string): Promise<void>;
  closeAll(): Promise<void>;
}

/** When more are open the oldest is closed: a window that was reloaded has forgotten its own. */
const mostOpen = 20;
/** Other models may take over while a face is embedded. */
const mostAttempts = 5;

interface OutsideFace {
  box: RelativeBox;
  score: number;
  quality: number;
  /** By the name of the models. */
  vectors: Map<string, Float32Array>;
}

interface Inspected {
  hash: string;
  width: number;
  height: number;
  faces: OutsideFace[];
}

interface OutsideImage {
  file: string;
  picture: string;
  inspected: Promise<Inspected> | undefined;
}

/** @param isShown whether a photo of the library is shown now */
export function createQueryImages(library: OpenLibrary, isShown: (photoId: number) => boolean): QueryImages {
  const { db, cachePath, grouping, pool } = library;
  const folder = join(cachePath, 'queries');
  const images = new Map<string, OutsideImage>();
  /** Where it cannot be removed now, the next start tries again. */
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true }).catch(() => undefined);
  // What a process that was killed had open.
  const emptied = removeFolder();

  function imageOrThrow(id: string): OutsideImage {
    const image = images.get(id);
    if (!image) throw new KindredError('not-found', 'That image is not open any more; choose it again.');
    return image;
  }

  function inspect(image: OutsideImage): Promise<Inspected> {
    image.inspected ??= inspectNow(image).catch((error: unknown) => {
      // What failed may have been a full disk: it can be tried again.
      image.inspected = undefined;
      throw error;
    });
    return image.inspected;
  }

  async function inspectNow({ file, picture }: OutsideImage): Promise<Inspected> {
    const as = library.storedAs();
    const result = await pool.inspect(file, picture);
    if (!result.ok) throw new KindredError('invalid-input', result.failure.message);
    const { hash, width, height, faces } = result.value;
    const area = (box: RelativeBox): number => box[2] * box[3];
    return {
      hash,
      width,
      height,
      faces: faces
        .map(({ box, score, quality, ...vectors }) => ({
          box,
          score,
          quality: quality.score,
          vectors: byModel(as, vectors),
        }))
        .sort((a, b) => area(b.box) - area(a.box)),
    };
  }

  function toDto(id: string, { hash, width, height, faces }: Inspected): QueryImage {
    const known = findPhotoByHash(db, hash);
    return {
      id,
      width,
      height,
      faces: faces.map(({ box, score, quality }, index) => ({ index, box, score, quality })),
      photoId: known && isShown(known.id) ? known.id : null,
    };
  }

  /** Embeds a face anew, as models have taken over since it was found. */
  async function embed({ file }: OutsideImage, { hash }: Inspected, face: OutsideFace): Promise<void> {
    const as = library.storedAs();
    const described = await pool.describe(file, hash, face.box);
    if (!described.ok) throw new KindredError('invalid-input', described.failure.message);
    for (const [model, vector] of byModel(as, described.value)) face.vectors.set(model, vector);
  }

  async function close(id: string): Promise<void> {
    const image = images.get(id);
    if (!image) return;
    images.delete(id);
    // A thread may still be about to write the picture.
    await image.inspected?.catch(() => undefined);
    await Promise.all([image.file, image.picture].map((path) => rm(path, { force: true })));
  }

  return {
    async receive(source) {
      await emptied;
      await mkdir(folder, { recursive: true });
      const id = randomUUID();
      const file = join(folder, id);
      try {
        if (typeof source === 'string') await copyImage(source, file);
        else
          await pipeline(
            Readable.from(source),
            atMost(maxQueryBytes),
            createWriteStream(file, { flags: 'wx', mode: 0o600 }),
          );
        if ((await stat(file)).size === 0) throw new KindredError('invalid-input', 'The file is empty.');
      } catch (error) {
        await rm(file, { force: true });
        if (!isDiskFull(error)) throw error;
        throw new KindredError('disk-full', 'The disk with the library is full.');
      }
      images.set(id, { file, picture: `${file}.jpg`, inspected: undefined });
      const [oldest] = images.keys();
      if (images.size > mostOpen && oldest !== undefined) await close(oldest);
      return id;
    },

    async open(id) {
      return toDto(id, await inspect(imageOrThrow(id)));
    },

    async mark(id, box) {
      const [x, y, width, height] = box;
      if (x + width <= 0 || y + height <= 0 || x >= 1 || y >= 1) {
        throw new KindredError('invalid-input', 'The box lies outside the image.');
      }
      const image = imageOrThrow(id);
      const inspected = await inspect(image);
      const as = library.storedAs();
      const described = await pool.describe(image.file, inspected.hash, box);
      if (!described.ok) throw new KindredError('invalid-input', described.failure.message);
      const { quality, ...vectors } = described.value;
      inspected.faces.push({ box, score: 1, quality: quality.score, vectors: byModel(as, vectors) });
      return toDto(id, inspected);
    },

    async vectors(id, indices) {
      const image = imageOrThrow(id);
      const inspected = await inspect(image);
      const faces = indices.map((index) => {
        const face = inspected.faces[index];
        if (!face) throw new KindredError('not-found', 'There is no such face in the image.');
        return face;
      });
      for (let attempt = 0; attempt < mostAttempts; attempt++) {
        const { model } = grouping.models();
        const vectors = faces.flatMap((face) => face.vectors.get(model) ?? []);
        if (vectors.length === faces.length) return { model, vectors };
        for (const face of faces) if (!face.vectors.has(model)) await embed(image, inspected, face);
        // Where the models that run are not yet those that people are grouped by, they are in a moment.
        if (faces.some((face) => !face.vectors.has(grouping.models().model))) await grouping.settled();
      }
      throw new KindredError(
        'invalid-input',
        'The faces of the library were read with models that do not run here now, so that no other face can be compared with them. Look at Settings, Models.',
      );
    },

    async picture(id) {
      const image = imageOrThrow(id);
      await inspect(image);
      return { path: image.picture, contentType: 'image/jpeg' };
    },

    close,
    async closeAll() {
      await emptied;
      await Promise.allSettled([...images.keys()].map(close));
      await removeFolder();
    },
  };
}

/** What a face is by each of the models that its embeddings are of. */
function byModel(
  { models, parent }: ReturnType<OpenLibrary['storedAs']>,
  { embedding, parentEmbedding }: FaceVectors,
): Map<string, Float32Array> {
  const vectors = new Map(models.map((model) => [model, embedding]));
  if (parent !== undefined && parentEmbedding) vectors.set(parent, parentEmbedding);
  return vectors;
}

async function copyImage(path: string, file: string): Promise<void> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new KindredError('invalid-input', `${path} is not a file.`);
    if (found.size > maxQueryBytes) throw tooLarge();
    await copyFile(path, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new KindredError('not-found', `There is no file ${path}.`);
    if (code === 'EACCES' || code === 'EPERM') {
      throw new KindredError('invalid-input', `Kindred is not allowed to read ${path}.`);
    }
    throw error;
  }
}

function atMost(most: number): (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> {
  return async function* limited(source) {
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > most) throw tooLarge();
      yield chunk;
    }
  };
}

function tooLarge(): KindredError {
  return new KindredError(
    'invalid-input',
    'The image has more than 200 MB, which is more than Kindred searches with.',
    {
      reason: 'too-large',
    },
  );
}
