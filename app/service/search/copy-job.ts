import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, mkdir, open, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { KindredError } from '../../contract/errors.ts';
import type { CopyProgress } from '../../contract/search.ts';
import { folderError } from '../browse-folders.ts';
import type { EventBus } from '../event-bus.ts';

/** Copies photos to a folder, one job at a time. Never writes over anything, and leaves the originals as they are. */
export interface CopyJob {
  /**
   * @param photos per photo the paths that it may lie at
   * @throws KindredError `not-found`, `folder-unreadable`, `invalid-input`
   */
  start(photos: readonly (readonly string[])[], folder: string): Promise<CopyProgress>;
  /** Ends after the file in hand; what was copied stays. */
  cancel(): CopyProgress;
  /** Cancels and waits for the end. */
  close(): Promise<void>;
}

const progressPauseMs = 250;
const mostNamed = 100;

export function createCopyJob(events: EventBus): CopyJob {
  let progress: CopyProgress = {
    phase: 'idle',
    folder: '',
    done: 0,
    total: 0,
    failed: [],
    failedCount: 0,
    message: null,
  };
  let stopping = new AbortController();
  let running: Promise<void> | null = null;
  let starting = false;
  let lastReport = 0;

  const status = (): CopyProgress => ({ ...progress, failed: [...progress.failed] });

  function report(force = false): void {
    const now = performance.now();
    if (!force && now - lastReport < progressPauseMs) return;
    lastReport = now;
    events.emit('files.copying', status());
  }

  function end(phase: CopyProgress['phase'], message: string | null = null): void {
    running = null;
    progress.phase = phase;
    progress.message = message;
    report(true);
  }

  async function run(photos: readonly (readonly string[])[], signal: AbortSignal): Promise<void> {
    for (const paths of photos) {
      if (signal.aborted) return end('cancelled');
      try {
        await copyOne(paths, progress.folder);
      } catch (error) {
        const reason = await fatalReason(error, progress.folder);
        if (reason !== null) return end('failed', reason);
        progress.failedCount += 1;
        if (progress.failed.length < mostNamed) {
          progress.failed.push({ fileName: basename(paths[0] ?? ''), message: plainReason(error) });
        }
      }
      progress.done += 1;
      report();
    }
    end('done');
  }

  return {
    async start(photos, given) {
      if (running || starting) {
        throw new KindredError('invalid-input', 'Photos are being copied already. Wait for the end, or cancel it.');
      }
      if (!isAbsolute(given)) throw new KindredError('invalid-input', 'Give the folder by its whole path.');
      if (!photos.some((paths) => paths.length > 0)) {
        throw new KindredError('not-found', 'These photos are not in the library any more.');
      }
      starting = true;
      try {
        const folder = resolve(given);
        await prepare(folder);
        progress = {
          phase: 'copying',
          folder,
          done: 0,
          total: photos.length,
          failed: [],
          failedCount: 0,
          message: null,
        };
        stopping = new AbortController();
        running = run(photos, stopping.signal);
        report(true);
        return status();
      } finally {
        starting = false;
      }
    },
    cancel() {
      stopping.abort();
      return status();
    },
    async close() {
      stopping.abort();
      await running;
    },
  };
}

/** Makes the folder where it is absent. */
async function prepare(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new KindredError('not-found', `${folder} is a file, or lies in one, and cannot be a folder.`, {
        path: folder,
      });
    }
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      throw new KindredError('folder-unreadable', `Kindred is not allowed to write to ${folder}.`, { path: folder });
    }
    throw folderError(folder, error as NodeJS.ErrnoException);
  }
}

async function copyOne(paths: readonly string[], folder: string): Promise<void> {
  // It lies there already.
  if (paths.some((path) => dirname(path) === folder) && (await firstThere(paths, folder)) !== undefined) return;
  const source = await firstThere(paths);
  if (source === undefined) {
    const inLibrary = paths.length > 0;
    throw new KindredError(
      'not-found',
      inLibrary
        ? 'The file cannot be reached now; is its drive connected?'
        : 'This photo is not in the library any more.',
    );
  }
  // Under another name first, so that nobody takes half a photo for a whole one.
  const unfinished = join(folder, `.kindred-${randomUUID()}.part`);
  let target: string | undefined;
  try {
    await copyFile(source, unfinished, constants.COPYFILE_EXCL);
    const { atime, mtime } = await stat(source);
    // Some drives keep no such times.
    await utimes(unfinished, atime, mtime).catch(() => undefined);
    target = await reserveName(folder, basename(source));
    await rename(unfinished, target);
  } catch (error) {
    for (const path of [unfinished, target])
      if (path !== undefined) await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Makes an empty file under a name that nothing there has: `beach.jpg`, `beach (2).jpg`, … */
async function reserveName(folder: string, name: string): Promise<string> {
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${stem} (${number})${extension}`);
    try {
      await (await open(path, 'wx')).close();
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** @param folder looks only at those that lie in it */
async function firstThere(paths: readonly string[], folder?: string): Promise<string | undefined> {
  for (const path of paths) {
    if (folder !== undefined && dirname(path) !== folder) continue;
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile) return path;
  }
  return undefined;
}

/** Why the others cannot be copied either; null where only this one cannot. */
async function fatalReason(error: unknown, folder: string): Promise<string | null> {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return `The disk is full. Make room in ${folder} and copy again; what was copied stays.`;
  }
  const isThere = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  return isThere ? null : `The folder ${folder} cannot be written to any more; is its drive connected?`;
}

function plainReason(error: unknown): string {
  if (error instanceof KindredError) return error.message;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'The file is gone.';
    case 'EACCES':
    case 'EPERM':
      return 'Kindred is not allowed to read this file.';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
