import { describe, expect, it, vi } from 'vitest';
import {
  lockContents,
  lockSession,
  trustedOnly,
  type LockableContents,
  type LockableSession,
} from '../../../../app/hosts/electron/security.ts';

const preventable = () => ({ preventDefault: vi.fn() });

describe('lockSession', () => {
  function lockedSession() {
    const handlers = {
      request: undefined as Parameters<LockableSession['setPermissionRequestHandler']>[0] | undefined,
      check: undefined as (() => boolean) | undefined,
      device: undefined as (() => boolean) | undefined,
      download: undefined as Parameters<LockableSession['on']>[1] | undefined,
      beforeRequest: undefined as Parameters<LockableSession['webRequest']['onBeforeRequest']> | undefined,
      spellChecker: true,
    };
    lockSession({
      setPermissionRequestHandler: (handler) => (handlers.request = handler),
      setPermissionCheckHandler: (handler) => (handlers.check = handler),
      setDevicePermissionHandler: (handler) => (handlers.device = handler),
      setSpellCheckerEnabled: (enabled) => (handlers.spellChecker = enabled),
      webRequest: { onBeforeRequest: (...args) => (handlers.beforeRequest = args) },
      on: (_event, listener) => (handlers.download = listener),
    });
    return handlers;
  }

  it.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'fullscreen', 'openExternal', 'unknown'])(
    'refuses the permission %s',
    (permission) => {
      const handlers = lockedSession();
      const answer = vi.fn();
      handlers.request?.(null, permission, answer);
      expect(answer).toHaveBeenCalledExactlyOnceWith(false);
      expect(handlers.check?.()).toBe(false);
      expect(handlers.device?.()).toBe(false);
    },
  );

  it('cancels every request to a network', () => {
    const [filter, listener] = lockedSession().beforeRequest ?? [];
    expect(filter?.urls).toEqual(expect.arrayContaining(['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*']));
    const answer = vi.fn();
    listener?.({}, answer);
    expect(answer).toHaveBeenCalledExactlyOnceWith({ cancel: true });
  });

  it('prevents downloads and the spell checker, which would fetch dictionaries', () => {
    const handlers = lockedSession();
    const event = preventable();
    handlers.download?.(event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
    expect(handlers.spellChecker).toBe(false);
  });
});

describe('lockContents', () => {
  function lockedContents() {
    const listeners = new Map<string, Parameters<LockableContents['on']>[1]>();
    let openHandler: Parameters<LockableContents['setWindowOpenHandler']>[0] | undefined;
    lockContents({
      on: (event, listener) => listeners.set(event, listener),
      setWindowOpenHandler: (handler) => (openHandler = handler),
    });
    return { listeners, open: () => openHandler?.() };
  }

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])('prevents %s', (name) => {
    const event = preventable();
    lockedContents().listeners.get(name)?.(event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
  });

  it('opens no windows', () => {
    expect(lockedContents().open()).toEqual({ action: 'deny' });
  });
});

describe('trustedOnly', () => {
  it('answers the page', async () => {
    const handler = trustedOnly(() => Promise.resolve('/photos'));
    await expect(handler({ senderFrame: { url: 'kindred://app/', parent: null } })).resolves.toBe('/photos');
  });

  it('does nothing for anybody else', async () => {
    const work = vi.fn(() => Promise.resolve('/photos'));
    const handler = trustedOnly(work);
    await expect(handler({ senderFrame: { url: 'https://example.com/', parent: null } })).rejects.toThrow('may not');
    await expect(handler({ senderFrame: { url: 'kindred://app/', parent: {} } })).rejects.toThrow('may not');
    await expect(handler({ senderFrame: null })).rejects.toThrow('may not');
    expect(work).not.toHaveBeenCalled();
  });
});
