import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  fitToScreens,
  keepWindowState,
  readWindowState,
  windowOptions,
} from '../../../../app/hosts/electron/window.ts';

const screens = [
  { x: 0, y: 0, width: 1920, height: 1040 },
  { x: 1920, y: 0, width: 1280, height: 720 },
];

describe('windowOptions', () => {
  it('gives the page no power of its own', () => {
    const { webPreferences } = windowOptions({ width: 1280, height: 840, maximized: false }, false, '/preload.cjs');
    expect(webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
  });

  it('starts hidden on the colour of the theme, where it was', () => {
    const state = { x: 10, y: 20, width: 1280, height: 840, maximized: true };
    expect(windowOptions(state, true, '')).toMatchObject({
      show: false,
      x: 10,
      y: 20,
      width: 1280,
      height: 840,
      backgroundColor: '#171615',
    });
    expect(windowOptions(state, false, '').backgroundColor).toBe('#ffffff');
  });
});

describe('fitToScreens', () => {
  it('leaves a window alone that is on a screen', () => {
    const state = { x: 2000, y: 10, width: 1100, height: 700, maximized: false };
    expect(fitToScreens(state, screens)).toEqual(state);
  });

  it('forgets the place of a window whose screen is gone', () => {
    const state = { x: 5000, y: 10, width: 1100, height: 700, maximized: false };
    expect(fitToScreens(state, screens)).toEqual({ width: 1100, height: 700, maximized: false });
  });

  it('shrinks a window to its screen', () => {
    const state = { x: 1930, y: 10, width: 1900, height: 1000, maximized: false };
    expect(fitToScreens(state, screens)).toEqual({ ...state, width: 1280, height: 720 });
  });
});

describe('the kept state', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kindred-window-'));
    file = join(folder, 'state.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('comes back in the next run', () => {
    let close = (): void => undefined;
    const bounds = { x: 3, y: 4, width: 1200, height: 800 };
    keepWindowState(
      { getNormalBounds: () => bounds, isMaximized: () => true, on: (_event, listener) => (close = listener) },
      file,
    );
    close();
    expect(readWindowState(file)).toEqual({ ...bounds, maximized: true });
  });

  it.each(['', '{', '{"width":"wide"}', '{"width":5,"height":5,"maximized":false}', 'null'])(
    'starts anew from %j',
    (content) => {
      writeFileSync(file, content);
      expect(readWindowState(file)).toEqual(readWindowState(join(folder, 'missing.json')));
    },
  );
});
