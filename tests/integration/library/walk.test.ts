import { execFile } from 'node:child_process';
import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ListingProblem } from '../../../app/library/listing.store.ts';
import { isPhotoName, walkPhotos, type WalkOptions } from '../../../app/library/walk.ts';
import { oddNames } from '../../support/bad-photos.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

async function folderWith(...paths: readonly string[]): Promise<string> {
  const root = await temporaryFolder();
  for (const path of paths) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), 'x');
  }
  return root;
}

async function walk(root: string, options?: WalkOptions): Promise<{ paths: string[]; problems: ListingProblem[] }> {
  const paths: string[] = [];
  const problems: ListingProblem[] = [];
  for await (const entry of walkPhotos(root, options)) {
    if ('problem' in entry) problems.push({ ...entry, problem: relative(root, entry.problem) });
    else paths.push(relative(root, entry.path));
  }
  return { paths, problems };
}

describe('isPhotoName', () => {
  it.each(['a.jpg', 'A.JPEG', 'x.y.Heic', 'é.tif', 'a.AVIF', 'new\nline.png'])('takes %j', (name) => {
    expect(isPhotoName(name)).toBe(true);
  });
  it.each(['jpg', '.jpg', '._a.jpg', 'a.jpg.txt', 'a.mp4', 'a', 'a.', 'a.svg'])('leaves %j', (name) => {
    expect(isPhotoName(name)).toBe(false);
  });
});

describe('walkPhotos', () => {
  it('lists the photo files of all levels in one order, with their size and date', async () => {
    const root = await folderWith(
      'b/2.jpg',
      'b/1.png',
      'b/deep/er/3.heic',
      'a/0.webp',
      'z.gif',
      'notes.txt',
      'film.mov',
    );
    const { paths, problems } = await walk(root);
    expect(paths).toEqual(['z.gif', 'a/0.webp', 'b/1.png', 'b/2.jpg', 'b/deep/er/3.heic']);
    expect(problems).toEqual([]);
    const { mtimeMs } = await stat(join(root, 'z.gif'));
    const first = await walkPhotos(root).next();
    expect(first.value).toEqual({ path: join(root, 'z.gif'), bytes: 1, mtimeMs });
  });

  it('passes over hidden folders, thumbnails of other programs and what was deleted', async () => {
    const root = await folderWith(
      'a.jpg',
      '.thumbnails/b.jpg',
      '.Trash-1000/files/c.jpg',
      '@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg',
      '$RECYCLE.BIN/d.jpg',
      'System Volume Information/e.jpg',
      '._a.jpg',
    );
    expect(await walk(root)).toEqual({ paths: ['a.jpg'], problems: [] });
  });

  it("passes over the library's own folder, but not when that is where it starts", async () => {
    const root = await folderWith('a.jpg', 'library/thumbnails/b.jpg');
    const skip = join(root, 'library');
    expect((await walk(root, { skip: [skip] })).paths).toEqual(['a.jpg']);
    expect((await walk(skip, { skip: [skip] })).paths).toEqual(['thumbnails/b.jpg']);
    expect((await walk(skip, { skip: [skip, join(skip, 'thumbnails')] })).paths).toEqual([]);
    expect((await walk(root, { skip: [join(root, 'nowhere')] })).paths).toHaveLength(2);
  });

  it.skipIf(process.platform === 'win32')('takes any name', async () => {
    const root = await folderWith(...oddNames, ...oddNames.map((name) => `in ${name}/${name}`));
    const { paths, problems } = await walk(root);
    expect(paths.toSorted()).toEqual([...oddNames, ...oddNames.map((name) => `in ${name}/${name}`)].toSorted());
    expect(problems).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('reports names that are no text, and goes on', async () => {
    const root = await folderWith('a.jpg', 'z.jpg');
    const raw = (name: string): Buffer => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
    await writeFile(raw('caf\xe9.jpg'), 'x');
    await mkdir(raw('\xff\xfe'));
    const { paths, problems } = await walk(root);
    expect(paths).toEqual(['a.jpg', 'z.jpg']);
    expect(problems.map(({ kind }) => kind)).toEqual(['unsupported', 'unsupported']);
    expect(problems[0]?.message).toMatch(/Rename/);
  });

  it('follows links, enters no folder twice, and comes out of loops', async () => {
    const root = await folderWith('real/a.jpg', 'real/sub/b.jpg');
    const outside = await folderWith('c.jpg');
    await symlink('../..', join(root, 'real/sub/back'));
    await symlink('real', join(root, 'also'));
    await symlink(outside, join(root, 'outside 1'));
    await symlink(outside, join(root, 'outside 2'));
    await symlink('real/a.jpg', join(root, 'link.jpg'));
    await symlink('self', join(root, 'self'));
    await symlink('self.jpg', join(root, 'self.jpg'));
    await symlink('nowhere.jpg', join(root, 'dangling.jpg'));
    const { paths, problems } = await walk(root);
    expect(paths).toEqual(['link.jpg', 'real/a.jpg', 'real/sub/b.jpg', 'outside 1/c.jpg']);
    expect(problems.map(({ problem, kind }) => [problem, kind])).toEqual([
      ['dangling.jpg', 'vanished'],
      ['self.jpg', 'vanished'],
    ]);
  });

  it('takes no pipe and no folder for a photo', async () => {
    const root = await folderWith('folder.jpg/inside.jpg');
    if (process.platform !== 'win32') await promisify(execFile)('mkfifo', [join(root, 'pipe.jpg')]);
    expect(await walk(root)).toEqual({ paths: ['folder.jpg/inside.jpg'], problems: [] });
  });

  it('reports a root that is not there', async () => {
    const root = await temporaryFolder();
    expect((await walk(join(root, 'gone'))).problems).toMatchObject([{ problem: '', kind: 'vanished' }]);
  });

  it.skipIf(process.platform === 'win32')('reports a folder without permission, and goes on', async (context) => {
    const root = await folderWith('a.jpg', 'locked/b.jpg', 'open/c.jpg');
    await chmod(join(root, 'locked'), 0o000);
    let result: { paths: string[]; problems: ListingProblem[] };
    if (!isRoot) result = await walk(root);
    else {
      // Permissions mean nothing to root, so the walk runs as nobody, if nobody may read this checkout.
      await chmod(root, 0o755);
      const script = `
        import { walkPhotos } from '${resolve('app/library/walk.ts')}';
        const paths = [], problems = [];
        for await (const entry of walkPhotos(process.argv[1])) ('problem' in entry ? problems : paths).push(entry);
        console.log(JSON.stringify({ paths: paths.map(({ path }) => path), problems }));`;
      const args = ['--input-type=module-typescript', '-e', script, root];
      const output = await promisify(execFile)(process.execPath, args, { uid: nobody, gid: nobody, cwd: '/' }).catch(
        (error: unknown) => context.skip(`nobody cannot run this checkout: ${String(error).slice(0, 300)}`),
      );
      const { paths, problems } = JSON.parse(output.stdout) as { paths: string[]; problems: ListingProblem[] };
      result = {
        paths: paths.map((path) => relative(root, path)),
        problems: problems.map((entry) => ({ ...entry, problem: relative(root, entry.problem) })),
      };
    }
    await chmod(join(root, 'locked'), 0o755);
    expect(result.paths).toEqual(['a.jpg', 'open/c.jpg']);
    expect(result.problems).toMatchObject([{ problem: 'locked', kind: 'no-permission' }]);
  });

  it('ends quietly when it is told to', async () => {
    const root = await folderWith('a/1.jpg', 'b/2.jpg', 'c/3.jpg');
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const entry of walkPhotos(root, { signal: stop.signal })) {
      seen.push('path' in entry ? entry.path : entry.problem);
      stop.abort();
    }
    expect(seen).toHaveLength(1);
  });
});
