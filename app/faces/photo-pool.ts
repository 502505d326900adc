import type { RelativeBox } from '../contract/dto.ts';
import type { PhotoFailureKind } from '../contract/errors.ts';
import { createWorkerPool, workerUrl } from '../engine/worker-pool.ts';
import type { RgbImage } from '../library/image.ts';
import type { IndexedPhoto } from '../library/photos.store.ts';
import type { FaceVectors, NewFace } from './faces.store.ts';
import type { ModelChoice } from './models/choice.ts';
import type { FaceQuality } from './quality.ts';

/** What every thread of the pool knows. */
export interface PhotoWorkerData {
  /** Folder of thumbnails, crops, previews and trained networks in the native engine's format. */
  cachePath: string;
  models: ModelChoice;
}

/** What a thread of the pool is asked to do. */
export type PhotoTask =
  | { kind: 'probe' }
  | { kind: 'identify'; path: string }
  | { kind: 'index'; path: string }
  | { kind: 'inspect'; path: string; picture: string }
  | { kind: 'embed-centre'; path: string }
  | { kind: 'central-chip'; path: string; side: number }
  | (KnownPhoto & { kind: 'describe'; box: RelativeBox })
  | (KnownPhoto & { kind: 'reread'; faces: readonly FaceOfBefore[] })
  | { kind: 'embed-picture'; path: string; box: RelativeBox }
  | (KnownPhoto & { kind: 'thumbnail' })
  | (KnownPhoto & { kind: 'preview' })
  | (KnownPhoto & { kind: 'crop'; box: RelativeBox; file: string });

/** A file that held a photo of the library when it was last read, and that is of use only while it still does. */
interface KnownPhoto {
  path: string;
  /** Content hash of the photo. */
  hash: string;
}

/** A photo with everything that a scan keeps of it. Its thumbnail and face crops are in the cache already. */
export interface PhotoWithFaces {
  photo: IndexedPhoto;
  faces: NewFace[];
  /** Version of the embedder. */
  model: string;
  /** Of what a trained head follows, where there is one. */
  parent?: string;
}

/** A picture that is no photo of the library, with its faces. */
export interface InspectedPicture extends Pick<PhotoWithFaces, 'faces' | 'model' | 'parent'> {
  /** Content hash. */
  hash: string;
  /** Oriented pixels. */
  width: number;
  height: number;
}

/** A face that another model found, or that somebody drew. */
export interface FaceOfBefore {
  id: number;
  box: RelativeBox;
  /** May be one of those that are found now. */
  match: boolean;
  /** Must have an embedding even where it is not found now. */
  keep: boolean;
}

/** What another model makes of a photo that is in the library. */
export interface RereadPhoto {
  /** Faces of before, as this model sees them. */
  again: ({ id: number; quality: FaceQuality } & FaceVectors)[];
  /** Faces that were not known. */
  added: NewFace[];
}

/** How fast the thread's models run. */
export interface Probe {
  /** What computes. */
  engine: 'onnxruntime' | 'wasm';
  /** Time of one face's embedding, once warm. */
  milliseconds: number;
}

/** Failures cross threads as data. */
export type PhotoResult<Value> =
  { ok: true; value: Value } | { ok: false; failure: { kind: PhotoFailureKind; message: string } };

/** Threads that read photos and find faces, one photo each at a time. */
export interface PhotoPool {
  readonly threads: number;
  /** Opens the models and embeds one grey square. */
  probe(): Promise<Probe>;
  /** SHA-256 of the file, in hex. */
  identify(path: string): Promise<PhotoResult<string>>;
  index(path: string): Promise<PhotoResult<PhotoWithFaces>>;
  /** Finds the faces of a picture and makes a JPEG of it at `picture`; leaves nothing else in the cache. */
  inspect(path: string, picture: string): Promise<PhotoResult<InspectedPicture>>;
  /** Embedding of the centre crop, for evaluation where no face was found. */
  embedCentre(path: string): Promise<PhotoResult<Float32Array>>;
  /** The central face, upright and centred as dlib's chips are; the photo's middle where no face is found. */
  centralChip(path: string, side: number): Promise<PhotoResult<RgbImage>>;
  /** Embedding of a face in a crop or thumbnail of the cache, for a photo that cannot be reached. */
  embedFromPicture(path: string, box: RelativeBox): Promise<PhotoResult<FaceVectors>>;
  // What follows fails as `vanished` where the file holds anything but the photo with this hash by now.
  /** A face in a box that somebody drew. */
  describe(path: string, hash: string, box: RelativeBox): Promise<PhotoResult<NewFace>>;
  /** Finds the faces of a photo of the library anew, and which of those of before they are. */
  reread(path: string, hash: string, faces: readonly FaceOfBefore[]): Promise<PhotoResult<RereadPhoto>>;
  makeThumbnail(path: string, hash: string): Promise<PhotoResult<undefined>>;
  makePreview(path: string, hash: string): Promise<PhotoResult<undefined>>;
  makeCrop(path: string, hash: string, box: RelativeBox, file: string): Promise<PhotoResult<undefined>>;
  close(): Promise<void>;
}

export function createPhotoPool(data: PhotoWorkerData, threads: number): PhotoPool {
  const pool = createWorkerPool<PhotoTask, PhotoResult<unknown>>(
    workerUrl(import.meta.url, './photo.worker'),
    threads,
    data,
  );
  const run = async <Value>(task: PhotoTask): Promise<PhotoResult<Value>> => {
    try {
      return (await pool.run(task)) as PhotoResult<Value>;
    } catch (error) {
      // The thread died, as when it runs out of memory. The pool starts another; this photo is not worth the whole scan.
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, failure: { kind: 'internal', message: `Kindred broke down over this photo (${reason}).` } };
    }
  };
  return {
    threads: pool.threads,
    async probe() {
      const result = await run<Probe>({ kind: 'probe' });
      if (!result.ok) throw new Error(result.failure.message);
      return result.value;
    },
    identify: (path) => run({ kind: 'identify', path }),
    index: (path) => run({ kind: 'index', path }),
    inspect: (path, picture) => run({ kind: 'inspect', path, picture }),
    describe: (path, hash, box) => run({ kind: 'describe', path, hash, box }),
    reread: (path, hash, faces) => run({ kind: 'reread', path, hash, faces }),
    embedFromPicture: (path, box) => run({ kind: 'embed-picture', path, box }),
    embedCentre: (path) => run({ kind: 'embed-centre', path }),
    centralChip: (path, side) => run({ kind: 'central-chip', path, side }),
    makeThumbnail: (path, hash) => run({ kind: 'thumbnail', path, hash }),
    makePreview: (path, hash) => run({ kind: 'preview', path, hash }),
    makeCrop: (path, hash, box, file) => run({ kind: 'crop', path, hash, box, file }),
    close: () => pool.close(),
  };
}
