import { KindredError } from '../../app/contract/errors.ts';
import type { EventName, Events } from '../../app/contract/events.ts';
import type { Call, InputOf, OutputOf, ProcedureName } from '../../app/contract/procedures.ts';
import type { RequestMessage, ServerMessage } from '../../app/contract/wire.ts';
import type { ConnectionState, OpenTransport } from './transport.ts';

/** The service, as the window sees it. */
export interface Client {
  /** Rejects with a `KindredError`; with kind `disconnected` where the service cannot be reached. */
  call: Call;
  /** @returns a function that ends the subscription */
  on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void;
  /** Called with every new state. @returns a function that ends the subscription */
  onConnection(listener: (state: ConnectionState) => void): () => void;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: KindredError): void;
}

const disconnected = (): KindredError =>
  new KindredError('disconnected', 'Kindred cannot be reached right now. It keeps trying; try again in a moment.');

/**
 * A typed client over any transport. Calls made before the first connection wait for it; calls that a lost connection
 * interrupts, or that are made while it is lost, reject with `disconnected` and are not repeated by themselves.
 */
export function createClient(open: OpenTransport): Client {
  const pending = new Map<number, Pending>();
  const waiting: RequestMessage[] = [];
  const eventListeners = new Map<EventName, Set<(payload: never) => void>>();
  const connectionListeners = new Set<(state: ConnectionState) => void>();
  let state: ConnectionState = 'connecting';
  let lastId = 0;

  const settle = (message: ServerMessage): void => {
    if ('event' in message) {
      for (const listener of eventListeners.get(message.event) ?? [])
        (listener as (payload: unknown) => void)(message.payload);
      return;
    }
    const call = pending.get(message.id);
    pending.delete(message.id);
    if ('error' in message) {
      call?.reject(new KindredError(message.error.kind, message.error.message, message.error.details));
    } else {
      call?.resolve(message.result);
    }
  };

  const changeState = (next: ConnectionState): void => {
    state = next;
    if (next === 'open') {
      for (const message of waiting.splice(0)) transport.send(message);
    } else if (next === 'lost') {
      waiting.length = 0;
      for (const call of pending.values()) call.reject(disconnected());
      pending.clear();
    }
    for (const listener of connectionListeners) listener(next);
  };

  const transport = open({
    message: settle,
    // A transport may report its state while it is still being opened.
    state: (next) => queueMicrotask(() => changeState(next)),
  });

  const call = <Name extends ProcedureName>(procedure: Name, input?: InputOf<Name>): Promise<OutputOf<Name>> =>
    new Promise<OutputOf<Name>>((resolve, reject) => {
      if (state === 'lost') {
        reject(disconnected());
        return;
      }
      const id = ++lastId;
      const message: RequestMessage = input === undefined ? { id, procedure } : { id, procedure, input };
      pending.set(id, { resolve: (result) => resolve(result as OutputOf<Name>), reject });
      if (state === 'open') transport.send(message);
      else waiting.push(message);
    });

  return {
    call,
    on: (name, listener) => {
      const listeners = eventListeners.get(name) ?? new Set();
      eventListeners.set(name, listeners.add(listener));
      return () => listeners.delete(listener);
    },
    onConnection: (listener) => {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
  };
}
