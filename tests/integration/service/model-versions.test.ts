import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SwitchStatus } from '../../../app/contract/dto.ts';
import { prepareHead, type Head } from '../../../app/faces/models/head.ts';
import { writeSafetensors } from '../../../app/engine/safetensors.ts';
import { openService } from '../../../app/service/service.ts';
import type { Service } from '../../../app/service/service-types.ts';
import { startCli } from '../../support/cli.ts';
import { builtInModel, makeLearningLibrary } from '../../support/learning-library.ts';
import { writeMadeVersion } from '../../support/made-versions.ts';
import { makeSampleAlbum } from '../../support/sample-album.ts';
import { activate, named, once, open, rows, scan } from '../../support/service-steps.ts';
import { makeTemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

/** A library of 480 made-up faces with features, one of ten photos, and the file of a version. */
let prepared: string;
let id: string;
let head: Head;
beforeAll(async () => {
  prepared = await makeTemporaryFolder();
  await makeLearningLibrary(join(prepared, 'made-up'), { people: 16, faces: 30, confirmed: 5 });
  await makeSampleAlbum(join(prepared, 'photos'), 10, 480);
  const service = await openService({ libraryPath: join(prepared, 'real'), host: 'cli' });
  await scan(service, join(prepared, 'photos'));
  await service.close();
  const version = await writeMadeVersion(join(prepared, 'version.safetensors'));
  ({ head } = version);
  ({ id } = version.info);
});
afterAll(() => rm(prepared, { recursive: true, force: true }));

async function copyOf(name: 'made-up' | 'real'): Promise<string> {
  const library = join(await temporaryFolder(), 'library');
  await cp(join(prepared, name), library, { recursive: true });
  return library;
}

const versionFile = (): string => join(prepared, 'version.safetensors');
const versionModel = (): string => `${builtInModel}+${id}`;

async function withVersion(library: string): Promise<Service> {
  const service = await open(library);
  await service.call('learning.import', { path: versionFile() });
  return service;
}

interface VectorRow {
  face: number;
  vector: Buffer;
}

/** Rows that a failing test can print. */
const short = (list: readonly VectorRow[]): string[] =>
  list.map(({ face, vector }) => `${face} ${createHash('sha256').update(vector).digest('hex').slice(0, 16)}`);

function vectors(library: string, table: 'embeddings' | 'features', model: string): VectorRow[] {
  const sql = `SELECT face_id AS face, vector FROM ${table} WHERE model = '${model}' ORDER BY face_id`;
  return rows<VectorRow>(library, sql);
}

/** What the head makes of the features that are stored. */
function expected(library: string): VectorRow[] {
  const features = vectors(library, 'features', builtInModel);
  const apply = prepareHead(head);
  return features.map(({ face, vector }) => {
    const embedding = apply(new Float32Array(new Uint8Array(vector).buffer));
    return { face, vector: Buffer.from(embedding.buffer) };
  });
}

async function decisions(library: string): Promise<unknown> {
  return Promise.resolve(rows(library, 'SELECT * FROM decisions ORDER BY id'));
}

describe('a model version', () => {
  it('takes over from stored features, changes no decision, goes back at once, and is removed with all that it left', async () => {
    const library = await copyOf('made-up');
    let service = await withVersion(library);
    const [before, said] = [await named(service), await decisions(library)];
    await service.call('people.setThreshold', { threshold: 0.09 });
    const grouped = await named(service);

    expect(await activate(service, id)).toMatchObject({ phase: 'idle', total: 480, done: 480, failed: 0 });
    expect(short(vectors(library, 'embeddings', versionModel()))).toEqual(short(expected(library)));
    expect(rows(library, `SELECT 1 FROM analyses WHERE model = '${versionModel()}'`)).toHaveLength(480);
    expect(await service.call('models.list', undefined)).toMatchObject({ active: { learned: id }, problem: null });
    expect(await service.call('learning.versions', undefined)).toMatchObject({
      active: id,
      previous: null,
      versions: [{ id, active: true, imported: true, status: 'kept', problem: null }],
    });
    expect(await decisions(library)).toEqual(said);
    const after = await named(service);
    for (const [name, faces] of Object.entries(before)) {
      // Whoever was confirmed is who they are.
      const number = Number(name.slice(-3));
      const confirmed = Array.from({ length: 5 }, (_, i) => number + 1 + 16 * i);
      expect(faces).toEqual(expect.arrayContaining(confirmed));
      expect(after[name]).toEqual(expect.arrayContaining(confirmed));
    }
    // As strict as before, on the version's own scale.
    const { threshold, standard } = await service.call('people.threshold', undefined);
    expect(standard).toBe(0.25);
    expect(threshold).toBeCloseTo((0.09 / 0.1125) * 0.25, 6);
    await expect(service.call('learning.remove', { version: id })).rejects.toThrow(/in use/);

    // And so it opens.
    await service.close();
    service = await open(library);
    expect(await named(service)).toEqual(after);

    expect(await activate(service, null)).toMatchObject({ phase: 'idle', total: 0 });
    expect(await named(service)).toEqual(grouped);
    await service.call('learning.remove', { version: id });
    expect(vectors(library, 'embeddings', versionModel())).toEqual([]);
    expect(rows(library, `SELECT 1 FROM analyses WHERE model = '${versionModel()}'`)).toEqual([]);
    expect(vectors(library, 'features', builtInModel)).toHaveLength(480);
    expect(existsSync(join(library, 'models', 'versions', `${id}.safetensors`))).toBe(false);
    expect(await service.call('learning.versions', undefined)).toEqual({ active: null, versions: [] });
    expect(await decisions(library)).toEqual(said);
  });

  it('goes back to the one that was in use before it', async () => {
    const library = await copyOf('made-up');
    const service = await withVersion(library);
    const { info } = await writeMadeVersion(join(library, 'other.safetensors'), { seed: 2 });
    await service.call('learning.import', { path: join(library, 'other.safetensors') });
    await activate(service, id);
    const first = await named(service);
    await activate(service, info.id);
    expect(await service.call('learning.versions', undefined)).toMatchObject({ active: info.id, previous: id });
    await activate(service, id);
    expect(await named(service)).toEqual(first);
    expect(await service.call('learning.versions', undefined)).toMatchObject({ active: id, previous: null });
    // By its number, as a command gives it.
    await activate(service, '2');
    await activate(service, null);
    await service.call('learning.remove', { version: '2' });
    await expect(service.call('learning.activate', { version: '2' })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('goes on after kill -9 from where it was', async () => {
    const library = join(await temporaryFolder(), 'library');
    await makeLearningLibrary(library, { people: 40, faces: 150, confirmed: 3 });
    const before = await withVersion(library);
    await before.close();
    const done = (): number => rows(library, `SELECT 1 FROM analyses WHERE model = '${versionModel()}'`).length;

    const { process: child, ended } = startCli('versions', 'activate', id, '--library', library);
    while (done() === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill('SIGKILL');
    await ended;
    const killedAt = done();
    expect(killedAt).toBeLessThan(6000);
    expect(rows(library, `SELECT 1 FROM embeddings WHERE model = '${versionModel()}'`)).toHaveLength(killedAt);

    // A window goes on by itself.
    const window = await open(library, 'web');
    const status = await once<SwitchStatus>(window, 'models.progress', ({ phase }) => phase === 'idle');
    expect(status.total).toBe(6000 - killedAt);
    expect(short(vectors(library, 'embeddings', versionModel()))).toEqual(short(expected(library)));
    expect(await window.call('models.list', undefined)).toMatchObject({ active: { learned: id } });
  });

  it('has photos that come while it is in use, and they stay when it goes', async () => {
    const library = await copyOf('real');
    const service = await withVersion(library);
    await activate(service, id);
    const more = join(await temporaryFolder(), 'more');
    await makeSampleAlbum(more, 8, 700);
    await scan(service, more);
    expect(short(vectors(library, 'embeddings', versionModel()))).toEqual(short(expected(library)));
    const { faces, photos } = await service.call('library.summary', undefined);
    expect(photos).toBe(18);
    const people = await service.call('people.list', undefined);
    await service.call('people.name', { id: people[0]!.id, name: 'Anna' });
    const [photo] = (await service.call('library.timeline', undefined)).ids;
    const { faceId } = await service.call('faces.draw', { photo: photo!, box: [0.02, 0.7, 0.1, 0.15] });

    expect(await activate(service, null)).toMatchObject({ phase: 'idle', total: 0 });
    expect(await service.call('library.summary', undefined)).toMatchObject({ photos: 18, faces: faces + 1 });
    expect((await service.call('library.photo', { id: photo! })).faces.map((face) => face.id)).toContain(faceId);
    expect(vectors(library, 'embeddings', builtInModel).map(({ face }) => face)).toEqual(
      vectors(library, 'features', builtInModel).map(({ face }) => face),
    );
    // What the built-in models make of the new faces is what they would have made of them by themselves.
    const alone = join(await temporaryFolder(), 'alone');
    const other = await open(alone);
    await scan(other, more);
    const hashes = (path: string): string[] =>
      short(vectors(path, 'embeddings', builtInModel)).map((row) => row.split(' ')[1]!);
    const [again, stored] = [hashes(alone), new Set(hashes(library))];
    expect(again.length).toBeGreaterThan(8);
    expect(again.filter((vector) => !stored.has(vector))).toEqual([]);
  });

  it('reads photos of which no features are stored', async () => {
    const library = await copyOf('real');
    const db = new Sqlite(join(library, 'kindred.db'));
    db.exec('DELETE FROM features WHERE face_id IN (SELECT face_id FROM features ORDER BY face_id LIMIT 3)');
    db.close();
    const service = await withVersion(library);
    const { faces } = await service.call('library.summary', undefined);
    expect(await activate(service, id)).toMatchObject({ phase: 'idle', failed: 0, unreachable: 0 });
    expect((await service.call('library.summary', undefined)).faces).toBe(faces);
    expect(short(vectors(library, 'embeddings', versionModel()))).toEqual(short(expected(library)));
    expect(vectors(library, 'features', builtInModel)).toHaveLength(faces);
  });

  it('is for the models that it was trained for', async () => {
    const library = await copyOf('real');
    const service = await withVersion(library);
    await activate(service, id);
    const ended = once<SwitchStatus>(service, 'models.progress', ({ phase }) => phase === 'idle');
    await service.call('models.setCare', { care: 'quick' });
    await ended;
    expect(await service.call('models.list', undefined)).toMatchObject({ active: { care: 'quick', learned: null } });
    const [version] = (await service.call('learning.versions', undefined)).versions;
    expect(version?.problem).toMatch(/trained for other models/);
    await expect(service.call('learning.activate', { version: id })).rejects.toMatchObject({ kind: 'invalid-input' });
  });

  it('whose file is gone leaves people as they are, and the models as they came take over', async () => {
    const library = await copyOf('real');
    let service = await withVersion(library);
    await activate(service, id);
    const before = await service.call('people.export', undefined);
    await service.close();
    await rm(join(library, 'models', 'versions', `${id}.safetensors`));
    service = await open(library);
    expect((await service.call('models.list', undefined)).problem).toMatch(/is gone/);
    expect(await service.call('people.export', undefined)).toEqual(before);
    expect(await activate(service, null)).toMatchObject({ phase: 'idle' });
    expect((await service.call('models.list', undefined)).problem).toBeNull();
  });
});

describe('the file of a version', () => {
  it('gives the same embeddings in another library', async () => {
    const [first, second] = [await copyOf('made-up'), await copyOf('made-up')];
    const one = await withVersion(first);
    await activate(one, id);
    const folder = await temporaryFolder();
    const { path } = await one.call('learning.export', { version: id, path: folder });
    const two = await open(second);
    expect(await two.call('learning.import', { path })).toMatchObject({ id, imported: true, active: false });
    expect((await two.call('models.list', undefined)).active.learned).toBeNull();
    await activate(two, id);
    expect(short(vectors(second, 'embeddings', versionModel()))).toEqual(
      short(vectors(first, 'embeddings', versionModel())),
    );
    expect(await two.call('learning.report', { version: id })).toMatchObject({
      version: { id },
      metrics: { after: { identification: 0.8 } },
      roc: null,
    });
    // Once is enough.
    await two.call('learning.import', { path });
    expect((await two.call('learning.versions', undefined)).versions).toHaveLength(1);
  });

  it('is refused where it is damaged, foreign, or not there, and nothing is left of it', async () => {
    const library = await copyOf('made-up');
    const service = await open(library);
    const bytes = await readFile(versionFile());
    const path = join(await temporaryFolder(), 'version.safetensors');
    const refusal = async (content: Uint8Array | string): Promise<string> => {
      await writeFile(path, content);
      const error = await service.call('learning.import', { path }).then(
        () => undefined,
        (reason: unknown) => reason as { kind: string; message: string },
      );
      expect(error?.kind).toBe('invalid-input');
      return error!.message;
    };
    const flipped = Uint8Array.from(bytes);
    flipped[bytes.length - 1000]! ^= 4;
    expect(await refusal(flipped)).toMatch(/damaged/);
    const changed = Buffer.from(bytes.toString('latin1').replace('"threshold\\":0.25', '"threshold\\":0.35'), 'latin1');
    expect(await refusal(changed)).toMatch(/damaged/);
    expect(await refusal(bytes.subarray(0, bytes.length - 8))).toMatch(/lies outside the file/);
    expect(await refusal(bytes.subarray(0, 100))).toMatch(/cut off/);
    expect(await refusal('')).toMatch(/too short/);
    expect(await refusal('a text that is longer than eight bytes')).toMatch(/another format/);
    const tensors = new Map([['weight', { shape: [2, 2], values: new Float32Array(4) }]]);
    expect(await refusal(writeSafetensors({ format: 'pt' }, tensors))).toMatch(/not made by Kindred/);
    await expect(service.call('learning.import', { path: `${path}.none` })).rejects.toMatchObject({
      kind: 'not-found',
    });
    expect((await service.call('learning.versions', undefined)).versions).toEqual([]);

    // One that was damaged since does not take over.
    await service.call('learning.import', { path: versionFile() });
    await truncate(join(library, 'models', 'versions', `${id}.safetensors`), 200_000);
    await expect(service.call('learning.activate', { version: id })).rejects.toMatchObject({ kind: 'invalid-input' });
    expect(await service.call('models.list', undefined)).toMatchObject({
      active: { learned: null },
      wanted: { learned: null },
    });
  });
});

describe('kindred evaluate --model', () => {
  it('measures a version through the pipeline, by the features that are cached', async () => {
    const folder = await temporaryFolder();
    const [images, cache, pairs] = [join(folder, 'images'), join(folder, 'cache'), join(folder, 'pairs.txt')];
    for (const name of ['A', 'B']) {
      await makeSampleAlbum(join(images, name), 4, 400);
      for (let i = 0; i < 4; i++) {
        await rename(join(images, name, `photo-000${i}.jpg`), join(images, name, `${name}_000${i + 1}.jpg`));
      }
    }
    await writeFile(pairs, '2\t1\nA\t1\t2\nA\t1\tB\t2\nB\t1\t3\nA\t3\tB\t4\n');
    const evaluate = async (...args: string[]): Promise<{ threshold: number; seconds: number }> => {
      const common = ['verification', '--images', images, '--pairs', pairs, '--cache', cache, '--json'];
      const { code, stdout, stderr } = await startCli('evaluate', ...common, ...args).ended;
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as { threshold: number; seconds: number };
    };
    const shipped = await evaluate();
    const byFile = await evaluate('--model', versionFile());
    const library = await copyOf('made-up');
    await (await withVersion(library)).close();
    expect(await evaluate('--model', '1', '--library', library)).toEqual(byFile);
    expect(byFile).not.toEqual(shipped);
    // No photo was read twice.
    expect(await readdir(cache)).toHaveLength(1);
    const [kept] = await readdir(cache);
    expect(short(vectors(join(cache, kept!), 'embeddings', versionModel()))).toEqual(
      short(expected(join(cache, kept!))),
    );
    const clustering = await startCli(
      'evaluate',
      'clustering',
      '--images',
      images,
      '--cache',
      cache,
      '--model',
      versionFile(),
    ).ended;
    expect(clustering.stdout).toMatch(/threshold +0\.25/);
    const quick = await startCli(
      'evaluate',
      'clustering',
      '--images',
      images,
      '--model',
      versionFile(),
      '--care',
      'quick',
    ).ended;
    expect(quick).toMatchObject({ code: 2, stderr: expect.stringMatching(/trained for other models/) as string });
  });
});

describe('kindred versions', () => {
  it('imports, activates, tells, rolls back, exports and removes', async () => {
    const library = await copyOf('made-up');
    const run = (...args: string[]) => startCli('versions', ...args, '--library', library).ended;
    expect(await run('import', versionFile())).toMatchObject({ code: 0 });
    expect(await run('activate', 'nobody')).toMatchObject({ code: 2 });
    expect(await run('activate', id.slice(0, 9))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`* Version 1`) as string,
    });
    const doctor = await startCli('doctor', '--library', library).ended;
    expect(doctor.stdout).toContain(id);
    expect(await run('remove', '1')).toMatchObject({ code: 2 });
    expect(JSON.parse((await run('rollback', '--json')).stdout)).toMatchObject({ active: null });
    expect(await run('rollback')).toMatchObject({ code: 2 });
    const out = join(await temporaryFolder(), 'out.safetensors');
    expect(await run('export', '1', out)).toMatchObject({ code: 0 });
    expect((await readFile(out)).equals(await readFile(versionFile()))).toBe(true);
    expect(await run('remove', '1')).toMatchObject({ code: 0 });
    expect((await run('list')).stdout).toMatch(/^\* built-in/);
  });
});
