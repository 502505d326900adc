import { resolve } from 'node:path';
import open from 'open';
import { openService } from '../../service/service.ts';
import { findPackageFile } from '../../service/package-root.ts';
import { buildParts } from '../build-parts.ts';
import { startWebHost } from '../web/web-host.ts';
import { showProgress } from './progress.ts';
import { beginScan, reportText } from './scan.ts';

export interface ServeOptions {
  library: string;
  port: number;
  /** Open a browser, where there is a display. */
  open: boolean;
  json?: true;
}

/**
 * `kindred serve`: the window in a browser on this computer, built first where that has not been done. Prints its address, and the progress and result of scans.
 * Runs until Ctrl-C.
 */
export async function runServe(folder: string | undefined, options: ServeOptions): Promise<void> {
  await buildParts('renderer');
  const service = await openService({ libraryPath: resolve(options.library), host: 'web' });
  const stopped = new Promise<void>((done) => {
    process.once('SIGINT', done);
    process.once('SIGTERM', done);
  });
  const hideProgress = showProgress(service);
  try {
    const scan =
      folder === undefined
        ? undefined
        : await beginScan(service, () => service.call('library.addFolder', { path: resolve(folder) }));
    const host = await startWebHost(service, { rendererPath: findPackageFile('dist', 'renderer'), port: options.port });
    print(options.json ? JSON.stringify({ url: host.url }) : `Kindred is open at ${host.url} (Ctrl-C ends it)`);
    if (options.open && hasDisplay()) await open(host.url).catch(() => undefined);
    void scan?.ended.then(({ report }) => print(options.json ? JSON.stringify(report) : reportText(report)));
    await stopped;
    await host.close();
  } finally {
    hideProgress();
    await service.close();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}
