import type { Backend } from '../../engine/backend.ts';
import { workerUrl } from '../../engine/worker-pool.ts';
import { startWorkerProcess } from '../../engine/worker-process.ts';

/** What trains here, and how fast. */
export interface TrainingProbe {
  backend: Backend;
  /** Null where it did not end in time. */
  speed: {
    /** Of the batch of a training step. */
    faces: number;
    /** A step of fine-tuning the last block of the recognition network. */
    stepMs: number;
    /** One face through the recognition network, in a batch. */
    embeddingMs: number;
  } | null;
}

/** What the process tells. */
export type ProbeMessage =
  | { type: 'chosen'; backend: Backend }
  | { type: 'measured'; speed: NonNullable<TrainingProbe['speed']> }
  | { type: 'failed'; message: string };

/**
 * Chooses a training backend, as training would, and has it train a little: in a process of its own, so that a driver that
 * hangs or crashes does no harm.
 *
 * @param longest milliseconds
 * @throws Error where none starts, or does in time
 */
export async function probeTraining(longest: number): Promise<TrainingProbe> {
  const ended = Promise.withResolvers<TrainingProbe['speed']>();
  let backend: Backend | undefined;
  const child = startWorkerProcess<ProbeMessage>(workerUrl(import.meta.url, './probe.worker'), {
    onMessage(message) {
      if (message.type === 'chosen') backend = message.backend;
      else if (message.type === 'measured') ended.resolve(message.speed);
      else ended.reject(new Error(message.message));
    },
    onEnd: ended.reject,
  });
  const timer = setTimeout(() => {
    if (backend) ended.resolve(null);
    else ended.reject(new Error(`Nothing started within ${longest / 1000} seconds.`));
  }, longest);
  try {
    const speed = await ended.promise;
    return { backend: backend!, speed };
  } finally {
    clearTimeout(timer);
    child.stop();
  }
}
