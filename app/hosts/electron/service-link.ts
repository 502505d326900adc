import { KindredError, type ErrorData } from '../../contract/errors.ts';
import type { MediaFile } from '../../service/service-types.ts';
import type { FromService, ToService } from './service-messages.ts';

/** The part of Electron's `UtilityProcess` that {@link createServiceLink} needs. */
export interface ServiceChild<Port> {
  postMessage(message: ToService, ports?: Port[]): void;
  kill(): boolean;
  on(event: 'message', listener: (message: FromService) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
}

export interface ServiceLinkOptions<Port> {
  fork(): ServiceChild<Port>;
  /** The service answers again after a crash: pages need a new port. */
  onRestarted(): void;
  /** The service is gone for good. */
  onFailed(error: ErrorData): void;
  /** How long `close` waits, in milliseconds, before it ends the process by force. */
  closeTimeout?: number;
}

/** The main process's side of the service process. */
export interface ServiceLink<Port> {
  /** Joins a page to the service. Before the service is ready the port waits in its queue. */
  connectPage(port: Port): void;
  /** Adds a folder to the library and scans it. */
  addFolder(path: string): void;
  /** Asks for the file of a `/media/...` path. Rejects with a `KindredError`. */
  media(path: string): Promise<MediaFile>;
  /** Hands an image over to search with, of which the service takes a copy; resolves with its id. Rejects with a `KindredError`. */
  receiveImage(path: string): Promise<string>;
  /** Ends the service in order, so that no work is lost; by force when it does not answer. */
  close(): Promise<void>;
}

/** What the question asked for, and nothing else. */
interface Answer {
  file?: MediaFile;
  image?: string;
}

/** After so many crashes in one run something is wrong that another start does not mend. */
const mostRestarts = 3;

/** Starts the service process, starts it again when it crashes, and matches answers with questions. */
export function createServiceLink<Port>(options: ServiceLinkOptions<Port>): ServiceLink<Port> {
  const questions = new Map<number, { resolve(answer: Answer): void; reject(error: KindredError): void }>();
  let lastId = 0;
  let restarts = 0;
  let ended = false;
  let whenClosed: (() => void) | undefined;
  let child = start();

  function start(): ServiceChild<Port> {
    const started = options.fork();
    started.on('message', receive);
    started.on('exit', exited);
    return started;
  }

  function receive(message: FromService): void {
    switch (message.type) {
      case 'ready':
        if (restarts > 0) options.onRestarted();
        break;
      case 'failed':
        fail(message.error);
        child.kill();
        break;
      case 'media':
      case 'image': {
        const question = questions.get(message.id);
        questions.delete(message.id);
        if ('error' in message) {
          question?.reject(new KindredError(message.error.kind, message.error.message, message.error.details));
        } else question?.resolve('file' in message ? { file: message.file } : { image: message.image });
      }
    }
  }

  function exited(code: number): void {
    for (const question of questions.values()) question.reject(disconnected());
    questions.clear();
    whenClosed?.();
    if (ended) return;
    restarts += 1;
    if (restarts <= mostRestarts) child = start();
    else fail({ kind: 'internal', message: `Kindred's service keeps stopping (exit code ${code}).` });
  }

  function fail(error: ErrorData): void {
    if (ended) return;
    ended = true;
    options.onFailed(error);
  }

  function ask(question: { type: 'media' | 'image'; path: string }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (ended) {
        reject(disconnected());
        return;
      }
      const id = ++lastId;
      questions.set(id, { resolve, reject });
      child.postMessage({ ...question, id });
    });
  }

  return {
    connectPage: (port) => child.postMessage({ type: 'page' }, [port]),
    addFolder: (path) => child.postMessage({ type: 'add-folder', path }),
    media: async (path) => {
      const { file } = await ask({ type: 'media', path });
      if (!file) throw disconnected();
      return file;
    },
    receiveImage: async (path) => {
      const { image } = await ask({ type: 'image', path });
      if (image === undefined) throw disconnected();
      return image;
    },
    close: () => {
      if (ended) return Promise.resolve();
      ended = true;
      return new Promise((resolve) => {
        const timer = setTimeout(() => child.kill(), options.closeTimeout ?? 10_000);
        whenClosed = () => {
          clearTimeout(timer);
          resolve();
        };
        child.postMessage({ type: 'close' });
      });
    },
  };
}

function disconnected(): KindredError {
  return new KindredError('disconnected', 'Kindred is starting again; try once more in a moment.');
}
