import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CopyProgress } from '../../../../app/contract/search.ts';
import type { Service } from '../../../../app/service/service-types.ts';
import { openService } from '../../../../app/service/service.ts';
import { makeSampleAlbum } from '../../../support/sample-album.ts';
import { once, scan } from '../../../support/service-steps.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

let folder: string;
let service: Service;
let ids: number[];
let target: string;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  await makeSampleAlbum(join(folder, 'photos'), 6);
  service = await openService({ libraryPath: join(folder, 'library'), host: 'cli' });
  await scan(service, join(folder, 'photos'));
  ids = (await service.call('library.timeline', undefined)).ids;
});

afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  target = join(await makeTemporaryFolder(), 'copies');
});

afterEach(() => rm(join(target, '..'), { recursive: true, force: true }));

const ended = (): Promise<CopyProgress> =>
  once<CopyProgress>(service, 'files.copying', ({ phase }) => phase !== 'copying');

async function copy(photos: number[], to = target): Promise<CopyProgress> {
  const end = ended();
  await service.call('files.copy', { photos, folder: to });
  return end;
}

describe('copies', () => {
  it('are the same bytes with the same date, and leave the originals as they are', async () => {
    const paths = await service.call('files.paths', { photos: ids });
    await utimes(paths[0]!, new Date('2001-02-03'), new Date('2001-02-03'));
    const before = await Promise.all(paths.map((path) => readFile(path)));
    expect(await copy(ids)).toMatchObject({ phase: 'done', done: 6, total: 6, failedCount: 0, folder: target });
    const names = paths.map((path) => path.split('/').at(-1)!);
    expect((await readdir(target)).sort()).toEqual(names.toSorted());
    for (const [i, name] of names.entries()) expect(await readFile(join(target, name))).toEqual(before[i]);
    expect(await Promise.all(paths.map((path) => readFile(path)))).toEqual(before);
    expect((await stat(join(target, names[0]!))).mtime).toEqual(new Date('2001-02-03'));
  });

  it('never take the place of what is there', async () => {
    const [path] = await service.call('files.paths', { photos: [ids[0]!] });
    const name = path!.split('/').at(-1)!;
    await mkdir(target, { recursive: true });
    await writeFile(join(target, name), 'mine');
    await copy([ids[0]!]);
    await copy([ids[0]!]);
    expect(await readFile(join(target, name), 'utf8')).toBe('mine');
    const stem = name.replace('.jpg', '');
    expect((await readdir(target)).sort()).toEqual([`${stem} (2).jpg`, `${stem} (3).jpg`, name].sort());
    expect(await readFile(join(target, `${stem} (3).jpg`))).toEqual(await readFile(path!));
  });

  it('are not made of what lies there already', async () => {
    const before = await readdir(join(folder, 'photos'));
    expect(await copy(ids, join(folder, 'photos'))).toMatchObject({ phase: 'done', failedCount: 0 });
    expect(await readdir(join(folder, 'photos'))).toEqual(before);
  });

  it('go on without a photo that cannot be reached, and name it', async () => {
    const [path] = await service.call('files.paths', { photos: [ids[1]!] });
    await rename(path!, `${path}.away`);
    const result = await copy(ids.slice(0, 3));
    await rename(`${path}.away`, path!);
    expect(result).toMatchObject({
      phase: 'done',
      done: 3,
      failedCount: 1,
      failed: [{ fileName: path!.split('/').at(-1), message: expect.stringContaining('drive') }],
    });
    expect(await readdir(target)).toHaveLength(2);
  });

  it('can be cancelled, and only one job runs at a time', async () => {
    const end = ended();
    const many = Array.from({ length: 400 }, (_, i) => ids[i % ids.length]!);
    const started = await service.call('files.copy', { photos: many, folder: target });
    expect(started).toMatchObject({ phase: 'copying', total: 400 });
    const second = service.call('files.copy', { photos: ids, folder: target });
    await expect(second).rejects.toMatchObject({ kind: 'invalid-input' });
    await service.call('files.cancelCopy', undefined);
    const { phase, done } = await end;
    expect(phase).toBe('cancelled');
    expect(done).toBeLessThan(400);
    expect(await readdir(target)).toHaveLength(done);
    // Another may follow.
    expect((await copy(ids)).phase).toBe('done');
  });

  it('end with a plain reason where the folder goes away', async () => {
    const end = ended();
    const many = Array.from({ length: 400 }, (_, i) => ids[i % ids.length]!);
    await service.call('files.copy', { photos: many, folder: target });
    await rename(target, `${target}-gone`);
    expect(await end).toMatchObject({ phase: 'failed', message: expect.stringContaining(target) });
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'end with a plain reason where the disk is full',
    async () => {
      await mkdir(target, { recursive: true });
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', target], { stdio: 'ignore' });
      } catch {
        process.stderr.write('skipped: a small disk cannot be mounted here\n');
        return;
      }
      try {
        const result = await copy(ids);
        expect(result).toMatchObject({ phase: 'failed', message: expect.stringContaining('full') });
        expect((await readdir(target)).filter((name) => name.endsWith('.part'))).toEqual([]);
      } finally {
        execFileSync('umount', [target]);
      }
    },
  );

  it('refuse folders that cannot be', async () => {
    const start = (to: string, photos = ids) => service.call('files.copy', { photos, folder: to });
    await mkdir(join(target, '..'), { recursive: true });
    await writeFile(join(target, '..', 'file'), '');
    await expect(start(join(target, '..', 'file'))).rejects.toMatchObject({ kind: 'not-found' });
    await expect(start(join(target, '..', 'file', 'below'))).rejects.toMatchObject({ kind: 'not-found' });
    await expect(start('relative')).rejects.toMatchObject({ kind: 'invalid-input' });
    await expect(start(target, [999_999])).rejects.toMatchObject({ kind: 'not-found' });
    if (process.getuid?.() !== 0) {
      await mkdir(target);
      await chmod(target, 0o500);
      await expect(start(join(target, 'below'))).rejects.toMatchObject({ kind: 'folder-unreadable' });
    }
  });
});

describe.runIf(process.platform === 'linux')('the programs of the desktop', () => {
  let programs: string;

  beforeEach(async () => {
    programs = await makeTemporaryFolder();
    vi.stubEnv('DISPLAY', ':9');
    vi.stubEnv('PATH', [programs, '/usr/bin', '/bin'].join(delimiter));
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(programs, { recursive: true, force: true });
  });

  /** A program that writes down what it was called with. */
  async function install(name: string, exit = 0): Promise<() => Promise<string[]>> {
    const log = join(programs, `${name}.log`);
    await writeFile(join(programs, name), `#!/bin/sh\nprintf '%s\\n' "$@" > '${log}'\nexit ${exit}\n`, { mode: 0o755 });
    return async () => (await readFile(log, 'utf8')).trimEnd().split('\n');
  }

  it('open a photo, and show it in the file manager', async () => {
    const opened = await install('xdg-open');
    const shown = await install('dbus-send');
    const [path] = await service.call('files.paths', { photos: [ids[0]!] });
    expect(await service.call('files.open', { photo: ids[0]! })).toBeNull();
    expect(await opened()).toEqual([path]);
    expect(await service.call('files.reveal', { photo: ids[0]! })).toBeNull();
    expect(await shown()).toContain(`array:string:file://${path}`);
  });

  it('show the folder where no file manager answers', async () => {
    await install('dbus-send', 1);
    const opened = await install('xdg-open');
    await service.call('files.reveal', { photo: ids[0]! });
    expect(await opened()).toEqual([join(folder, 'photos')]);
  });

  it('are missed in plain words', async () => {
    await install('dbus-send', 1);
    await install('xdg-open', 3);
    const none = { kind: 'invalid-input', message: expect.stringContaining('on this computer') };
    await expect(service.call('files.open', { photo: ids[0]! })).rejects.toMatchObject(none);
    await expect(service.call('files.reveal', { photo: ids[0]! })).rejects.toMatchObject(none);
    vi.stubEnv('DISPLAY', undefined);
    vi.stubEnv('WAYLAND_DISPLAY', undefined);
    await install('xdg-open');
    await expect(service.call('files.open', { photo: ids[0]! })).rejects.toMatchObject(none);
    await expect(service.call('files.open', { photo: 999_999 })).rejects.toMatchObject({ kind: 'not-found' });
  });
});
