import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

/** Doubles of what main.ts uses of Electron, recording the order in which things happen. */
const electron = await vi.hoisted(async () => {
  const { EventEmitter } = await import('node:events');
  const calls: string[] = [];
  const record = <Result>(name: string, result?: Result) =>
    vi.fn((..._args: unknown[]) => {
      calls.push(name);
      return result as Result;
    });

  class Contents extends EventEmitter {
    postMessage = vi.fn();
  }
  class BrowserWindow extends EventEmitter {
    static all: BrowserWindow[] = [];
    static getAllWindows = () => BrowserWindow.all;
    static getFocusedWindow = () => null;
    webContents = new Contents();
    loadURL = vi.fn((_url: string) => Promise.resolve());
    show = vi.fn();
    focus = vi.fn();
    maximize = vi.fn();
    restore = vi.fn();
    isMinimized = () => true;
    options: unknown;
    constructor(options: unknown) {
      super();
      this.options = options;
      BrowserWindow.all.push(this);
    }
  }
  const child = Object.assign(new EventEmitter(), { postMessage: vi.fn(), kill: vi.fn() });
  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    setName: vi.fn(),
    setPath: record('setPath'),
    getPath: () => '/nowhere',
    enableSandbox: record('enableSandbox'),
    requestSingleInstanceLock: record('lock', true),
    whenReady: record('ready', Promise.resolve()),
    exit: vi.fn(),
    quit: vi.fn(),
  });
  return {
    calls,
    child,
    app,
    BrowserWindow,
    dialog: {
      showErrorBox: vi.fn(),
      showOpenDialog: vi.fn(() => Promise.resolve({ canceled: false, filePaths: ['/photos'] })),
    },
    ipcMain: { handle: vi.fn((_channel: string, _handler: (event: unknown) => Promise<unknown>) => undefined) },
    Menu: { setApplicationMenu: vi.fn(), buildFromTemplate: vi.fn((template: unknown) => template) },
    MessageChannelMain: class {
      port1 = 'service end';
      port2 = 'page end';
    },
    nativeTheme: { shouldUseDarkColors: true },
    net: { fetch: vi.fn() },
    protocol: { registerSchemesAsPrivileged: record('schemes') },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    session: {
      defaultSession: Object.assign(new EventEmitter(), {
        setPermissionRequestHandler: record('permissions'),
        setPermissionCheckHandler: vi.fn(),
        setDevicePermissionHandler: vi.fn(),
        setSpellCheckerEnabled: vi.fn(),
        webRequest: { onBeforeRequest: vi.fn() },
        protocol: { handle: record('protocol') },
      }),
    },
    utilityProcess: { fork: vi.fn((_path: string, _args: string[], _options: unknown) => child) },
  };
});

vi.mock('electron', () => electron);

describe('the main process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-main-'));
  const library = join(folder, 'library');
  const theWindow = () => electron.BrowserWindow.all[0]!;

  beforeAll(async () => {
    process.argv = ['electron', '/kindred', `--library=${library}`, '/photos'];
    await import('../../../../app/hosts/electron/main.ts');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('locks everything before there is a window', () => {
    expect(electron.calls).toEqual(['setPath', 'enableSandbox', 'schemes', 'lock', 'ready', 'permissions', 'protocol']);
    expect(electron.protocol.registerSchemesAsPrivileged).toHaveBeenCalledWith([
      { scheme: 'kindred', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ]);
  });

  it('keeps Chromium’s files beside the library', () => {
    expect(electron.app.setPath).toHaveBeenCalledWith('userData', join(library, 'window'));
  });

  it('runs the service in a process of its own', () => {
    const [script, args] = electron.utilityProcess.fork.mock.calls[0] ?? [];
    expect(script).toMatch(/service-process\.js$/);
    expect(args).toEqual([`--library=${library}`]);
  });

  it('locks every page that is ever made', () => {
    const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() });
    electron.app.emit('web-contents-created', {}, contents);
    const event = { preventDefault: vi.fn() };
    contents.emit('will-navigate', event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
    expect(contents.setWindowOpenHandler).toHaveBeenCalledOnce();
  });

  it('opens the page and shows it when it is drawn', () => {
    expect(theWindow().loadURL).toHaveBeenCalledExactlyOnceWith('kindred://app/');
    expect(theWindow().options).toMatchObject({ show: false, webPreferences: { sandbox: true } });
    theWindow().emit('ready-to-show');
    expect(theWindow().show).toHaveBeenCalledOnce();
  });

  it('joins every load of the page to the service, each with a new channel', () => {
    electron.child.postMessage.mockClear();
    theWindow().webContents.emit('did-finish-load');
    expect(electron.child.postMessage).toHaveBeenCalledExactlyOnceWith({ type: 'page' }, ['service end']);
    expect(theWindow().webContents.postMessage).toHaveBeenLastCalledWith('kindred:port', null, ['page end']);
  });

  it('lets the page, and nobody else, choose a folder', async () => {
    const [channel, handler] = electron.ipcMain.handle.mock.calls[0] ?? [];
    expect(channel).toBe('kindred:choose-folder');
    const from = (url: string) => handler?.({ senderFrame: { url, parent: null } });
    await expect(from('https://example.com/')).rejects.toThrow();
    expect(electron.dialog.showOpenDialog).not.toHaveBeenCalled();
    await expect(from('kindred://app/')).resolves.toBe('/photos');
  });

  it('brings the window to the front when Kindred is opened a second time, with its folder', () => {
    electron.child.postMessage.mockClear();
    electron.app.emit('second-instance', {}, [], '/', { folder: '/more' });
    expect(theWindow().focus).toHaveBeenCalledOnce();
    expect(electron.child.postMessage).toHaveBeenCalledExactlyOnceWith({ type: 'add-folder', path: '/more' });
  });

  it('closes the service before it ends', async () => {
    electron.child.postMessage.mockClear();
    const event = { preventDefault: vi.fn() };
    electron.app.emit('will-quit', event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
    expect(electron.child.postMessage).toHaveBeenCalledExactlyOnceWith({ type: 'close' });
    expect(electron.app.exit).not.toHaveBeenCalled();
    electron.child.emit('exit', 0);
    await vi.waitFor(() => expect(electron.app.exit).toHaveBeenCalledExactlyOnceWith(0));
  });
});
