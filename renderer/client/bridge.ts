/** What Electron's preload script adds to the window; absent in a browser. */
export interface KindredBridge {
  /** Opens the system's folder dialog. Resolves with an absolute path, or null when it was cancelled. */
  chooseFolder(): Promise<string | null>;
  platform: string;
}

declare global {
  interface Window {
    kindred?: KindredBridge;
  }
}

export const bridge: KindredBridge | undefined = window.kindred;
