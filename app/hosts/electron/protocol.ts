import { extname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KindredError } from '../../contract/errors.ts';
import { queryPath } from '../../contract/wire.ts';
import type { MediaFile } from '../../service/service-types.ts';
import { receiveQuery, type ImageReceiver } from '../receive-query.ts';
import { contentSecurityPolicy, isOwnUrl } from './page.ts';

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** What the custom protocol needs of the program around it. */
export interface ProtocolSources extends ImageReceiver {
  /** Folder of the built renderer. */
  rendererPath: string;
  /** Asks the service for the file behind a `/media/...` path. Rejects with a `KindredError`. */
  media(path: string): Promise<MediaFile>;
  /** Electron's `net.fetch`, which reads `file:` addresses, also inside the packaged archive. */
  fetch(url: string): Promise<Response>;
}

/**
 * Answers requests for `kindred://app/...`: pictures under `/media/`, the renderer's files everywhere else.
 * The page can reach nothing that is neither a picture of the library nor inside the renderer's folder. What it posts to
 * {@link queryPath} is an image to search with.
 */
export function createProtocolHandler(sources: ProtocolSources): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'POST') return refuse(405, 'Method not allowed.');
    if (!isOwnUrl(request.url)) return refuse(404, 'Not found.');
    const { pathname } = new URL(request.url);
    if (request.method === 'POST') {
      if (pathname !== queryPath) return refuse(405, 'Method not allowed.');
      return receive(sources, request);
    }
    try {
      if (pathname.startsWith('/media/')) {
        const file = await sources.media(pathname);
        // Ids belong to one library, and another may be open tomorrow.
        return await sendFile(sources, file.path, file.contentType, 'no-cache');
      }
      const file = rendererFile(sources.rendererPath, pathname);
      if (file === null) return refuse(404, 'Not found.');
      return await sendFile(sources, file, contentTypes[extname(file)] ?? 'application/octet-stream', 'no-cache');
    } catch (error) {
      const message = error instanceof KindredError ? error.message : 'This file cannot be read.';
      return refuse(error instanceof KindredError && error.kind !== 'not-found' ? 500 : 404, message);
    }
  };
}

/**
 * Maps a request's path to a file of the renderer; `/` is the page itself.
 *
 * @param pathname as in an URL, still percent-encoded
 * @returns an absolute path inside `root`, or null for a path that is malformed or leads outside
 */
export function rendererFile(root: string, pathname: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  // Backslashes and drive letters mean something on Windows only, and nothing that vite builds has them.
  if (/[\\:\0]/.test(path)) return null;
  const folder = resolve(root);
  const file = join(folder, path === '/' ? 'index.html' : path);
  return file.startsWith(folder + sep) ? file : null;
}

/** The page itself is the only one that can ask: there are no others in the window. */
async function receive(sources: ProtocolSources, request: Request): Promise<Response> {
  const { status, answer } = await receiveQuery(sources, request.body ?? []);
  return new Response(JSON.stringify(answer), { status, headers: headers('application/json', 'no-store') });
}

async function sendFile(
  sources: ProtocolSources,
  path: string,
  contentType: string,
  cacheControl: string,
): Promise<Response> {
  const file = await sources.fetch(pathToFileURL(path).href);
  if (!file.ok) return refuse(404, 'Not found.');
  return new Response(file.body, { headers: headers(contentType, cacheControl) });
}

function refuse(status: number, message: string): Response {
  return new Response(message, { status, headers: headers('text/plain; charset=utf-8', 'no-store') });
}

function headers(contentType: string, cacheControl: string): Record<string, string> {
  return {
    'Content-Type': contentType,
    'Cache-Control': cacheControl,
    'Content-Security-Policy': contentSecurityPolicy,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
