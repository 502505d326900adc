import type { RelativeBox } from '../contract/dto.ts';
import type { PhotoFailureKind } from '../contract/errors.ts';
import { createWorkerPool, workerUrl } from '../engine/worker-pool.ts';
import type { IndexedPhoto } from '../library/photos.store.ts';
import type { NewFace } from './faces.store.ts';

/** What a thread of the pool is asked to do. */
export type PhotoTask =
  | { kind: 'probe' }
  | { kind: 'identify'; path: string }
  | { kind: 'index'; path: string }
  | { kind: 'embed-centre'; path: string }
  | (KnownPhoto & { kind: 'describe'; box: RelativeBox })
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
}

/** How fast the thread's models run. */
export interface Probe {
  /** TensorFlow.js backend. */
  backend: string;
  /** Time of one face's embedding, once warm. */
  milliseconds: number;
}

/** Failures cross threads as data. */
export type PhotoResult<Value> =
  { ok: true; value: Value } | { ok: false; failure: { kind: PhotoFailureKind; message: string } };

/** Threads that read photos and find faces, one photo each at a time. */
export interface PhotoPool {
  readonly threads: number;
  /** Starts the backend and embeds one grey square. */
  probe(): Promise<Probe>;
  /** SHA-256 of the file, in hex. */
  identify(path: string): Promise<PhotoResult<string>>;
  index(path: string): Promise<PhotoResult<PhotoWithFaces>>;
  /** Embedding of the centre crop, for evaluation where no face was found. */
  embedCentre(path: string): Promise<PhotoResult<Float32Array>>;
  // What follows fails as `vanished` where the file holds anything but the photo with this hash by now.
  /** A face in a box that somebody drew. */
  describe(path: string, hash: string, box: RelativeBox): Promise<PhotoResult<NewFace>>;
  makeThumbnail(path: string, hash: string): Promise<PhotoResult<undefined>>;
  makePreview(path: string, hash: string): Promise<PhotoResult<undefined>>;
  makeCrop(path: string, hash: string, box: RelativeBox, file: string): Promise<PhotoResult<undefined>>;
  close(): Promise<void>;
}

/** @param cachePath folder of thumbnails, crops and previews */
export function createPhotoPool(cachePath: string, threads: number): PhotoPool {
  const pool = createWorkerPool<PhotoTask, PhotoResult<unknown>>(
    workerUrl(import.meta.url, './photo.worker'),
    threads,
    cachePath,
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
    describe: (path, hash, box) => run({ kind: 'describe', path, hash, box }),
    embedCentre: (path) => run({ kind: 'embed-centre', path }),
    makeThumbnail: (path, hash) => run({ kind: 'thumbnail', path, hash }),
    makePreview: (path, hash) => run({ kind: 'preview', path, hash }),
    makeCrop: (path, hash, box, file) => run({ kind: 'crop', path, hash, box, file }),
    close: () => pool.close(),
  };
}
