import { join } from 'node:path';
import { workerData } from 'piscina';
import { limitSharp, openPhoto } from '../library/decode.ts';
import type { DecodedPhoto, RgbImage } from '../library/image.ts';
import { readMetadata } from '../library/metadata.ts';
import { PhotoError } from '../library/photo-error.ts';
import { readPhotoFile, type PhotoFile } from '../library/read-photo.ts';
import { makeSketch } from '../library/sketch.ts';
import { cropPath, writeCacheFile, writePreview, writeQueryPicture, writeThumbnail } from '../library/thumbnails.ts';
import { cutCrop } from './crop.ts';
import type { FaceVectors } from './faces.store.ts';
import { createFaceAnalyzer, type FaceAnalyzer } from './face-analyzer.ts';
import { matchBoxes } from './matching.ts';
import { parentOf, pipelineOf } from './models/choice.ts';
import type {
  FaceOfBefore,
  InspectedPicture,
  PhotoResult,
  PhotoTask,
  PhotoWithFaces,
  PhotoWorkerData,
  Probe,
  RereadPhoto,
} from './photo-pool.ts';
import { PhotoViews } from './views.ts';

const { cachePath, models } = workerData as PhotoWorkerData;

limitSharp();

/** Opening the models takes a while: only where faces are asked for, and once a thread. */
let analyzer: Promise<FaceAnalyzer> | undefined;

export default async function run(task: PhotoTask): Promise<PhotoResult<unknown>> {
  try {
    return { ok: true, value: await perform(task) };
  } catch (error) {
    if (error instanceof PhotoError) return { ok: false, failure: { kind: error.kind, message: error.message } };
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, failure: { kind: 'internal', message: `Kindred could not work on this photo (${message}).` } };
  }
}

async function perform(task: PhotoTask): Promise<unknown> {
  if (task.kind === 'probe') return probe();
  const file = await readPhotoFile(task.path);
  if (task.kind === 'identify') return file.hash;
  if ('hash' in task && task.hash !== file.hash) {
    throw new PhotoError('vanished', 'The file holds another picture by now; scan its folder again.');
  }
  const photo = decodedOnce(await openPhoto(file.bytes));
  switch (task.kind) {
    case 'index':
      return index(photo, file);
    case 'inspect':
      return inspect(photo, file, task.picture);
    case 'describe': {
      const { crop: _, ...face } = await (await startAnalyzer()).describe(photo, task.box);
      return face;
    }
    case 'reread':
      return reread(await startAnalyzer(), photo, task.faces);
    case 'embed-picture':
      return vectorsOf(await (await startAnalyzer()).describe(photo, task.box));
    case 'embed-centre':
      return (await startAnalyzer()).embedCentre(photo);
    case 'central-chip':
      return (await startAnalyzer()).centralChip(photo, task.side);
    case 'thumbnail':
      await writeThumbnail(cachePath, task.hash, photo);
      return;
    case 'preview':
      return writePreview(cachePath, task.hash, photo);
    case 'crop':
      return writeCacheFile(task.file, await cutCrop(photo, task.box));
  }
}

async function index(photo: DecodedPhoto, file: PhotoFile): Promise<PhotoWithFaces> {
  const { bytes, hash, mtimeMs } = file;
  const faces = await (await startAnalyzer()).analyze(photo);
  const thumbnail = await writeThumbnail(cachePath, hash, photo);
  for (const [ordinal, { crop }] of faces.entries()) await writeCacheFile(cropPath(cachePath, hash, ordinal), crop);
  const { format, width, height } = photo;
  return {
    photo: {
      hash,
      bytes: bytes.length,
      mtimeMs,
      format,
      width,
      height,
      ...readMetadata(bytes),
      sketch: makeSketch(thumbnail),
      pipeline: pipelineOf(models),
    },
    faces: faces.map(({ crop: _, ...face }) => face),
    ...modelNames(),
  };
}

async function inspect(photo: DecodedPhoto, { hash }: PhotoFile, picture: string): Promise<InspectedPicture> {
  const faces = await (await startAnalyzer()).analyze(photo);
  await writeQueryPicture(picture, photo);
  const { width, height } = photo;
  return { hash, width, height, faces: faces.map(({ crop: _, ...face }) => face), ...modelNames() };
}

/** Whose the embeddings are. */
function modelNames(): Pick<PhotoWithFaces, 'model' | 'parent'> {
  const parent = parentOf(models);
  return { model: pipelineOf(models), ...(parent && { parent: pipelineOf(parent) }) };
}

async function reread(
  { analyze, describe }: FaceAnalyzer,
  photo: DecodedPhoto,
  faces: readonly FaceOfBefore[],
): Promise<RereadPhoto> {
  const found = await analyze(photo);
  const candidates = faces.filter(({ match }) => match);
  const places = matchBoxes(
    found.map(({ box }) => box),
    candidates.map(({ box }) => box),
  );
  const result: RereadPhoto = { again: [], added: [] };
  for (const [i, { crop: _, ...face }] of found.entries()) {
    const before = candidates[places[i]!];
    if (before) result.again.push({ id: before.id, quality: face.quality, ...vectorsOf(face) });
    else result.added.push(face);
  }
  const foundAgain = new Set(result.again.map(({ id }) => id));
  for (const { id, box, keep } of faces) {
    if (!keep || foundAgain.has(id)) continue;
    const face = await describe(photo, box);
    result.again.push({ id, quality: face.quality, ...vectorsOf(face) });
  }
  return result;
}

function vectorsOf({ embedding, features, parentEmbedding }: FaceVectors): FaceVectors {
  return { embedding, ...(features && { features }), ...(parentEmbedding && { parentEmbedding }) };
}

/** The thumbnail can then be made from what the detector saw, without decoding the photo again. */
function decodedOnce(photo: DecodedPhoto): DecodedPhoto {
  const views = new PhotoViews(photo);
  return { ...photo, render: (maxSide) => views.exactly(maxSide) };
}

function startAnalyzer(): Promise<FaceAnalyzer> {
  analyzer ??= createFaceAnalyzer(models, join(cachePath, 'models'));
  return analyzer;
}

async function probe(): Promise<Probe> {
  const { engine, embedCentre } = await startAnalyzer();
  const image: RgbImage = { data: new Uint8Array(256 * 256 * 3).fill(128), width: 256, height: 256 };
  const photo: DecodedPhoto = { format: 'jpeg', width: 256, height: 256, render: () => Promise.resolve(image) };
  await embedCentre(photo);
  const started = performance.now();
  await embedCentre(photo);
  return { engine, milliseconds: performance.now() - started };
}
