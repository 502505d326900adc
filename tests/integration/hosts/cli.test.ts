import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PersonFaces } from '../../../app/contract/dto.ts';
import { runScan, type ScanReport } from '../../../app/hosts/cli/scan.ts';
import { builtInChoice, pipelineOf } from '../../../app/faces/models/choice.ts';
import type { DoctorReport } from '../../../app/service/doctor.ts';
import { openLibraryDatabase } from '../../../app/store/connection.ts';
import { makeSampleAlbum } from '../../support/sample-album.ts';
import { runCli, startCli } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cookieOf } from '../../support/transports.ts';

const root = join(import.meta.dirname, '..', '..', '..');

async function scan(...args: string[]): Promise<ScanReport> {
  const { code, stdout, stderr } = await runCli('scan', ...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as ScanReport;
}

async function people(library: string): Promise<PersonFaces[]> {
  return JSON.parse((await runCli('people', '--library', library, '--json')).stdout) as PersonFaces[];
}

/** Groups as sets of faces, whatever their ids and order. */
function partition(list: readonly PersonFaces[]): string[] {
  const face = ({ photo, box }: PersonFaces['faces'][number]): string =>
    `${photo.split('/').at(-1)} ${box.map((value) => value.toFixed(4)).join(' ')}`;
  return list.map(({ faces }) => faces.map(face).sort().join('\n')).sort();
}

describe('kindred scan', () => {
  it('finds the people of a folder, and a second scan has nothing to do', async () => {
    const folder = await temporaryFolder();
    const library = join(folder, 'library');
    await makeSampleAlbum(join(folder, 'photos'), 12);
    const first = await scan(join(folder, 'photos'), '--library', library);
    expect(first).toMatchObject({ photos: 12, failed: [] });
    expect(first.faces).toBeGreaterThanOrEqual(36);
    const found = await people(library);
    expect(found.reduce((sum, { faces }) => sum + faces.length, 0)).toBe(first.faces);
    expect(found).toHaveLength(first.people);
    expect(found[0]!.faces.length).toBeGreaterThanOrEqual(2);

    const { stdout, stderr } = await runCli('scan', '--library', library, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ photos: 12, faces: first.faces, people: first.people });
    expect(stderr).toContain('0 photos read, 12 unchanged');
    expect(await people(library)).toEqual(found);
  });

  it('gives the same people photo by photo as in one run', async () => {
    const folder = await temporaryFolder();
    const paths = await makeSampleAlbum(join(folder, 'all'), 9, 480);
    const atOnce = join(folder, 'library-at-once');
    await scan(join(folder, 'all'), '--library', atOnce);
    const whole = partition(await people(atOnce));

    const growing = join(folder, 'growing');
    const library = join(folder, 'library-growing');
    await mkdir(growing);
    for (let i = 0; i < paths.length; i += 3) {
      for (const path of paths.slice(i, i + 3)) await rename(path, path.replace(`${folder}/all`, growing));
      await scan(growing, '--library', library);
    }
    expect(partition(await people(library))).toEqual(whole);
  });

  it('loses nothing to kill -9 and does nothing twice', async () => {
    const folder = await temporaryFolder();
    const library = join(folder, 'library');
    await makeSampleAlbum(join(folder, 'photos'), 18);
    let indexed = 0;
    for (let kill = 0; kill < 2; kill++) {
      const running = startCli('scan', join(folder, 'photos'), '--library', library);
      indexed = await until(() => {
        const now = countIndexed(library);
        return now > indexed + 2 ? now : undefined;
      });
      running.process.kill('SIGKILL');
      expect((await running.ended).code).toBeNull();
      const kept = countIndexed(library);
      expect(kept).toBeGreaterThanOrEqual(indexed);
      indexed = kept;
    }
    expect(indexed).toBeLessThan(18);
    const { code, stderr, stdout } = await runCli('scan', join(folder, 'photos'), '--library', library, '--json');
    expect(code).toBe(0);
    expect(stderr).toContain(`${18 - indexed} photos read, ${indexed} unchanged`);
    const report = JSON.parse(stdout) as ScanReport;

    const fresh = join(folder, 'fresh');
    const untouched = await scan(join(folder, 'photos'), '--library', fresh);
    expect(report).toMatchObject({ photos: 18, faces: untouched.faces, people: untouched.people });
    expect(partition(await people(library))).toEqual(partition(await people(fresh)));
  });

  it('stops at Ctrl-C with what it has', async () => {
    const folder = await temporaryFolder();
    const library = join(folder, 'library');
    await makeSampleAlbum(join(folder, 'photos'), 18);
    const running = startCli('scan', join(folder, 'photos'), '--library', library, '--json');
    await until(() => (countIndexed(library) > 0 ? true : undefined));
    running.process.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    const report = JSON.parse(stdout) as ScanReport;
    expect(report.photos).toBe(countIndexed(library));
    expect(report.photos).toBeLessThan(18);
  });

  it('stops at a Ctrl-C that comes before the scan has begun', async () => {
    const folder = await temporaryFolder();
    await makeSampleAlbum(join(folder, 'photos'), 1, 480);
    const others = process.listeners('SIGINT');
    const exitCode = process.exitCode;
    onTestFinished(() => void (process.exitCode = exitCode));
    // The new threshold groups the faces anew, and that comes before the scan.
    const scanned = runScan(join(folder, 'photos'), { library: join(folder, 'library'), json: true, threshold: 0.13 });
    let press: NodeJS.SignalsListener | undefined;
    while (!(press = process.listeners('SIGINT').find((listener) => !others.includes(listener)))) await setImmediate();
    press('SIGINT');
    await scanned;
    expect(process.exitCode).toBe(130);
    expect(countIndexed(join(folder, 'library'))).toBe(0);
  });

  it('lists broken files with plain reasons and goes on', async () => {
    const folder = await temporaryFolder();
    const photos = join(folder, 'photos');
    const library = join(folder, 'library');
    await makeSampleAlbum(photos, 1);
    await writeFile(join(photos, 'empty.jpg'), '');
    await writeFile(join(photos, '<script>alert("1")\n\u{1F600}.jpg'), 'hello');
    const report = await scan(photos, '--library', library);
    expect(report.photos).toBe(1);
    expect(report.failed.map(({ kind }) => kind).sort()).toEqual(['empty', 'not-an-image']);
    for (const { message } of report.failed) expect(message).toMatch(/^[A-Z].*\.$/);
    const text = await runCli('scan', '--library', library);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain('2 could not be read');
  });

  it('tries again what failed, and takes on a folder in the same run', async () => {
    const folder = await temporaryFolder();
    const library = join(folder, 'library');
    await makeSampleAlbum(join(folder, 'a'), 1, 480);
    await makeSampleAlbum(join(folder, 'b'), 2, 400);
    expect(await scan(join(folder, 'a'), '--library', library, '--retry')).toMatchObject({ photos: 1 });
    expect(await scan(join(folder, 'b'), '--library', library, '--retry')).toMatchObject({ photos: 3 });
    expect(await scan('--library', library, '--retry')).toMatchObject({ photos: 3 });
  });

  it('keeps the faces of a moved folder, and of one that is not there now', async () => {
    const folder = await temporaryFolder();
    const library = join(folder, 'library');
    await makeSampleAlbum(join(folder, 'photos', 'a'), 3);
    const before = await scan(join(folder, 'photos'), '--library', library);
    const found = partition(await people(library));
    await rename(join(folder, 'photos', 'a'), join(folder, 'photos', 'b'));
    expect(await scan('--library', library)).toMatchObject({ photos: 3, faces: before.faces });
    expect(partition(await people(library))).toEqual(found);
    // As when a drive is unplugged.
    await rename(join(folder, 'photos'), join(folder, 'elsewhere'));
    expect(await scan('--library', library)).toMatchObject({ photos: 3, faces: before.faces });
    expect(partition(await people(library))).toEqual(found);
  });

  it('says what is wrong with its input, by exit code too', async () => {
    const folder = await temporaryFolder();
    const library = join(folder, 'library');
    expect(await runCli('scan', join(folder, 'nowhere'), '--library', library)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no folder'),
    });
    expect((await runCli('scan', folder, '--library', library, '--threshold', '9')).code).toBe(2);
    expect((await runCli('frobnicate')).code).toBe(2);
    expect((await runCli('--help')).code).toBe(0);
    const broken = join(folder, 'broken');
    await mkdir(broken);
    await writeFile(join(broken, 'kindred.db'), 'this is not a database, but it is long enough to look at'.repeat(100));
    expect((await runCli('scan', folder, '--library', broken)).code).toBe(3);
    // An empty argument, as of a script whose variable is not set, is not the current folder.
    for (const args of [
      ['scan', '', '--library', library],
      ['people', '--library', ''],
    ]) {
      expect(await runCli(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining('must not be empty') });
    }
    // Where there is no library, as after a slip of the hand, nobody is listed and nothing is made.
    const nowhere = join(folder, 'nowhere');
    expect(await runCli('people', '--library', nowhere)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no Kindred library'),
    });
    expect(existsSync(nowhere)).toBe(false);
    // A folder of photos that cannot be read is bad input, a library that cannot be opened is not.
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect((await runCli('scan', folder, '--library', file)).code).toBe(3);
  });

  it('refuses a second writer but lets people be read meanwhile', async () => {
    const folder = await temporaryFolder();
    const library = join(folder, 'library');
    await makeSampleAlbum(join(folder, 'photos'), 2);
    const { people: count } = await scan(join(folder, 'photos'), '--library', library);
    const serving = startCli('serve', '--library', library, '--no-open');
    await new Promise((resolve) => serving.process.stdout!.once('data', resolve));
    expect((await runCli('scan', '--library', library)).code).toBe(3);
    expect(await people(library)).toHaveLength(count);
    serving.process.kill('SIGTERM');
    expect((await serving.ended).code).toBe(0);
  });
});

describe('kindred serve', () => {
  it('builds its window first in a fresh checkout', async () => {
    const checkout = await temporaryFolder();
    const parts = ['app', 'renderer', 'scripts', 'package.json', 'tsconfig.json', 'vite.config.ts', 'svelte.config.js'];
    for (const part of parts) await cp(join(root, part), join(checkout, part), { recursive: true });
    await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'), 'junction');
    const main = join(checkout, 'app', 'hosts', 'cli', 'main.ts');
    const args = [main, 'serve', '--no-open', '--json', '--library', join(checkout, 'library')];
    const serving = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void serving.kill());
    // Nothing but JSON comes out, whatever is said while building.
    const [line] = (await once(serving.stdout, 'data')) as [Buffer];
    const { url } = JSON.parse(line.toString()) as { url: string };
    const page = await fetch(new URL('/', url), { headers: { cookie: await cookieOf(url) } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<script');
    serving.kill('SIGTERM');
    await once(serving, 'exit');
  });
});

describe('kindred evaluate', () => {
  it('scores the sample photos and keeps embeddings between runs', async () => {
    const folder = await temporaryFolder();
    const images = join(folder, 'images');
    const paths = await makeSampleAlbum(join(folder, 'all'), 12, 480);
    for (const [i, path] of paths.entries()) {
      const name = `Person_${i % 6}`;
      await mkdir(join(images, name), { recursive: true });
      await rename(path, join(images, name, `${name}_${String(Math.floor(i / 6) + 1).padStart(4, '0')}.jpg`));
    }
    const args = ['--images', images, '--cache', join(folder, 'cache'), '--json'];
    const clustering = JSON.parse((await runCli('evaluate', 'clustering', ...args)).stdout) as Record<string, unknown>;
    expect(clustering).toMatchObject({ identities: 6, notFound: 0 });
    expect(Object.keys(clustering).sort()).toEqual(
      ['bcubed', 'byQuality', 'clusters', 'identities', 'intervals', 'nmi', 'notFound', 'pairwise', 'threshold'].sort(),
    );
    const pairs = join(folder, 'pairs.txt');
    const same = [0, 1, 2].map((i) => `Person_${i}\t1\t2`);
    const different = [0, 1, 2].map((i) => `Person_${i}\t1\tPerson_${i + 1}\t2`);
    await writeFile(pairs, ['2\t3', ...same, ...different, ...same, ...different, ''].join('\n'));
    const { stdout, stderr } = await runCli('evaluate', 'verification', '--pairs', pairs, ...args);
    expect(stderr).toContain('0 photos read, 12 unchanged');
    const verification = JSON.parse(stdout) as Record<string, number>;
    expect(Object.keys(verification).sort()).toEqual(
      ['accuracy', 'auc', 'byQuality', 'intervals', 'notFound', 'standardError', 'threshold', 'valAtFar1e3'].sort(),
    );
    const retrieval = (await runCli('evaluate', 'retrieval', '--confirmed', '1', ...args)).stdout;
    // With two photos each, nobody can be confirmed and still be searched for.
    expect(JSON.parse(retrieval)).toMatchObject({
      queries: 12,
      people: 6,
      raw: { byFace: expect.closeTo(1, 0) as number },
      withConfirmed: [{ confirmed: 1, queries: 0, people: 0, raw: { byFace: null } }],
      notFound: 0,
    });
    // Group photos: now and then the middle of two cuts of one photo is another face.
    expect(verification['accuracy']).toBeGreaterThan(0.75);
  });

  it('says which photo a pair misses', async () => {
    const folder = await temporaryFolder();
    await makeSampleAlbum(join(folder, 'images', 'Person_0'), 1);
    await writeFile(join(folder, 'pairs.txt'), `2\t1\n${'Nobody\t1\t2\nNobody\t1\tPerson_0\t1\n'.repeat(2)}`);
    const args = ['--images', join(folder, 'images'), '--pairs', join(folder, 'pairs.txt')];
    expect(await runCli('evaluate', 'verification', ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Nobody_0001'),
    });
  });
});

describe('kindred evaluate at Ctrl-C', () => {
  it('leaves no faces behind', async () => {
    const folder = await temporaryFolder();
    await makeSampleAlbum(join(folder, 'images', 'Person_0'), 18);
    await mkdir(join(folder, 'tmp'));
    vi.stubEnv('TMPDIR', join(folder, 'tmp'));
    onTestFinished(() => void vi.unstubAllEnvs());
    const running = startCli('evaluate', 'clustering', '--images', join(folder, 'images'), '--json');
    const [cache] = await until(() => {
      const found = readdirSync(join(folder, 'tmp'));
      return found.length > 0 ? found : undefined;
    });
    await until(() => (countIndexed(join(folder, 'tmp', cache!, pipelineOf(builtInChoice))) > 0 ? true : undefined));
    running.process.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });
});

describe('a pairs file that is wrong', () => {
  it.each([
    ['is empty', '', 'Line 1'],
    ['ends early', '2\t1\nAna\t1\t2\n', 'should have 2 × 2 × 1 pairs'],
    ['has another format', '2\t1\nAna\nAna\nAna\nAna\n', 'Line 2'],
    ['has one fold', '1\t1\nAna\t1\t2\nAna\t1\tBo\t1\n', 'two folds or more'],
  ])('is bad input before any photo is looked at: it %s', async (_, text, message) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'pairs.txt'), text);
    // No photos there: reading them would be another error.
    const args = ['--images', folder, '--pairs', join(folder, 'pairs.txt')];
    const { code, stderr } = await runCli('evaluate', 'verification', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('kindred doctor', () => {
  it('reports as JSON', async () => {
    const folder = await temporaryFolder();
    const { stdout } = await runCli('doctor', '--library', folder, '--json');
    const report = JSON.parse(stdout) as { checks: { name: string; ok: boolean }[] };
    expect(report.checks.find(({ name }) => name === 'inference')).toMatchObject({ ok: true });
  });

  it('runs the models without anything of theirs being left on the computer, or sent', async () => {
    const folder = await temporaryFolder();
    for (const name of ['home', 'tmp']) await mkdir(join(folder, name));
    vi.stubEnv('HOME', join(folder, 'home'));
    vi.stubEnv('TMPDIR', join(folder, 'tmp'));
    // Who sets it otherwise is not asked.
    vi.stubEnv('ORT_DISABLE_TELEMETRY', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await runCli('doctor', '--library', join(folder, 'library'))).code).toBe(0);
    // The native engine's telemetry keeps an identifier, a log and what it has not sent yet.
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['home', 'tmp']);
  });

  it('finds the pages that went bad', async () => {
    const library = await temporaryFolder();
    const { db, close } = openLibraryDatabase(library);
    const insert = db.prepare('INSERT INTO folders (path) VALUES (?)');
    for (let i = 0; i < 2000; i++) insert.run(`/photos/${i}`);
    close();
    const file = join(library, 'kindred.db');
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xa5, 40_000, bytes.length - 4096));
    const report = JSON.parse((await runCli('doctor', '--library', library, '--json')).stdout) as DoctorReport;
    expect(report.checks.find(({ name }) => name === 'library')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('is damaged'),
    });
  });
});

function countIndexed(library: string): number {
  try {
    const db = new Sqlite(join(library, 'kindred.db'), { readonly: true });
    try {
      return (db.prepare('SELECT count(*) AS n FROM photos').get() as { n: number }).n;
    } finally {
      db.close();
    }
  } catch {
    return 0;
  }
}

async function until<Value>(probe: () => Value | undefined): Promise<Value> {
  for (;;) {
    const value = probe();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
