import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process with one thing to do, that tells how it goes. */
export interface WorkerProcess {
  /** Kills it. */
  stop(): void;
}

/**
 * Starts a process, where a thread will not do: one that is ended while a graphics card works for it takes the whole process along.
 * What its drivers print is dropped.
 *
 * @param entry see `workerUrl`; it tells with `process.send`
 * @param onEnd called where it ends by itself
 */
export function startWorkerProcess<Message>(
  entry: URL,
  { onMessage, onEnd }: { onMessage: (message: Message) => void; onEnd: (error: Error) => void },
): WorkerProcess {
  const child = fork(fileURLToPath(entry), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' });
  child.on('message', (message) => onMessage(message as Message));
  child.on('error', onEnd);
  child.on('exit', (code, signal) => onEnd(new Error(`The process ended (${signal ?? code}).`)));
  return {
    stop() {
      child.removeAllListeners();
      child.kill('SIGKILL');
    },
  };
}
