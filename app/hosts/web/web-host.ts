import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import send from 'send';
import { WebSocketServer } from 'ws';
import { KindredError } from '../../contract/errors.ts';
import { maxQueryBytes, queryPath } from '../../contract/wire.ts';
import { connect } from '../../service/port-transport.ts';
import type { Service } from '../../service/service-types.ts';
import { receiveQuery, refuseTooLarge } from '../receive-query.ts';

export interface WebHost {
  /** Address to open, with this run's token in it. */
  url: string;
  close(): Promise<void>;
}

export interface WebHostOptions {
  /** Folder of the built renderer. */
  rendererPath: string;
  /** 0 takes any free port. */
  port: number;
}

const cookieName = 'kindred-token';

const securityHeaders: Record<string, string> = {
  'Content-Security-Policy':
    "default-src 'self'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * Serves the window to a browser on this computer: the renderer's files, pictures, and the contract over a WebSocket.
 *
 * Binds 127.0.0.1 only. The first request must carry the run's token in the address; it becomes a cookie that every
 * other request must carry. `Host` and `Origin` are checked, so that another page in the same browser, or a name that
 * resolves to 127.0.0.1, cannot reach the photos.
 *
 * @throws KindredError `invalid-input` where the port cannot be had
 */
export async function startWebHost(service: Service, options: WebHostOptions): Promise<WebHost> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => fail(response, error));
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 20 });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      reject(
        taken
          ? new KindredError('invalid-input', `Port ${options.port} is taken or not allowed; choose another.`)
          : error,
      );
    });
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const port = (server.address() as AddressInfo).port;
  // A cookie is shared by all ports of a host: the port in its name keeps two running libraries apart.
  const cookie = `${cookieName}-${port}`;
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);

  const hasToken = (request: IncomingMessage): boolean => same(readCookie(request, cookie), token);

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (!hosts.has(request.headers.host ?? '')) return refuse(response, 421, 'Unknown host.');
    const isUpload = request.method === 'POST' && request.url === queryPath;
    if (request.method !== 'GET' && request.method !== 'HEAD' && !isUpload) {
      return refuse(response, 405, 'Method not allowed.');
    }
    const url = URL.parse(request.url ?? '/', `http://${request.headers.host}`);
    // `//name/…` is a path to whoever asks, and another host to the parser.
    if (url === null || url.host !== request.headers.host) return refuse(response, 400, 'This is not an address here.');
    const given = url.searchParams.get('token');
    if (given !== null && same(given, token)) {
      response.setHeader('Set-Cookie', `${cookie}=${token}; HttpOnly; SameSite=Strict; Path=/`);
      response.writeHead(303, { Location: url.pathname });
      response.end();
      return;
    }
    if (!hasToken(request)) {
      return refuse(response, 403, 'Please open the address that Kindred printed when it started.');
    }
    if (isUpload) return receiveImage(request, response);
    if (url.pathname.startsWith('/media/')) {
      const file = await service.media(url.pathname);
      response.setHeader('Content-Type', file.contentType);
      // Ids belong to one library, and another may be served at this address tomorrow: always ask, by ETag.
      response.setHeader('Cache-Control', 'private, no-cache');
      stream(
        request,
        response,
        send(request, encodeURIComponent(file.path), { dotfiles: 'allow', cacheControl: false }),
      );
      return;
    }
    // Built assets carry a hash in their name; the page itself must always be the newest.
    const immutable = url.pathname.startsWith('/assets/');
    response.setHeader('Cache-Control', immutable ? 'private, max-age=31536000, immutable' : 'private, no-cache');
    stream(request, response, send(request, url.pathname, { root: options.rendererPath, cacheControl: false }));
  }

  async function receiveImage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A form of another page could send one here with the cookie of this.
    if (request.headers.origin !== `http://${request.headers.host}`) return refuse(response, 403, 'Unknown origin.');
    const isTooLarge = Number(request.headers['content-length'] ?? 0) > maxQueryBytes;
    // Whoever still sends must be able to hear the answer.
    const { status, answer } = isTooLarge
      ? refuseTooLarge()
      : await receiveQuery(service, request.iterator({ destroyOnReturn: false }));
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify(answer));
    request.resume();
  }

  server.on('upgrade', (request, socket, head) => {
    // Node lets go of the socket here: without a listener, whoever hangs up now would end the whole program.
    socket.on('error', () => socket.destroy());
    const origin = request.headers.origin ?? '';
    const allowed =
      request.url === '/socket' &&
      hosts.has(request.headers.host ?? '') &&
      origin === `http://${request.headers.host ?? ''}` &&
      hasToken(request);
    if (!allowed) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = connect(service, (message) => webSocket.send(JSON.stringify(message)));
      webSocket.on('message', (data) => {
        const message = parseJson(data);
        if (message !== undefined) void connection.receive(message);
      });
      webSocket.on('close', () => connection.close());
      webSocket.on('error', () => webSocket.terminate());
    });
  });

  return {
    url: `http://127.0.0.1:${port}/?token=${token}`,
    async close() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function stream(request: IncomingMessage, response: ServerResponse, file: send.SendStream): void {
  file.on('error', (error: NodeJS.ErrnoException & { status?: number }) => {
    refuse(response, error.status ?? 500, error.status === 404 ? 'Not found.' : 'This file cannot be read.');
  });
  file.on('directory', () => refuse(response, 404, 'Not found.'));
  request.on('aborted', () => response.destroy());
  file.pipe(response);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(message);
}

function fail(response: ServerResponse, error: unknown): void {
  const known = error instanceof KindredError && error.kind === 'not-found';
  refuse(response, known ? 404 : 500, known ? error.message : 'Something went wrong inside Kindred.');
}

function same(given: string, token: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

function readCookie(request: IncomingMessage, name: string): string {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    if (key === name) return value ?? '';
  }
  return '';
}

function parseJson(data: unknown): unknown {
  try {
    return JSON.parse(String(data)) as unknown;
  } catch {
    return undefined;
  }
}
