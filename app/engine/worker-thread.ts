import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** A thread with work of its own, that tells how it goes. */
export interface WorkerThread<Command> {
  send(command: Command): void;
  /** Asks it to end, and ends it where it does not in time. */
  stop(): Promise<void>;
}

/** What a thread is told when it is to end. */
export const endCommand = 'end';
/**
 * Milliseconds that it may take to. A thread that is ended by force while a graphics card works for it takes the whole process along
 * (Dawn aborts where somebody still waits for a buffer).
 */
const longestEnd = 10_000;

/**
 * Starts a thread.
 *
 * @param entry see `workerUrl`
 * @param workerData anything that can be cloned
 * @param onMessage what it tells
 * @param onDeath called where it ends with an error that it did not tell, as when memory runs out
 */
export function startWorkerThread<Command, Message>(
  entry: URL,
  workerData: unknown,
  { onMessage, onDeath }: { onMessage: (message: Message) => void; onDeath: (error: Error) => void },
): WorkerThread<Command> {
  const worker = new Worker(entry, { workerData });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.on('message', onMessage);
  worker.on('error', onDeath);
  return {
    send: (command) => worker.postMessage(command),
    async stop() {
      worker.off('message', onMessage);
      worker.off('error', onDeath);
      // Whatever it fails with from now on.
      worker.on('error', () => undefined);
      worker.postMessage(endCommand);
      const waiting = new AbortController();
      await Promise.race([ended, delay(longestEnd, undefined, { signal: waiting.signal }).catch(() => undefined)]);
      waiting.abort();
      await worker.terminate();
    },
  };
}
