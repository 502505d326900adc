import './no-telemetry.ts';
import { extname } from 'node:path';
import pLimit from 'p-limit';
import { Piscina } from 'piscina';

/** Threads that each run one task at a time. */
export interface WorkerPool<Task, Result> {
  readonly threads: number;
  /** Rejects when the task throws, the thread dies, or the pool is closed before it is begun. */
  run(task: Task): Promise<Result>;
  /** Waits for what is under way and drops what is not. */
  close(): Promise<void>;
}

/**
 * Address of a thread entry that lies beside the importing file. Takes that file's own extension, so that it holds both
 * for the TypeScript sources and for the compiled tree.
 *
 * @param importMetaUrl `import.meta.url` of the importing file
 * @param name path of the entry without extension, such as `./index-photo.worker`
 */
export function workerUrl(importMetaUrl: string, name: string): URL {
  return new URL(name + extname(new URL(importMetaUrl).pathname), importMetaUrl);
}

/** @param workerData anything that can be cloned; each thread finds it as `workerData` */
export function createWorkerPool<Task, Result>(
  entry: URL,
  threads: number,
  workerData?: unknown,
): WorkerPool<Task, Result> {
  const piscina = new Piscina<Task, Result>({
    filename: entry.href,
    minThreads: 1,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    idleTimeout: 30_000,
    workerData,
  });
  // A queue of our own: Piscina cannot drop what waits and yet leave what is under way to its end (`close` ends all threads
  // once one of them is done). To end a thread while sharp or ONNX Runtime works for it aborts the whole process: what they
  // found cannot be handed over to a thread that is no more.
  const limit = pLimit({ concurrency: threads, rejectOnClear: true });
  const inHand = new Set<Promise<Result>>();
  let closed = false;

  return {
    threads,
    async run(task) {
      if (closed) throw new Error('The threads have ended.');
      const result = limit(() => piscina.run(task));
      inHand.add(result);
      try {
        return await result;
      } finally {
        inHand.delete(result);
      }
    },
    async close() {
      closed = true;
      limit.clearQueue();
      await Promise.allSettled(inHand);
      await piscina.destroy();
    },
  };
}
