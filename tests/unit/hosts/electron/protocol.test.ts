import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KindredError } from '../../../../app/contract/errors.ts';
import { contentSecurityPolicy } from '../../../../app/hosts/electron/page.ts';
import { createProtocolHandler, rendererFile } from '../../../../app/hosts/electron/protocol.ts';

describe('rendererFile', () => {
  const root = join(tmpdir(), 'renderer');

  it('maps the root to the page, and a path to its file', () => {
    expect(rendererFile(root, '/')).toBe(join(root, 'index.html'));
    expect(rendererFile(root, '/assets/index-1a2b.js')).toBe(join(root, 'assets', 'index-1a2b.js'));
    expect(rendererFile(root, '/a%20b.svg')).toBe(join(root, 'a b.svg'));
  });

  it.each([
    '/../secret',
    '/assets/../../secret',
    '/%2e%2e/secret',
    '/%2e%2e%2fsecret',
    '/..%2f..%2f..%2fetc/passwd',
    '/..%5csecret',
    '/..\\secret',
    '/C:/Windows/win.ini',
    '/index.html%00.js',
    '/%E0%A4%A',
    '/..',
  ])('refuses %s', (path) => {
    expect(rendererFile(root, path)).toBeNull();
  });

  it('never leaves the folder, nor enters one whose name only begins alike', () => {
    expect(rendererFile(root, '/../renderer-other/file')).toBeNull();
    expect(rendererFile(root, '//etc/passwd')).toBe(join(root, 'etc', 'passwd'));
  });
});

describe('createProtocolHandler', () => {
  let folder: string;
  const media = vi.fn((path: string) =>
    path === '/media/photo/7'
      ? Promise.resolve({ path: join(folder, 'it’s #1?.jpg'), contentType: 'image/jpeg' })
      : Promise.reject(new KindredError('not-found', 'There is no such picture.')),
  );
  /** Stands for Electron's `net.fetch`, which rejects where a file is missing. */
  const fetchFile = (url: string) => Promise.resolve().then(() => new Response(readFileSync(fileURLToPath(url))));
  const receiveImage = vi.fn(async (bytes: AsyncIterable<Uint8Array>) => {
    let text = '';
    for await (const chunk of bytes) text += Buffer.from(chunk).toString();
    if (text === 'large') throw new KindredError('invalid-input', 'Too large.', { reason: 'too-large' });
    return `image-${text}`;
  });
  const get = (url: string, init?: RequestInit) =>
    createProtocolHandler({ rendererPath: join(folder, 'renderer'), media, receiveImage, fetch: fetchFile })(
      new Request(url, init),
    );

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kindred-protocol-'));
    mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
    writeFileSync(join(folder, 'renderer', 'index.html'), '<p>page</p>');
    writeFileSync(join(folder, 'renderer', 'assets', 'index.js'), 'export {}');
    writeFileSync(join(folder, 'it’s #1?.jpg'), 'pixels');
    writeFileSync(join(folder, 'secret'), 'secret');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('serves the page with its type and the content security policy', async () => {
    const response = await get('kindred://app/');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<p>page</p>');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('serves scripts as scripts', async () => {
    const response = await get('kindred://app/assets/index.js');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  it('streams a picture that the service names, whatever its file is called', async () => {
    const response = await get('kindred://app/media/photo/7');
    expect(await response.text()).toBe('pixels');
    expect(response.headers.get('content-type')).toBe('image/jpeg');
  });

  it.each([
    ['a picture that does not exist', 'kindred://app/media/photo/8'],
    ['a file that does not exist', 'kindred://app/nothing.js'],
    ['another host', 'kindred://elsewhere/index.html'],
    ['a path that leads outside', 'kindred://app/assets/%2e%2e/%2e%2e/secret'],
    ['an encoded path that leads outside', 'kindred://app/..%2fsecret'],
  ])('answers 404 for %s', async (_what, url) => {
    const response = await get(url);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('secret');
  });

  it('takes an image to search with, and nothing else but GET', async () => {
    const response = await get('kindred://app/media/query', { method: 'POST', body: 'bytes' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ image: 'image-bytes' });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect((await get('kindred://app/', { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await get('kindred://app/media/query/1', { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await get('kindred://elsewhere/media/query', { method: 'POST', body: 'x' })).status).toBe(404);
    expect((await get('kindred://app/media/query', { method: 'PUT', body: 'x' })).status).toBe(405);
    expect(receiveImage).toHaveBeenCalledOnce();
  });

  it('says as data why an image is not taken', async () => {
    const response = await get('kindred://app/media/query', { method: 'POST', body: 'large' });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ kind: 'invalid-input', message: 'Too large.' });
  });

  it('sends the policy with errors too', async () => {
    expect((await get('kindred://app/nothing')).headers.get('content-security-policy')).toBe(contentSecurityPolicy);
  });
});
