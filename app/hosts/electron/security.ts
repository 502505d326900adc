import type { Frame } from './page.ts';
import { isTrustedSender } from './page.ts';

interface Preventable {
  preventDefault(): void;
}

/** The part of Electron's `Session` that {@link lockSession} needs. */
export interface LockableSession {
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, answer: (granted: boolean) => void) => void,
  ): void;
  setPermissionCheckHandler(handler: () => boolean): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  setSpellCheckerEnabled(enabled: boolean): void;
  webRequest: {
    onBeforeRequest(
      filter: { urls: string[] },
      listener: (details: unknown, answer: (response: { cancel: boolean }) => void) => void,
    ): void;
  };
  on(event: 'will-download', listener: (event: Preventable) => void): unknown;
}

/** The part of Electron's `WebContents` that {@link lockContents} needs. */
export interface LockableContents {
  on(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect' | 'will-attach-webview',
    listener: (event: Preventable) => void,
  ): unknown;
  setWindowOpenHandler(handler: () => { action: 'deny' }): void;
}

/** Refuses every permission, device, download and network request of a session: the page needs none of them. */
export function lockSession(session: LockableSession): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Chromium would fetch its dictionaries from the network.
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(
    { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*'] },
    (_details, answer) => answer({ cancel: true }),
  );
  session.on('will-download', (event) => event.preventDefault());
}

/** Keeps a page where it is: no navigation, no new windows, no web views. */
export function lockContents(contents: LockableContents): void {
  const refuse = (event: Preventable): void => event.preventDefault();
  contents.on('will-navigate', refuse);
  contents.on('will-frame-navigate', refuse);
  contents.on('will-redirect', refuse);
  contents.on('will-attach-webview', refuse);
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Wraps an IPC handler so that it answers the page itself and nobody else. */
export function trustedOnly<Answer>(
  handler: () => Promise<Answer>,
): (event: { readonly senderFrame: Frame | null }) => Promise<Answer> {
  return async (event) => {
    if (!isTrustedSender(event.senderFrame)) throw new Error('This page may not do that.');
    return await handler();
  };
}
