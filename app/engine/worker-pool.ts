import './no-telemetry.ts';
import { extname } from 'node:path';
import { Piscina } from 'piscina';

/** Threads that each run one task at a time. */
export interface WorkerPool<Task, Result> {
  readonly threads: number;
  /** Rejects when the task throws, the thread dies, or `signal` aborts (which ends a running task's thread). */
  run(task: Task, signal?: AbortSignal): Promise<Result>;
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
  return {
    threads,
    run: (task, signal) => piscina.run(task, signal ? { signal } : {}),
    close: () => piscina.destroy(),
  };
}
