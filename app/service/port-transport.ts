import { toErrorData } from '../contract/errors.ts';
import type { EventListener } from '../contract/events.ts';
import type { RequestMessage, ServerMessage } from '../contract/wire.ts';
import type { Service } from './service-types.ts';

/** One client's connection: what it sends goes into `receive`, what it gets comes out of `send`. */
export interface Connection {
  receive(message: unknown): Promise<void>;
  close(): void;
}

/** Speaks the wire protocol with one client, whatever carries the messages. Malformed messages are dropped. */
export function connect(service: Service, send: (message: ServerMessage) => void): Connection {
  let open = true;
  const deliver = (message: ServerMessage): void => {
    if (open) send(message);
  };
  const forward: EventListener = (event, payload) => deliver({ event, payload } as ServerMessage);
  const unsubscribe = service.subscribe(forward);
  return {
    async receive(message) {
      if (!isRequest(message)) return;
      try {
        const result = await service.handle(message.procedure, message.input);
        deliver({ id: message.id, result: result ?? null });
      } catch (error) {
        deliver({ id: message.id, error: toErrorData(error) });
      }
    },
    close() {
      open = false;
      unsubscribe();
    },
  };
}

function isRequest(message: unknown): message is RequestMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'id' in message &&
    typeof message.id === 'number' &&
    'procedure' in message &&
    typeof message.procedure === 'string'
  );
}

/** The part of a Node, Electron or DOM message port that the service needs. */
export interface ServicePort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start?(): void;
}

/** Serves one MessagePort. Electron wraps what arrives as `{ data }`, Node does not. */
export function servePort(service: Service, port: ServicePort): void {
  const connection = connect(service, (message) => port.postMessage(message));
  port.on('message', (message) => void connection.receive(unwrap(message)));
  port.on('close', () => connection.close());
  port.start?.();
}

function unwrap(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'data' in message ? message.data : message;
}
