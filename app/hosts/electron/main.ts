/** Entry of Electron's main process: one window, one service process, and as little as possible besides. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  net,
  protocol,
  screen,
  session,
  utilityProcess,
  type MessagePortMain,
} from 'electron';
import { findPackageFile } from '../../service/package-root.ts';
import { parseArguments } from './arguments.ts';
import { menuTemplate } from './menu.ts';
import { channels, pageUrl, scheme } from './page.ts';
import { createProtocolHandler } from './protocol.ts';
import { lockContents, lockSession, trustedOnly } from './security.ts';
import { createServiceLink, type ServiceLink } from './service-link.ts';
import { throughFile } from './through-file.ts';
import { fitToScreens, keepWindowState, readWindowState, windowOptions } from './window.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const { library, folder } = parseArguments(process.argv, !app.isPackaged);

app.setName('Kindred');
useFolder(join(library, 'window'));
app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
app.on('web-contents-created', (_event, contents) => lockContents(contents));

if (app.requestSingleInstanceLock({ folder })) {
  await app.whenReady();
  run();
} else {
  process.stderr.write('Kindred is already open; its window comes to the front.\n');
  app.exit(0);
}

/** Keeps Chromium's own files beside the library; the single-instance lock lies there too, so it is one per library. */
function useFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    app.setPath('userData', path);
  } catch (error) {
    giveUp(`Kindred cannot write to ${path} (${error instanceof Error ? error.message : String(error)}).`);
  }
}

/** Says in the terminal and in a dialog why Kindred ends, and ends it; 3 means that the library cannot be opened. */
function giveUp(message: string): void {
  process.stderr.write(`${message}\n`);
  dialog.showErrorBox('Kindred cannot open its library', message);
  app.exit(3);
}

function run(): void {
  const stateFile = join(app.getPath('userData'), 'window-state.json');
  const link = createServiceLink<MessagePortMain>({
    fork: () =>
      utilityProcess.fork(here('./service-process.js'), [`--library=${library}`], {
        serviceName: 'Kindred service',
        // Bounds the holes that photos leave in memory; see malloc-arenas.ts.
        env: { ...process.env, MALLOC_ARENA_MAX: '2' },
      }),
    onRestarted: () => {
      for (const window of BrowserWindow.getAllWindows()) connectPage(window, link);
    },
    onFailed: ({ message }) => giveUp(message),
  });

  lockSession(session.defaultSession);
  session.defaultSession.protocol.handle(
    scheme,
    createProtocolHandler({
      rendererPath: findPackageFile('dist', 'renderer'),
      media: (path) => link.media(path),
      receiveImage: throughFile((path) => link.receiveImage(path)),
      fetch: (url) => net.fetch(url, { bypassCustomProtocolHandlers: true }),
    }),
  );
  ipcMain.handle(channels.chooseFolder, trustedOnly(chooseFolder));
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({
        platform: process.platform,
        developer: !app.isPackaged,
        addFolder: () =>
          void chooseFolder().then((path) => {
            if (path !== null) link.addFolder(path);
          }),
      }),
    ),
  );

  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow(link, stateFile);
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('second-instance', (_event, _argv, _workingFolder, data) => {
    const window = BrowserWindow.getAllWindows()[0] ?? openWindow(link, stateFile);
    if (window.isMinimized()) window.restore();
    window.focus();
    const { folder: added } = data as { folder: string | null };
    if (added !== null) link.addFolder(added);
  });
  app.on('will-quit', (event) => {
    event.preventDefault();
    void link.close().then(() => app.exit(0));
  });

  openWindow(link, stateFile);
  if (folder !== null) link.addFolder(folder);
}

function openWindow(link: ServiceLink<MessagePortMain>, stateFile: string): BrowserWindow {
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const state = fitToScreens(readWindowState(stateFile), areas);
  const window = new BrowserWindow(windowOptions(state, nativeTheme.shouldUseDarkColors, here('./preload.cjs')));
  keepWindowState(window, stateFile);
  window.once('ready-to-show', () => {
    if (state.maximized) window.maximize();
    window.show();
  });
  // Every load is a new page, which needs a port of its own.
  window.webContents.on('did-finish-load', () => connectPage(window, link));
  void window.loadURL(pageUrl);
  return window;
}

function connectPage(window: BrowserWindow, link: ServiceLink<MessagePortMain>): void {
  const { port1, port2 } = new MessageChannelMain();
  link.connectPage(port1);
  window.webContents.postMessage(channels.port, null, [port2]);
}

async function chooseFolder(): Promise<string | null> {
  const options: Electron.OpenDialogOptions = {
    title: 'Choose a folder of photos',
    properties: ['openDirectory'],
  };
  const window = BrowserWindow.getFocusedWindow();
  const { canceled, filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options));
  return canceled ? null : (filePaths[0] ?? null);
}
