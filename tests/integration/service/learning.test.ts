import { existsSync } from 'node:fs';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LearningReport } from '../../../app/contract/learning.ts';
import type { LearningProgress } from '../../../app/contract/learning.ts';
import type { Service } from '../../../app/service/service-types.ts';
import { startCli } from '../../support/cli.ts';
import { makeLearningLibrary } from '../../support/learning-library.ts';
import { activate, learningAfter, named, once, open, rows, until } from '../../support/service-steps.ts';
import { makeTemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

/** A library in which poor light hides people from the network as it came, and one in which nothing does. */
const people = 12;
let prepared: string;
beforeAll(async () => {
  prepared = await makeTemporaryFolder();
  await makeLearningLibrary(join(prepared, 'dim'), { people, faces: 16, confirmed: 8 });
  await makeLearningLibrary(join(prepared, 'clean'), { people: 6, faces: 8, confirmed: 4, nuisance: 0 });
});
afterAll(() => rm(prepared, { recursive: true, force: true }));

async function copyOf(name: 'dim' | 'clean'): Promise<string> {
  const library = join(await temporaryFolder(), 'library');
  await cp(join(prepared, name), library, { recursive: true });
  return library;
}

/** Trains to the end. */
async function train(service: Service): Promise<LearningReport> {
  await service.call('learning.start', { kind: 'head' });
  const { latest } = await learningAfter(service, 'running');
  return service.call('learning.report', { version: latest! });
}

/** How many faces are with the person that they show. */
async function right(service: Service): Promise<number> {
  const who = Object.entries(await named(service));
  return who.reduce((sum, [name, faces]) => {
    const person = Number(name.slice(-3));
    return sum + faces.filter((face) => (face - 1) % people === person).length;
  }, 0);
}

describe('learning', () => {
  it('makes a version that is better on faces that were held out, and uses it when it is told to', async () => {
    const library = await copyOf('dim');
    const service = await open(library);
    expect(await service.call('learning.status', undefined)).toMatchObject({
      state: 'idle',
      confirmedFaces: 96,
      people,
      newCorrections: 24,
      enough: true,
      missing: null,
      suggestion: expect.stringMatching(/24 corrections/) as string,
    });
    const before = await right(service);
    const curves: LearningProgress[] = [];
    service.subscribe((event, payload) => {
      if (event === 'learning.progress') curves.push(payload as LearningProgress);
    });
    const report = await train(service);
    expect(new Set(curves.map(({ phase }) => phase))).toEqual(
      new Set(['collecting', 'training', 'measuring', 'embedding', 'grouping']),
    );
    expect(report.version).toMatchObject({ kind: 'head', status: 'candidate', active: false, parent: null });
    expect(report.version.data).toMatchObject({ people, faces: 96, photos: 96, strangers: 96 });
    const { metrics, roc, distances, heldOut, library: changes } = report;
    expect(metrics.after.identification).toBeGreaterThan(metrics.before.identification);
    expect(metrics.after.grouping).toBeGreaterThan(metrics.before.grouping);
    expect(heldOut.filter(({ fixed }) => fixed).length).toBeGreaterThan(heldOut.filter(({ fixed }) => !fixed).length);
    for (const { fixed, person, before: was, after: is } of heldOut) {
      expect((fixed ? is : was)?.id).toBe(person.id);
      expect((fixed ? was : is)?.id).not.toBe(person.id);
    }
    for (const curve of [roc!.before, roc!.after]) {
      expect(curve[0]).toEqual({ threshold: 0, far: 0, val: 0 });
      expect(curve.at(-1)).toMatchObject({ threshold: 4 });
      expect(curve.at(-1)!.val).toBeCloseTo(1, 9);
      for (const [i, point] of curve.slice(1).entries()) {
        expect(point.far).toBeGreaterThanOrEqual(curve[i]!.far);
        expect(point.val).toBeGreaterThanOrEqual(curve[i]!.val);
      }
    }
    for (const { same, different, edges } of [distances!.before, distances!.after]) {
      expect(edges).toHaveLength(same.length + 1);
      for (const shares of [same, different]) expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    }
    expect(changes!.changed).toBeGreaterThan(0);
    expect(existsSync(join(library, 'training', 'run-1'))).toBe(false);

    // Nothing has changed until it is kept.
    expect(await right(service)).toBe(before);
    await expect(service.call('learning.start', { kind: 'head' })).rejects.toThrow(/keep or discard/);
    const said = rows(library, 'SELECT * FROM decisions');
    await service.call('learning.keep', undefined);
    await learningAfter(service, 'activating');
    expect(await service.call('learning.status', undefined)).toMatchObject({
      state: 'idle',
      active: report.version.id,
      newCorrections: 0,
      suggestion: null,
    });
    expect(await right(service)).toBeGreaterThan(before);
    expect(rows(library, 'SELECT * FROM decisions')).toEqual(said);

    // Trained anew from the same faces it is no better: measured fairly, on faces that neither has seen.
    const again = await train(service);
    expect(again.version).toMatchObject({ status: 'refused', parent: report.version.id, bytes: 0 });
    expect(again.metrics.before).toEqual(again.metrics.after);
    expect(again.metrics.before.identification).toBeCloseTo(metrics.after.identification, 1);
    expect(await service.call('learning.status', undefined)).toMatchObject({
      state: 'idle',
      active: report.version.id,
    });
    await activate(service, null);
    expect(await right(service)).toBe(before);
  });

  it('refuses what is no better, says why, and leaves everything as it is', async () => {
    const library = await copyOf('clean');
    const service = await open(library);
    const before = await service.call('people.export', undefined);
    const { version, library: changes } = await train(service);
    expect(version).toMatchObject({ status: 'refused', active: false, bytes: 0, problem: null });
    expect(version.reason).toMatch(/no better|may be chance/);
    expect(changes).toBeNull();
    expect(await service.call('learning.status', undefined)).toMatchObject({
      state: 'idle',
      candidate: null,
      active: null,
    });
    expect(await service.call('people.export', undefined)).toEqual(before);
    expect(rows(library, "SELECT 1 FROM embeddings WHERE model LIKE '%head-%'")).toEqual([]);
    await expect(service.call('learning.activate', { version: version.id })).rejects.toThrow(/was refused/);
    await service.call('learning.remove', { version: version.id });
    await expect(service.call('learning.report', { version: version.id })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('goes on after kill -9 to the same version, also where something was decided meanwhile', async () => {
    const [whole, killed] = [await copyOf('dim'), await copyOf('dim')];
    const uninterrupted = startCli('train', '--library', whole, '--json').ended;
    const folder = join(killed, 'training', 'run-1');
    const { process: child, ended } = startCli('train', '--library', killed);
    await until(() => Promise.resolve(existsSync(join(folder, 'checkpoint'))));
    child.kill('SIGKILL');
    await ended;
    expect((await readdir(folder)).sort()).toEqual(['checkpoint', 'context', 'input']);

    const service = await open(killed);
    expect(await service.call('learning.status', undefined)).toMatchObject({ state: 'interrupted' });
    await expect(service.call('learning.start', { kind: 'head' })).rejects.toThrow(/interrupted/);
    await service.call('learning.resume', undefined);
    const [someone] = (await service.call('people.list', undefined)).filter(({ name }) => name === '');
    const decided = someone ? await service.call('people.name', { id: someone.id, name: 'Anna' }) : undefined;
    const other = (await service.call('people.list', undefined)).find(({ name }) => name === 'Person 003')!;
    const faces = [4 + 8 * people, 4 + 9 * people];
    await service.call('people.decide', { decision: { kind: 'confirm', person: other.id, faces } });
    expect((await learningAfter(service, 'running')).state).toBe('candidate');
    const status = await service.call('learning.status', undefined);
    expect(status.newCorrections).toBe(decided ? 2 : 1);
    const report = JSON.parse((await uninterrupted).stdout) as LearningReport;
    expect(status.candidate).toBe(report.version.id);
    const { metrics } = await service.call('learning.report', { version: status.candidate! });
    expect(metrics).toEqual(report.metrics);
    // What was decided is there, and stays when the version comes.
    await service.call('learning.keep', undefined);
    await learningAfter(service, 'activating');
    expect((await named(service))['Person 003']).toEqual(expect.arrayContaining(faces));
  });

  it('is paused, resumed and called off', async () => {
    const library = await copyOf('dim');
    const service = await open(library);
    const trains = once<LearningProgress>(service, 'learning.progress', ({ phase }) => phase === 'training');
    await service.call('learning.start', { kind: 'head' });
    await trains;
    expect(await service.call('learning.pause', undefined)).toMatchObject({ state: 'paused' });
    // What was in hand when it was told.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { progress } = await service.call('learning.status', undefined);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await service.call('learning.status', undefined)).progress?.done).toBe(progress!.done);
    const goesOn = once<LearningProgress>(service, 'learning.progress', ({ done }) => done > progress!.done);
    expect(await service.call('learning.resume', undefined)).toMatchObject({ state: 'running' });
    await goesOn;
    expect(await service.call('learning.cancel', undefined)).toMatchObject({ state: 'idle', progress: null });
    expect(await readdir(join(library, 'training'))).toEqual([]);
    expect((await service.call('learning.versions', undefined)).versions).toEqual([]);
    await expect(service.call('learning.resume', undefined)).rejects.toMatchObject({ kind: 'invalid-input' });
    await expect(service.call('learning.keep', undefined)).rejects.toMatchObject({ kind: 'invalid-input' });
  });

  it('leaves nothing of a version that was discarded but its report', async () => {
    const library = await copyOf('dim');
    const service = await open(library);
    const { version } = await train(service);
    expect(rows(library, "SELECT 1 FROM embeddings WHERE model LIKE '%head-%'")).toHaveLength(192);
    expect(await service.call('learning.discard', undefined)).toMatchObject({ state: 'idle', candidate: null });
    expect(rows(library, "SELECT 1 FROM embeddings WHERE model LIKE '%head-%'")).toEqual([]);
    expect(await readdir(join(library, 'models', 'versions'))).toEqual([]);
    expect(await service.call('learning.report', { version: version.id })).toMatchObject({
      version: { status: 'discarded' },
    });
  });

  it('says what is missing', async () => {
    const library = join(await temporaryFolder(), 'library');
    await makeLearningLibrary(library, { people: 4, faces: 6, confirmed: 4 });
    const service = await open(library);
    const status = await service.call('learning.status', undefined);
    expect(status).toMatchObject({
      enough: false,
      suggestion: null,
      missing: expect.stringMatching(/5 people/) as string,
    });
    await expect(service.call('learning.start', { kind: 'head' })).rejects.toThrow(/5 people/);
    expect(await service.call('learning.settings', { auto: true })).toEqual({ auto: true });
    expect(await service.call('learning.settings', {})).toEqual({ auto: true });
  });
});
