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
  | { kind: 'thumbnail'; path: string; hash: string }
  | { kind: 'preview'; path: string; hash: string }
  | { kind: 'crop'; path: string; box: RelativeBox; file: string };

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
  makeThumbnail(path: string, hash: string): Promise<void>;
  makePreview(path: string, hash: string): Promise<void>;
  makeCrop(path: string, box: RelativeBox, file: string): Promise<void>;
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
  const must = async <Value>(task: PhotoTask): Promise<Value> => {
    const result = await run<Value>(task);
    if (!result.ok) throw new Error(result.failure.message);
    return result.value;
  };
  return {
    threads: pool.threads,
    probe: () => must({ kind: 'probe' }),
    identify: (path) => run({ kind: 'identify', path }),
    index: (path) => run({ kind: 'index', path }),
    embedCentre: (path) => run({ kind: 'embed-centre', path }),
    makeThumbnail: (path, hash) => must({ kind: 'thumbnail', path, hash }),
    makePreview: (path, hash) => must({ kind: 'preview', path, hash }),
    makeCrop: (path, box, file) => must({ kind: 'crop', path, box, file }),
    close: () => pool.close(),
  };
}
