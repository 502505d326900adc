import { spawn } from 'node:child_process';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { beforeAll, afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { SwitchStatus } from '../../../app/contract/dto.ts';
import { builtInChoice, pipelineOf } from '../../../app/faces/models/choice.ts';
import { openService, readPeople } from '../../../app/service/service.ts';
import type { Service } from '../../../app/service/service-types.ts';
import { startCli } from '../../support/cli.ts';
import { hasYunet, writeMadePack, yunetFile } from '../../support/made-packs.ts';
import { makeSampleAlbum } from '../../support/sample-album.ts';
import { named, once, open, rows, scan, until } from '../../support/service-steps.ts';
import { makeTemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

if (!hasYunet) console.warn(`Skipped: switching to the YuNet model (no ${yunetFile}).`);

const builtIn = pipelineOf(builtInChoice);
const made = builtIn.replace('+built-in+careful', '+made@1+careful');

/** Twelve photos, and a library that knows them. */
let prepared: string;
beforeAll(async () => {
  prepared = await makeTemporaryFolder();
  await makeSampleAlbum(join(prepared, 'photos'), 12, 480);
  await writeMadePack(join(prepared, 'pack'));
  const service = await openService({ libraryPath: join(prepared, 'library'), host: 'cli' });
  await scan(service, join(prepared, 'photos'));
  await service.close();
});
afterAll(() => rm(prepared, { recursive: true, force: true }));

async function copyOfLibrary(): Promise<string> {
  const library = join(await temporaryFolder(), 'library');
  await cp(join(prepared, 'library'), library, { recursive: true });
  return library;
}

/** Chooses models and waits until they are in use. */
async function switchTo(service: Service, name: string): Promise<SwitchStatus> {
  const ended = once<SwitchStatus>(service, 'models.progress', ({ phase }) => phase === 'idle' || phase === 'failed');
  await service.call('models.use', { name });
  return ended;
}

/** Says something of every kind that must outlive a model: names, a face that is none, a drawn one. */
async function sayThings(service: Service): Promise<{ anna: number[]; none: number; drawn: number }> {
  const people = await service.call('people.list', undefined);
  const [a] = people;
  const anna = await service.call('people.name', { id: a!.id, name: 'Anna' });
  const annas = (await service.call('people.person', { id: anna.id })).faces.map(({ id }) => id);
  await service.call('people.decide', { decision: { kind: 'confirm', person: anna.id, faces: annas } });
  const other = people.at(-1)!;
  const none = (await service.call('people.person', { id: other.id })).faces[0]!.id;
  await service.call('people.decide', { decision: { kind: 'not-a-face', faces: [none] } });
  const [photo] = (await service.call('library.timeline', undefined)).ids;
  const { faceId: drawn } = await service.call('faces.draw', { photo: photo!, box: [0.02, 0.7, 0.1, 0.15] });
  const personOfDrawn = async (): Promise<string> =>
    (await service.call('library.photo', { id: photo! })).faces.find(({ id }) => id === drawn)!.personId;
  // Other models may take what was drawn there for somebody who is named already: first it becomes somebody of its own.
  const guessed = await personOfDrawn();
  const alone = (await service.call('people.person', { id: guessed })).faces.length === 1;
  await service.call('people.decide', {
    decision: { kind: alone ? 'confirm' : 'split', person: guessed, faces: [drawn] },
  });
  await service.call('people.name', { id: await personOfDrawn(), name: 'Drawn' });
  return { anna: annas.sort((x, y) => x - y), none, drawn };
}

describe('switching models', () => {
  it('keeps the old ones until every photo is read, and every decision through a switch and back', async () => {
    const library = await copyOfLibrary();
    let service = await open(library);
    const said = await sayThings(service);
    const faces = (await service.call('library.summary', undefined)).faces;
    await service.call('people.setThreshold', { threshold: 0.1 });
    const before = await named(service);
    expect(before.Anna).toEqual(expect.arrayContaining(said.anna));

    await service.call('models.add', { path: join(prepared, 'pack') });
    const choosing = once<SwitchStatus>(
      service,
      'models.progress',
      ({ done, phase }) => phase === 'reading' && done > 0,
    );
    const ended = switchTo(service, 'made');
    await choosing;
    // Half way everything is as it was.
    expect((await service.call('models.list', undefined)).active.embedder).toBeNull();
    expect(await named(service)).toEqual(before);
    expect(await ended).toMatchObject({ phase: 'idle', failed: 0, unreachable: 0, message: null });

    const models = await service.call('models.list', undefined);
    expect(models).toMatchObject({ active: { embedder: 'made@1' }, wanted: { embedder: 'made@1' }, problem: null });
    const after = await named(service);
    expect(after.Anna).toEqual(expect.arrayContaining(said.anna));
    expect(after.Drawn).toContain(said.drawn);
    expect(await service.call('people.setAside', undefined)).toMatchObject([{ id: said.none, standing: 'not-a-face' }]);
    // Everybody who was found is found again: the detector is the same.
    expect((await service.call('library.summary', undefined)).faces).toBe(faces);
    // The threshold is the new model's own.
    const { threshold, standard } = await service.call('people.threshold', undefined);
    expect([threshold, standard]).toEqual([0.4, 0.4]);
    expect(rows(library, `SELECT DISTINCT length(vector) AS n FROM embeddings WHERE model = '${made}'`)).toEqual([
      { n: 256 },
    ]);
    expect((await service.call('review.next', {})).remaining).toBeGreaterThanOrEqual(0);

    // And so it opens.
    await service.close();
    expect(readPeople(library).find(({ name }) => name === 'Anna')?.faces.length).toBe(after.Anna?.length);
    service = await open(library);
    expect(await named(service)).toEqual(after);

    // Back is at once: nothing has to be read, and the threshold is the one of before.
    expect(await switchTo(service, 'built-in')).toMatchObject({ phase: 'idle', total: 0, done: 0 });
    expect(await named(service)).toEqual(before);
    expect(await service.call('people.threshold', undefined)).toMatchObject({ threshold: 0.1, standard: 0.1125 });
  });

  it('takes up photos and decisions that come while it is under way', async () => {
    const library = await copyOfLibrary();
    const more = join(await temporaryFolder(), 'more');
    await makeSampleAlbum(more, 20, 400);
    const service = await open(library);
    await service.call('models.add', { path: join(prepared, 'pack') });
    const ended = switchTo(service, 'made');
    await scan(service, more);
    const said = await sayThings(service);
    expect((await ended).phase).toBe('idle');
    const { photos } = await service.call('library.summary', undefined);
    expect(rows(library, `SELECT 1 FROM analyses WHERE model = '${made}'`)).toHaveLength(photos);
    expect((await named(service)).Anna).toEqual(expect.arrayContaining(said.anna));
    expect((await named(service)).Drawn).toContain(said.drawn);
  });

  it('goes on after kill -9 from where it was', async () => {
    const library = await copyOfLibrary();
    const more = join(await temporaryFolder(), 'more');
    await makeSampleAlbum(more, 40, 800);
    const first = await open(library);
    await scan(first, more);
    const said = await sayThings(first);
    const before = await named(first);
    await first.call('models.add', { path: join(prepared, 'pack') });
    await first.close();

    const { process: child, ended } = startCli('models', 'use', 'made', '--library', library);
    const read = (): number => rows(library, `SELECT 1 FROM analyses WHERE model = '${made}'`).length;
    while (read() < 5) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await ended;
    const done = read();
    expect(done).toBeLessThan(52);

    // People are still those of before; without a word a command leaves it at that.
    const service = await open(library);
    expect(await named(service)).toEqual(before);
    expect(await service.call('models.list', undefined)).toMatchObject({
      active: { embedder: null },
      wanted: { embedder: 'made@1' },
    });
    await service.close();
    // A window goes on by itself.
    const window = await openService({ libraryPath: library, host: 'web' });
    onTestFinished(() => window.close());
    const status = await once<SwitchStatus>(window, 'models.progress', ({ phase }) => phase === 'idle');
    expect(status.total).toBe(52 - done);
    expect((await named(window)).Anna).toEqual(expect.arrayContaining(said.anna));
    expect(read()).toBe(52);
  });

  it('is paused, called off, and done for photos that are away by the pictures that are kept', async () => {
    const library = await copyOfLibrary();
    const photos = join(await temporaryFolder(), 'photos');
    await makeSampleAlbum(photos, 24, 500);
    const service = await open(library);
    await scan(service, photos);
    const said = await sayThings(service);
    const before = await named(service);
    await service.call('models.add', { path: join(prepared, 'pack') });

    await service.call('models.use', { name: 'made' });
    expect((await service.call('models.pauseSwitch', undefined)).phase).toBe('paused');
    expect((await service.call('models.cancelSwitch', undefined)).wanted.embedder).toBeNull();
    await until(async () => (await service.call('models.list', undefined)).switching.phase === 'idle');
    expect(await named(service)).toEqual(before);

    await rename(photos, `${photos} away`);
    const status = await switchTo(service, 'made');
    expect(status).toMatchObject({ phase: 'idle', unreachable: 24 });
    const away = await named(service);
    expect(away.Anna).toEqual(expect.arrayContaining(said.anna));
    expect(Object.keys(away).sort()).toEqual(Object.keys(before).sort());

    // They are read when they are there again.
    await rename(`${photos} away`, photos);
    await service.call('models.resumeSwitch', undefined);
    await until(() => Promise.resolve(rows(library, `SELECT 1 FROM analyses WHERE model = '${made}'`).length === 36));
    await until(async () => (await service.call('models.list', undefined)).switching.phase === 'idle');
    expect((await named(service)).Anna).toEqual(expect.arrayContaining(said.anna));
  });

  it('does not let models take over that do not run', async () => {
    const library = await copyOfLibrary();
    const service = await open(library);
    const { id } = await service.call('models.add', { path: join(prepared, 'pack') });
    const before = await service.call('people.list', undefined);
    // Replaced behind Kindred's back.
    await cp(join(prepared, 'pack', 'pack.json'), join(library, 'models', id, 'made.onnx'));
    expect(await switchTo(service, 'made')).toMatchObject({ phase: 'failed' });
    expect(await service.call('people.list', undefined)).toEqual(before);
    await service.call('models.cancelSwitch', undefined);
    await until(async () => (await service.call('models.list', undefined)).switching.phase === 'idle');
    await service.call('models.remove', { id });
  });

  it('refuses to remove what is in use', async () => {
    const library = await copyOfLibrary();
    const service = await open(library);
    await service.call('models.add', { path: join(prepared, 'pack') });
    await switchTo(service, 'made');
    await expect(service.call('models.remove', { id: 'made@1' })).rejects.toThrow(/in use/);
    await expect(service.call('models.use', { name: 'nobody' })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(service.call('models.fetch', { name: 'nobody' })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it.skipIf(!hasYunet)('finds with YuNet whom the built-in detectors found, as the same faces', async () => {
    const library = await copyOfLibrary();
    const service = await open(library);
    const said = await sayThings(service);
    await service.call('models.add', { path: yunetFile });
    const before = rows<{ id: number }>(library, `SELECT face_id AS id FROM embeddings WHERE model = '${builtIn}'`);
    expect(await switchTo(service, 'yunet')).toMatchObject({ phase: 'idle', failed: 0 });
    const model = builtIn.replace('built-in', 'yunet@2023.n');
    const after = rows<{ id: number }>(library, `SELECT face_id AS id FROM embeddings WHERE model = '${model}'`);
    const shared = before.filter(({ id }) => after.some((face) => face.id === id));
    expect(shared.length).toBeGreaterThan(0.85 * before.length);
    expect((await named(service)).Anna).toEqual(expect.arrayContaining(said.anna));
    expect((await named(service)).Drawn).toContain(said.drawn);
    // A face that only one of them finds is shown only with that one.
    const shownBy = async (): Promise<number> => {
      const { ids } = await service.call('library.timeline', undefined);
      const photos = await Promise.all(ids.map((id) => service.call('library.photo', { id })));
      return photos.reduce((sum, photo) => sum + photo.faces.length, 0);
    };
    expect(await shownBy()).toBe(after.length);
    await switchTo(service, 'built-in');
    expect(await shownBy()).toBe(before.length);
  });
});

describe('a library that other models have read', () => {
  /** As a Kindred before model packs left it. */
  async function oldLibrary(): Promise<string> {
    const library = await copyOfLibrary();
    const db = new Sqlite(join(library, 'kindred.db'));
    db.exec(`
      DROP TABLE analyses; DROP TABLE features; DROP TABLE model_versions; DROP TABLE training_runs;
      DROP TRIGGER file_words_added; DROP TRIGGER file_words_moved; DROP TRIGGER file_words_removed;
      DROP TABLE file_words; DROP TABLE smart_albums;
      UPDATE embeddings SET model = 'dlib-resnet-v1+mirror';
      UPDATE photos SET pipeline = 'face-api-2';
      DELETE FROM settings;
      INSERT INTO settings VALUES ('threshold', '0.132');
      DELETE FROM grouping;
      PRAGMA user_version = 1;`);
    db.close();
    return library;
  }

  it('shows what an older Kindred found, takes in new photos, and reads all anew in the background', async () => {
    const library = await oldLibrary();
    const more = join(await temporaryFolder(), 'more');
    await makeSampleAlbum(more, 14, 400);
    let service = await open(library);
    expect(await service.call('models.list', undefined)).toMatchObject({ outdated: true, problem: null });
    const old = await service.call('people.threshold', undefined);
    expect([old.threshold, old.standard]).toEqual([0.132, 0.12]);
    const people = await service.call('people.list', undefined);
    expect(people.length).toBeGreaterThan(5);
    const said = await sayThings(service);
    await scan(service, more);
    const { photos, faces } = await service.call('library.summary', undefined);
    expect(photos).toBe(26);
    expect(faces).toBeGreaterThan(40);
    await expect(service.call('models.cancelSwitch', undefined)).rejects.toThrow(/older Kindred/);
    const before = await named(service);
    await service.close();

    service = await open(library, 'web');
    await once<SwitchStatus>(service, 'models.progress', ({ phase }) => phase === 'idle');
    expect(await service.call('models.list', undefined)).toMatchObject({ outdated: false });
    expect(rows(library, `SELECT 1 FROM analyses WHERE model = '${builtIn}'`)).toHaveLength(26);
    expect(Object.keys(await named(service)).sort()).toEqual(Object.keys(before).sort());
    expect((await named(service)).Anna).toEqual(expect.arrayContaining(said.anna));
    // A tenth wider than the standard, as it was.
    expect((await service.call('people.threshold', undefined)).threshold).toBeCloseTo(0.1125 * 1.1, 6);
  });

  it('is shown as it was where its pack is gone, and can be used with others', async () => {
    const library = await copyOfLibrary();
    let service = await open(library);
    const said = await sayThings(service);
    await service.call('models.add', { path: join(prepared, 'pack') });
    await switchTo(service, 'made');
    const before = await named(service);
    await service.close();
    await rm(join(library, 'models', 'made@1'), { recursive: true });

    const child = await startCli('people', '--library', library).ended;
    expect(child).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('There is no model pack made@1') as string,
    });
    service = await open(library);
    expect((await service.call('models.list', undefined)).problem).toMatch(/no model pack made@1/);
    expect(await named(service)).toEqual(before);
    const more = join(await temporaryFolder(), 'more');
    await makeSampleAlbum(more, 13, 300);
    await scan(service, more);
    expect((await service.call('library.summary', undefined)).failed).toBe(0);
    // With the pack, what came meanwhile is read with it.
    await service.call('models.add', { path: join(prepared, 'pack') });
    await until(() => Promise.resolve(rows(library, `SELECT 1 FROM analyses WHERE model = '${made}'`).length === 25));
    expect(await switchTo(service, 'built-in')).toMatchObject({ phase: 'idle' });
    expect((await named(service)).Anna).toEqual(expect.arrayContaining(said.anna));
  });

  it('opens without the native engine', async () => {
    const library = await copyOfLibrary();
    const service = await open(library);
    await service.call('models.add', { path: join(prepared, 'pack') });
    await switchTo(service, 'made');
    const before = (await service.call('people.export', undefined)).length;
    await service.close();
    const child = spawn(process.execPath, ['app/hosts/cli/main.ts', 'people', '--library', library, '--json'], {
      env: { ...process.env, KINDRED_ENGINE: 'wasm' },
    });
    let [out, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    expect(errors).toMatch(/needs the native engine/);
    expect(JSON.parse(out)).toHaveLength(before);
  });
});

describe('kindred models', () => {
  it('lists, adds, uses and removes', async () => {
    const library = await copyOfLibrary();
    const run = (...args: string[]) => startCli('models', ...args, '--library', library).ended;
    expect((await run('list')).stdout).toMatch(/yunet .*Apache-2\.0/);
    expect(await run('add', join(prepared, 'photos'))).toMatchObject({ code: 2 });
    expect(await run('add', join(prepared, 'pack'))).toMatchObject({ code: 0 });
    const used = await run('use', 'made', '--care', 'quick');
    expect(used).toMatchObject({ code: 0, stdout: expect.stringMatching(/12 photos read/) as string });
    expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject({
      active: { care: 'quick', embedder: 'made@1' },
    });
    expect(await run('remove', 'made')).toMatchObject({ code: 2, stderr: expect.stringMatching(/in use/) as string });
    expect(await run('use', 'built-in')).toMatchObject({ code: 0 });
    expect(await run('remove', 'made')).toMatchObject({ code: 0 });
    expect(await run('fetch', 'nobody')).toMatchObject({ code: 2 });
    expect(await run('use', 'made')).toMatchObject({ code: 2 });
  });
});
