import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { WebSocket } from 'ws';
import { maxQueryBytes, mediaPaths, type ReceivedImage } from '../../../app/contract/wire.ts';
import { startWebHost, type WebHost } from '../../../app/hosts/web/web-host.ts';
import { openService } from '../../../app/service/service.ts';
import type { Service } from '../../../app/service/service-types.ts';
import { samplePhotos } from '../../support/sample-album.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { cookieOf } from '../../support/transports.ts';

let folder: string;
let service: Service;
let host: WebHost;
let url: URL;
let cookie: string;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  await mkdir(join(folder, 'renderer', 'assets'), { recursive: true });
  await writeFile(join(folder, 'renderer', 'index.html'), '<h1>Kindred</h1>');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  service = await openService({ libraryPath: join(folder, 'library'), host: 'web' });
  host = await startWebHost(service, { rendererPath: join(folder, 'renderer'), port: 0 });
  url = new URL(host.url);
  cookie = await cookieOf(host.url);
});

afterAll(async () => {
  await host.close();
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

/** Raw paths and headers, which fetch would tidy up. */
function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: url.port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    call.on('error', reject);
    call.end();
  });
}

function socketOpens(headers: Record<string, string>, path = '/socket'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://${url.host}${path}`, { headers });
    socket.on('open', () => {
      socket.close();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

describe('the web host', () => {
  it('serves the page to whoever came with the token', async () => {
    const page = await get('/', { cookie });
    expect(page.status).toBe(200);
    expect(page.body).toContain('Kindred');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
  });

  it('refuses requests without the token, with a wrong one, and other methods', async () => {
    expect((await get('/')).status).toBe(403);
    expect((await get('/?token=wrong')).status).toBe(403);
    expect((await get('/media/thumbnail/1')).status).toBe(403);
    expect((await get('/', { cookie: cookie.slice(0, -2) })).status).toBe(403);
    expect((await get('/', { cookie }, 'POST')).status).toBe(405);
  });

  it('refuses another host name, as after DNS rebinding', async () => {
    expect((await get('/', { cookie, host: 'evil.example' })).status).toBe(421);
    expect((await get('/', { cookie, host: `evil.example:${url.port}` })).status).toBe(421);
  });

  it.each(['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%5c..%5csecret.txt', '//etc/passwd'])(
    'never leaves its folder: %s',
    async (path) => {
      const answer = await get(path, { cookie });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.body).not.toContain('secret');
    },
  );

  it.each(['//', '//evil.example/', '//[', '/\\evil.example'])('refuses an address that is none: %s', async (path) => {
    expect((await get(path, { cookie })).status).toBe(400);
  });

  it('says so when its port is taken', async () => {
    const options = { rendererPath: join(folder, 'renderer'), port: Number(url.port) };
    await expect(startWebHost(service, options)).rejects.toMatchObject({
      kind: 'invalid-input',
      message: expect.stringContaining(url.port),
    });
  });

  it('answers unknown pictures and files with 404', async () => {
    for (const path of ['/media/thumbnail/1', '/media/face/99', '/media/photo/x', '/media/', '/assets/none.js']) {
      expect((await get(path, { cookie })).status).toBe(404);
    }
  });

  it('takes an image to search with from its own page only', async () => {
    const post = (body: Uint8Array<ArrayBuffer> | string, headers: Record<string, string> = {}) =>
      fetch(`${url.origin}/media/query`, { method: 'POST', body, headers: { cookie, origin: url.origin, ...headers } });
    const taken = await post(new Uint8Array(await readFile(samplePhotos[0]!)));
    expect(taken.status).toBe(200);
    const { image } = (await taken.json()) as ReceivedImage;
    const { faces } = await service.call('search.image', { image });
    expect(faces.length).toBeGreaterThan(0);
    const picture = await fetch(`${url.origin}${mediaPaths.query(image)}`, { headers: { cookie } });
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect((await sharp(await picture.arrayBuffer()).metadata()).format).toBe('jpeg');
    expect((await post('x', { origin: 'http://evil.example' })).status).toBe(403);
    expect((await post('x', { cookie: '' })).status).toBe(403);
    expect((await get('/media/query', { cookie }, 'POST')).status).toBe(403);
    expect((await get('/media/query/x', { cookie, origin: url.origin }, 'POST')).status).toBe(405);
    const empty = await post('');
    expect(empty.status).toBe(400);
    expect(await empty.json()).toMatchObject({ kind: 'invalid-input', message: 'The file is empty.' });
  });

  it('refuses an image that is too large, announced or not, and goes on', async () => {
    const headers = { cookie, origin: url.origin };
    const queries = join(folder, 'library', 'cache', 'queries');
    // Nothing of what is announced follows, so that nobody else may be answered on this connection.
    const alone = { ...headers, connection: 'close', 'content-length': String(maxQueryBytes + 1) };
    const announced = await get('/media/query', alone, 'POST');
    expect(announced.status).toBe(413);
    const chunk = new Uint8Array(1024 * 1024);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (sent++ > 201 ? controller.close() : controller.enqueue(chunk)),
    });
    // What Node asks for where a body streams is not among the types yet.
    const streaming: RequestInit & { duplex: 'half' } = { method: 'POST', body, headers, duplex: 'half' };
    const streamed = await fetch(`${url.origin}/media/query`, streaming);
    expect(streamed.status).toBe(413);
    const sizes = await Promise.all(
      (await readdir(queries)).map(async (name) => (await stat(join(queries, name))).size),
    );
    expect(Math.max(...sizes)).toBeLessThan(chunk.length * 10);
    expect((await get('/', { cookie })).status).toBe(200);
  });

  it('opens a socket for its own page only', async () => {
    const own = { cookie, origin: url.origin };
    expect(await socketOpens(own)).toBe(true);
    expect(await socketOpens({ ...own, origin: 'http://evil.example' })).toBe(false);
    expect(await socketOpens({ origin: url.origin })).toBe(false);
    expect(await socketOpens({ cookie })).toBe(false);
    expect(await socketOpens(own, '/other')).toBe(false);
  });

  it('survives whoever asks for a socket and hangs up', async () => {
    const crashes: unknown[] = [];
    const onCrash = (error: unknown): void => void crashes.push(error);
    process.on('uncaughtException', onCrash);
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => {
        const socket = connect(Number(url.port), '127.0.0.1', () => {
          socket.write(
            `GET /socket HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
          );
          setTimeout(() => socket.resetAndDestroy(), i % 4);
        });
        socket.on('error', () => undefined).on('close', resolve);
      });
    }
    expect((await get('/', { cookie })).status).toBe(200);
    process.off('uncaughtException', onCrash);
    expect(crashes).toEqual([]);
  });

  it('survives nonsense on the socket', async () => {
    const socket = new WebSocket(`ws://${url.host}/socket`, { headers: { cookie, origin: url.origin } });
    await new Promise((resolve) => socket.once('open', resolve));
    for (const text of ['', 'nonsense', '[]', 'null', '{"id":"x"}', '{"id":1}']) socket.send(text);
    socket.send(JSON.stringify({ id: 2, procedure: 'app.info' }));
    const answer = await new Promise<unknown>((resolve) => {
      socket.on('message', (data) => {
        const message = JSON.parse((data as Buffer).toString()) as { id?: number };
        // Events come in between.
        if (message.id === 2) resolve(message);
      });
    });
    expect(answer).toMatchObject({ result: { host: 'web' } });
    socket.close();
  });
});
