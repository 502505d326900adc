import { readFileSync, writeFileSync } from 'node:fs';
import type { BrowserWindowConstructorOptions, Rectangle } from 'electron';
import { z } from 'zod';

/** The smallest window that everything in it is made for, in device-independent pixels. */
const minimum = { width: 1024, height: 640 };

const stateSchema = z.object({
  width: z.number().int().min(minimum.width),
  height: z.number().int().min(minimum.height),
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  maximized: z.boolean(),
});

/** What is kept of a window between runs; without a place it opens in the middle of the screen. */
export type WindowState = z.infer<typeof stateSchema>;

const firstState: WindowState = { width: 1280, height: 840, maximized: false };

/** Reads what {@link keepWindowState} wrote; the first size where there is nothing usable. */
export function readWindowState(file: string): WindowState {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return firstState;
  }
}

/** The part of Electron's `BrowserWindow` that {@link keepWindowState} needs. */
export interface KeptWindow {
  getNormalBounds(): Rectangle;
  isMaximized(): boolean;
  on(event: 'close', listener: () => void): unknown;
}

/** Writes the window's place and size when it closes. */
export function keepWindowState(window: KeptWindow, file: string): void {
  window.on('close', () => {
    const { x, y, width, height } = window.getNormalBounds();
    const state: WindowState = { x, y, width, height, maximized: window.isMaximized() };
    try {
      writeFileSync(file, JSON.stringify(state));
    } catch {
      // A full disk costs the window its place, nothing more.
    }
  });
}

/**
 * Makes sure that a remembered window can be seen and reached: its screen may be gone or smaller now.
 *
 * @param workAreas of all screens, in device-independent pixels
 */
export function fitToScreens(state: WindowState, workAreas: readonly Rectangle[]): WindowState {
  const { x, y, ...size } = state;
  if (x === undefined || y === undefined) return size;
  const area = workAreas.find(
    (area) => x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height,
  );
  if (!area) return size;
  return {
    ...state,
    width: Math.max(minimum.width, Math.min(state.width, area.width)),
    height: Math.max(minimum.height, Math.min(state.height, area.height)),
  };
}

/** How the window is made: sandboxed, isolated, hidden until it has something to show. */
export function windowOptions(state: WindowState, dark: boolean, preload: string): BrowserWindowConstructorOptions {
  const { x, y, width, height } = state;
  return {
    width,
    height,
    ...(x !== undefined && y !== undefined && { x, y }),
    minWidth: minimum.width,
    minHeight: minimum.height,
    title: 'Kindred',
    show: false,
    // The page's own background (`--surface` in renderer/ui/tokens.css), so that nothing flashes.
    backgroundColor: dark ? '#171615' : '#ffffff',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  };
}
