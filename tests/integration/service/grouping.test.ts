import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtInChoice, pipelineOf } from '../../../app/faces/models/choice.ts';
import type { NewStatement } from '../../../app/people/decisions.ts';
import { createEventBus } from '../../../app/service/event-bus.ts';
import { createGrouping, type Grouping } from '../../../app/service/grouping.ts';
import { openService } from '../../../app/service/service.ts';
import type { Service } from '../../../app/service/service-types.ts';
import { openLibraryDatabase } from '../../../app/store/connection.ts';
import { knownFrom, logOf } from '../../unit/people/decided-faces.ts';
import { makePeopleLibrary } from '../../support/people-library.ts';
import { makeFaces } from '../../support/synthetic-faces.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A library of three people with twelve faces each. */
async function library(): Promise<string> {
  const path = join(await temporaryFolder(), 'library');
  makePeopleLibrary(path, makeFaces({ sizes: [12, 12, 12], seed: 4, spread: 0.3 }));
  return path;
}

async function open(path: string): Promise<Service> {
  const service = await openService({ libraryPath: path, host: 'cli' });
  onTestFinished(() => service.close());
  return service;
}

function grouping(path: string, said: () => readonly NewStatement[]): { made: Grouping; db: Database } {
  const { db, close } = openLibraryDatabase(path);
  const made = createGrouping({
    db,
    models: { model: pipelineOf(builtInChoice), dimension: 128, standard: 0.1125 },
    threshold: () => 0.12,
    known: () => knownFrom(logOf(...said())),
    events: createEventBus(),
  });
  onTestFinished(async () => {
    await made.close();
    close();
  });
  return { made, db };
}

const sizes = (people: { list: { faceIds: number[] }[] }): number[] => people.list.map(({ faceIds }) => faceIds.length);

describe('the grouping', () => {
  it('does not keep what was decided and undone while it was at work', async () => {
    let said: NewStatement[] = [];
    const { made } = grouping(await library(), () => said);
    const working = made.refresh();
    // The faces are on their way to the thread now.
    await new Promise((resolve) => setImmediate(resolve));
    said = [{ kind: 'together', faces: Array.from({ length: 36 }, (_, i) => i + 1) }];
    await working;
    said = [];
    await made.refresh();
    expect(sizes(made.people())).toEqual([12, 12, 12]);
  });

  it('starts over where its thread has failed', async () => {
    const { made, db } = grouping(await library(), () => []);
    const vector = db.prepare('SELECT vector FROM embeddings WHERE face_id = 36').pluck().get() as Buffer;
    const write = db.prepare('UPDATE embeddings SET vector = ? WHERE face_id = 36');
    write.run(vector.subarray(4));
    await expect(made.refresh()).rejects.toThrow('do not divide');
    write.run(vector);
    await made.refresh();
    expect(sizes(made.people())).toEqual([12, 12, 12]);
  });
});

describe('faces of a removed folder', () => {
  it('are neither asked about nor shown', async () => {
    const path = await library();
    // All but the first six photos, which have a face each, lie in another folder.
    const { db, close } = openLibraryDatabase(path);
    db.exec("INSERT INTO folders (path) VALUES ('/media/nobody/Other')");
    const other = db.prepare("SELECT id FROM folders WHERE path = '/media/nobody/Other'").pluck().get() as number;
    db.prepare('UPDATE files SET folder_id = ? WHERE photo_id > 6').run(other);
    close();
    const service = await open(path);
    await service.call('people.setThreshold', { threshold: 0.02 });
    const named = (await service.call('people.list', undefined))[0]!;
    await service.call('people.decide', { decision: { kind: 'cover', person: named.id, face: named.coverFaceId } });
    await service.call('library.removeFolder', { id: other });
    const left = await service.call('people.list', undefined);
    expect(left.reduce((sum, { faceCount }) => sum + faceCount, 0)).toBe(6);
    const { people } = await service.call('people.previewThreshold', { threshold: 0.02 });
    expect(people).toBe(left.length);
    const skip: string[] = [];
    for (;;) {
      const { question } = await service.call('review.next', { skip });
      if (!question) break;
      skip.push(question.id);
      const faces = [
        ...question.a.faceIds,
        ...question.b.faceIds,
        ...question.candidates.map((who) => who.coverFaceId),
      ];
      expect(Math.max(...faces)).toBeLessThanOrEqual(6);
    }
    const { nearest } = await service.call('people.explain', { face: 1 });
    expect(nearest.every(({ faceId }) => faceId <= 6)).toBe(true);
  });
});

describe('decisions made before the one before is through', () => {
  it('know of it', async () => {
    const service = await open(await library());
    const [first, second] = await service.call('people.list', undefined);
    const { faces } = await service.call('people.person', { id: first!.id });
    const others = faces.map(({ id }) => id).filter((id) => id !== first!.coverFaceId);
    await Promise.all([
      service.call('people.name', { id: first!.id, name: 'Ana' }),
      service.call('people.decide', { decision: { kind: 'confirm', person: first!.id, faces: others.slice(0, 2) } }),
      service.call('people.decide', { decision: { kind: 'merge', into: first!.id, from: second!.id } }),
    ]);
    expect(await service.call('people.list', undefined)).toMatchObject([
      { name: 'Ana', faceCount: 24, confirmedCount: 3 },
      { name: '', faceCount: 12 },
    ]);
  });
});
