/** Everything about the one page that the window may show, and what it may do. */

/** Scheme of the custom protocol. */
export const scheme = 'kindred';

/** Origin of the page and of the pictures in it. */
const pageOrigin = `${scheme}://app`;

/** Address of the page. */
export const pageUrl = `${pageOrigin}/`;

/** IPC channels between the preload script and the main process; preload.cts repeats them, as it can import nothing. */
export const channels = { port: 'kindred:port', chooseFolder: 'kindred:choose-folder' } as const;

/** Sent with everything that the page is made of: it may load its own files and nothing else from anywhere. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

/** The part of Electron's `WebFrameMain` that tells who sent a message. */
export interface Frame {
  readonly url: string;
  /** Null for the top frame of a window. */
  readonly parent: unknown;
}

/** True for an address of Kindred's own page or files. */
export function isOwnUrl(url: string): boolean {
  const parsed = URL.parse(url);
  // `origin` is the string 'null' for schemes that Node does not know, so it is put together here.
  return parsed !== null && `${parsed.protocol}//${parsed.host}` === pageOrigin && parsed.username === '';
}

/** True for a message that the page itself sent: not a frame inside it, not another page, not one that is gone. */
export function isTrustedSender(frame: Frame | null): boolean {
  return frame !== null && frame.parent === null && isOwnUrl(frame.url);
}
