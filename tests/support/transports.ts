import { MessageChannel } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { KindredError, type ErrorData } from '../../app/contract/errors.ts';
import type { ServerMessage } from '../../app/contract/wire.ts';
import { startWebHost } from '../../app/hosts/web/web-host.ts';
import { servePort } from '../../app/service/port-transport.ts';
import type { Service } from '../../app/service/service-types.ts';

/** A client as a test needs it: procedures by name, with whatever input, and the names of the events that came. */
export interface TestClient {
  call(procedure: string, input?: unknown): Promise<unknown>;
  events: string[];
  close(): Promise<void>;
}

/** Straight into the service. */
export function connectInProcess(service: Service): Promise<TestClient> {
  const events: string[] = [];
  const unsubscribe = service.subscribe((name) => events.push(name));
  return Promise.resolve({
    call: (procedure, input) => service.handle(procedure, input),
    events,
    close() {
      unsubscribe();
      return Promise.resolve();
    },
  });
}

/** As Electron's window: structured clones over a MessagePort. */
export function connectByMessagePort(service: Service): Promise<TestClient> {
  const { port1, port2 } = new MessageChannel();
  servePort(service, port1);
  const client = correlate((message) => port2.postMessage(message));
  port2.on('message', (message: ServerMessage) => client.receive(message));
  return Promise.resolve({ ...client, close: () => Promise.resolve(port2.close()) });
}

/** As a browser: JSON over a WebSocket of the web host. */
export async function connectByWebSocket(service: Service): Promise<TestClient> {
  const host = await startWebHost(service, { rendererPath: import.meta.dirname, port: 0 });
  const url = new URL(host.url);
  const cookie = await cookieOf(host.url);
  const socket = new WebSocket(`ws://${url.host}/socket`, { headers: { cookie, origin: url.origin } });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const client = correlate((message) => socket.send(JSON.stringify(message)));
  socket.on('message', (data) => client.receive(JSON.parse(String(data)) as ServerMessage));
  return {
    ...client,
    async close() {
      socket.close();
      await host.close();
    },
  };
}

/** Exchanges the address with the token for the cookie, as a browser does. */
export async function cookieOf(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' });
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

function correlate(
  send: (message: unknown) => void,
): Omit<TestClient, 'close'> & { receive(message: ServerMessage): void } {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const events: string[] = [];
  let nextId = 1;
  return {
    events,
    call: (procedure, input) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        send({ id, procedure, input });
      }),
    receive(message) {
      if ('event' in message) {
        events.push(message.event);
        return;
      }
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if ('error' in message) call?.reject(rebuild(message.error));
      else call?.resolve(message.result);
    },
  };
}

function rebuild({ kind, message, details }: ErrorData): KindredError {
  return new KindredError(kind, message, details);
}
