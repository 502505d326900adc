import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';

const file = join(import.meta.dirname, '../../../../app/hosts/electron/preload.cts');
const script = stripTypeScriptTypes(readFileSync(file, 'utf8'));

interface Exposed {
  platform: string;
  chooseFolder(): Promise<string | null>;
}

/** Runs the preload script as Electron does: a page, and a `require` that knows `electron` alone. */
function preload(origin: string, topFrame = true) {
  const exposed = new Map<string, Exposed>();
  const invoke = vi.fn((_channel: string): Promise<unknown> => Promise.resolve('/photos'));
  const ipcRenderer = Object.assign(new EventEmitter(), { invoke });
  const window = { top: undefined as unknown, postMessage: vi.fn() };
  window.top = topFrame ? window : {};
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: Exposed) => exposed.set(name, api) },
    ipcRenderer,
  };
  const require = (name: string) => {
    if (name !== 'electron') throw new Error(`A sandboxed preload script cannot load ${name}.`);
    return electron;
  };
  runInNewContext(script, { require, window, location: { origin }, process: { platform: 'linux' } });
  return { kindred: exposed.get('kindred'), invoke, ipcRenderer, window };
}

describe('the preload script', () => {
  it('gives the page the platform and a folder dialog, and nothing else', async () => {
    const { kindred, invoke } = preload('kindred://app');
    expect(Object.keys(kindred ?? {}).sort()).toEqual(['chooseFolder', 'platform']);
    await expect(kindred?.chooseFolder()).resolves.toBe('/photos');
    expect(invoke).toHaveBeenCalledExactlyOnceWith('kindred:choose-folder');
  });

  it('says null where no folder was chosen', async () => {
    const { kindred, invoke } = preload('kindred://app');
    invoke.mockResolvedValueOnce(null);
    await expect(kindred?.chooseFolder()).resolves.toBeNull();
  });

  it('hands the port on to its own page only', () => {
    const { ipcRenderer, window } = preload('kindred://app');
    ipcRenderer.emit('kindred:port', { ports: ['port'] });
    expect(window.postMessage).toHaveBeenCalledExactlyOnceWith({ type: 'kindred:port' }, 'kindred://app', ['port']);
  });

  it('hands nothing on that is not one port', () => {
    const { ipcRenderer, window } = preload('kindred://app');
    ipcRenderer.emit('kindred:port', { ports: [] });
    expect(window.postMessage).not.toHaveBeenCalled();
  });

  it.each([
    ['another page', 'https://example.com', true],
    ['a frame inside the page', 'kindred://app', false],
  ])('does nothing in %s', (_what, origin, topFrame) => {
    const { kindred, ipcRenderer } = preload(origin, topFrame);
    expect(kindred).toBeUndefined();
    expect(ipcRenderer.listenerCount('kindred:port')).toBe(0);
  });
});
