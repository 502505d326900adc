/**
 * Runs in the sandboxed window before the page: gives it the little that only the main process can do, and hands on the
 * MessagePort to the service. One CommonJS file, as a sandboxed preload script can load nothing but `electron`.
 */
const { contextBridge, ipcRenderer } = require('electron') as typeof import('electron');

const pageOrigin = 'kindred://app';

const isPage = (): boolean => window === window.top && location.origin === pageOrigin;

if (isPage()) {
  contextBridge.exposeInMainWorld('kindred', {
    platform: process.platform,
    chooseFolder: async (): Promise<string | null> => {
      const path: unknown = await ipcRenderer.invoke('kindred:choose-folder');
      return typeof path === 'string' ? path : null;
    },
  });

  ipcRenderer.on('kindred:port', (event) => {
    if (isPage() && event.ports.length === 1) {
      window.postMessage({ type: 'kindred:port' }, pageOrigin, event.ports);
    }
  });
}
