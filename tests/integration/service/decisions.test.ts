import { spawn } from 'node:child_process';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type {
  Contradiction,
  DecisionResult,
  HistoryEntry,
  PersonSummary,
  PhotoFace,
  ScanStatus,
} from '../../../app/contract/dto.ts';
import type { DecisionRequest } from '../../../app/contract/procedures.ts';
import { openService } from '../../../app/service/service.ts';
import type { Service } from '../../../app/service/service-types.ts';
import { makeSampleAlbum } from '../../support/sample-album.ts';
import { makeTemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

/** A scanned album, twice the six sample photos; every test works on its own copy of the library. */
let album: string;

async function open(libraryPath: string): Promise<Service> {
  // A command waits for its people, which is what the comparisons here need.
  const service = await openService({ libraryPath, host: 'cli' });
  onTestFinished(() => service.close());
  return service;
}

async function copyOfLibrary(): Promise<string> {
  const library = join(await temporaryFolder(), 'library');
  await cp(join(album, 'library'), library, { recursive: true });
  return library;
}

async function scan(service: Service, start: () => Promise<unknown>): Promise<ScanStatus> {
  const done = new Promise<ScanStatus>((resolve) => {
    const unsubscribe = service.subscribe((event, payload) => {
      const status = payload as ScanStatus;
      if (event !== 'scan.progress' || (status.phase !== 'done' && status.phase !== 'failed')) return;
      unsubscribe();
      resolve(status);
    });
  });
  await start();
  return done;
}

function decide(service: Service, decision: DecisionRequest, instead?: number[]): Promise<DecisionResult> {
  return service.call('people.decide', { decision, ...(instead && { instead }) });
}

/** Every face of every photo, as it is shown. */
async function allFaces(service: Service): Promise<(PhotoFace & { photoId: number })[]> {
  const { ids } = await service.call('library.timeline', undefined);
  const photos = await Promise.all(ids.map((id) => service.call('library.photo', { id })));
  return photos
    .flatMap(({ id: photoId, faces }) => faces.map((face) => ({ ...face, photoId })))
    .sort((a, b) => a.id - b.id);
}

async function state(service: Service): Promise<unknown> {
  return { people: await service.call('people.list', undefined), faces: await allFaces(service) };
}

async function personOf(service: Service, face: number): Promise<string | undefined> {
  return (await allFaces(service)).find(({ id }) => id === face)?.personId;
}

async function facesOf(service: Service, id: string): Promise<number[]> {
  return (await service.call('people.person', { id })).faces.map((face) => face.id).sort((a, b) => a - b);
}

/** Strangers with at least two faces, the first ones of the list. */
async function strangers(service: Service): Promise<PersonSummary[]> {
  return (await service.call('people.list', undefined)).filter(({ name, faceCount }) => name === '' && faceCount >= 2);
}

/** Faces that were said to be one person, and not the one of another. */
interface SplitOff {
  faces: number[];
  from: number;
}

/** Says one thing of nearly every kind. */
async function sayMuch(service: Service): Promise<SplitOff> {
  const [a, b, c, d, e, f, g] = (await strangers(service)) as [
    PersonSummary,
    PersonSummary,
    PersonSummary,
    PersonSummary,
    PersonSummary,
    PersonSummary,
    PersonSummary,
  ];
  const facesOfA = await facesOf(service, a.id);
  const facesOfB = await facesOf(service, b.id);
  const facesOfC = await facesOf(service, c.id);
  const facesOfD = await facesOf(service, d.id);
  const [away] = await facesOf(service, e.id);
  const [none] = await facesOf(service, f.id);
  const whole = await facesOf(service, g.id);

  const anna = await service.call('people.name', { id: a.id, name: 'Anna' });
  await decide(service, { kind: 'confirm', person: anna.id, faces: facesOfA });
  const ben = await service.call('people.name', { id: b.id, name: 'Ben' });
  const leaving = facesOfB.find((face) => face !== ben.coverFaceId)!;
  await decide(service, { kind: 'reject', person: ben.id, faces: [leaving] });
  expect(await facesOf(service, ben.id)).not.toContain(leaving);

  await decide(service, { kind: 'merge', into: c.id, from: d.id });
  // Two of one photo stay apart, as nobody said that they may share it.
  const merged = await facesOf(service, c.id);
  expect(merged.filter((face) => facesOfC.includes(face)).length).toBeGreaterThan(0);
  expect(merged.filter((face) => facesOfD.includes(face)).length).toBeGreaterThan(0);
  await decide(service, { kind: 'split', person: c.id, faces: facesOfD });
  const [{ faceIds: spokenOf }] = (await service.call('history.list', undefined)).entries as [HistoryEntry];
  expect(new Set(await Promise.all(facesOfD.map((face) => personOf(service, face)))).size).toBe(1);
  expect(await personOf(service, facesOfD[0]!)).not.toBe(await personOf(service, facesOfC[0]!));

  await decide(service, { kind: 'ignore', faces: [away!] });
  await decide(service, { kind: 'not-a-face', faces: [none!] });
  await decide(service, { kind: 'ignore-person', person: (await personOf(service, whole[0]!))! });
  const aside = await service.call('people.setAside', undefined);
  expect(aside.map(({ id, standing }) => `${id} ${standing}`)).toEqual(
    expect.arrayContaining([`${away} ignored`, `${none} not-a-face`, ...whole.map((face) => `${face} ignored`)]),
  );

  const before = await allFaces(service);
  const [x, , width, height] = before[0]!.box;
  const photo = before[0]!.photoId;
  const drawn = await service.call('faces.draw', { photo, box: [x, 0.02, width, height] });
  expect((await service.call('library.photo', { id: photo })).faces.map(({ id }) => id)).toContain(drawn.faceId);
  await decide(service, { kind: 'confirm', person: ben.id, faces: [drawn.faceId] });
  const moving = before.find(({ id }) => id === facesOfA[0])!;
  const [left, top, w, h] = moving.box;
  const moved = await service.call('faces.move', { face: moving.id, box: [left + w * 0.05, top, w, h * 1.05] });
  const inPhoto = (await service.call('library.photo', { id: moving.photoId })).faces;
  expect(inPhoto.find(({ id }) => id === moving.id)).toBeUndefined();
  expect(inPhoto.find(({ id }) => id === moved.faceId)).toMatchObject({ personName: 'Anna', confirmed: true });

  const others = inPhoto.filter(({ standing, confirmed }) => standing === 'person' && !confirmed).slice(0, 2);
  await decide(service, { kind: 'same-photo', faces: others.map(({ id }) => id) });
  await decide(service, { kind: 'birth', person: anna.id, date: '1990-01-01' });
  expect((await service.call('people.person', { id: anna.id })).birthDate).toBe('1990-01-01');

  return { faces: facesOfD, from: spokenOf.at(-1)! };
}

/** Faces about which it was said who they are, or that they are nobody, with what was said. */
async function decided(service: Service): Promise<(Partial<PhotoFace> & { id: number })[]> {
  return (await allFaces(service))
    .filter(({ standing, confirmed }) => standing !== 'person' || confirmed)
    .map(({ id, standing, confirmed, personName, personId }) => {
      return confirmed ? { id, standing, confirmed, personName, personId } : { id, standing };
    });
}

beforeAll(async () => {
  album = await makeTemporaryFolder();
  await mkdir(join(album, 'photos'));
  const service = await openService({ libraryPath: join(album, 'library'), host: 'cli' });
  await scan(service, () => service.call('library.addFolder', { path: join(album, 'photos') }));
  // One by one, so that faces always have the same ids, and what is said here is about the same ones.
  for (const path of await makeSampleAlbum(join(album, 'made'), 12, 480)) {
    await rename(path, join(album, 'photos', basename(path)));
    await scan(service, () => service.call('scan.start', undefined));
  }
  await service.close();
});

afterAll(() => rm(album, { recursive: true, force: true }));

describe('what is decided', () => {
  it('is all taken back by undo, and all there again by redo, across a restart', async () => {
    const library = await copyOfLibrary();
    let service = await open(library);
    const first = await state(service);
    await sayMuch(service);
    const last = await state(service);
    const { entries } = await service.call('history.list', undefined);
    expect(entries.length).toBeGreaterThan(12);
    expect(entries.every(({ active, text }) => active && text !== '')).toBe(true);

    for (let i = entries.length; i > 0; i--) {
      const { undo } = await service.call('history.list', undefined);
      expect(undo).toBe(entries[entries.length - i]!.text);
      expect((await service.call('history.undo', undefined)).entry).not.toBeNull();
    }
    expect((await service.call('history.undo', undefined)).entry).toBeNull();
    expect(await state(service)).toEqual(first);

    await service.close();
    service = await open(library);
    expect(await state(service)).toEqual(first);
    for (const _ of entries) await service.call('history.redo', undefined);
    expect((await service.call('history.list', undefined)).redo).toBeNull();
    expect(await state(service)).toEqual(last);
  });

  it('stays through rescans, moved folders, new versions and restarts, and as far as it goes through thresholds', async () => {
    const library = await copyOfLibrary();
    let service = await open(library);
    const split = await sayMuch(service);
    const expected = await state(service);
    const sayings = await decided(service);
    expect(sayings.length).toBeGreaterThan(6);

    await scan(service, () => service.call('scan.start', undefined));
    expect(await state(service)).toEqual(expected);

    for (const threshold of [0.06, 0.18]) {
      await service.call('people.setThreshold', { threshold });
      // Whoever is grouped with an ignored stranger at this threshold is ignored as well; nobody else may differ.
      const now = await decided(service);
      expect(now).toEqual(expect.arrayContaining(sayings));
      expect(now.filter(({ confirmed }) => confirmed)).toEqual(sayings.filter(({ confirmed }) => confirmed));
      const owners = await Promise.all([split.from, ...split.faces].map((face) => personOf(service, face)));
      expect(new Set(owners.slice(1)).size).toBe(1);
      expect(owners[1]).not.toBe(owners[0]);
    }
    const { standard } = await service.call('people.threshold', undefined);
    await service.call('people.setThreshold', { threshold: standard });
    expect(await state(service)).toEqual(expected);

    await service.close();
    service = await open(library);
    expect(await state(service)).toEqual(expected);

    await service.close();
    const db = new Database(join(library, 'kindred.db'));
    expect(db.prepare('DELETE FROM groups').run().changes).toBeGreaterThan(20);
    db.prepare('DELETE FROM grouping').run();
    db.close();
    service = await open(library);
    expect(await state(service)).toEqual(expected);

    await rename(join(album, 'photos'), join(album, 'elsewhere'));
    onTestFinished(() => rename(join(album, 'elsewhere'), join(album, 'photos')));
    const again = await scan(service, () => service.call('library.addFolder', { path: join(album, 'elsewhere') }));
    expect(again).toMatchObject({ failed: 0, facesFound: 0 });
    expect(await state(service)).toEqual(expected);
  });

  it('is there after the process was killed, as far as it was acknowledged', async () => {
    const library = await copyOfLibrary();
    const service = await open(library);
    const people = await strangers(service);
    await service.close();
    const script = `
      import { openService } from ${JSON.stringify(new URL('../../../app/service/service.ts', import.meta.url).href)};
      const service = await openService({ libraryPath: process.argv[1], host: 'cli' });
      for (let i = 0; ; i++) {
        const id = JSON.parse(process.argv[2])[i % ${people.length}];
        const { id: person, name } = await service.call('people.name', { id, name: process.pid + ' ' + i });
        console.log(JSON.stringify({ person, name }));
      }`;
    const ids = JSON.stringify(people.map(({ id }) => id));
    for (const acknowledgements of [1, 4]) {
      const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, library, ids], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const names = new Map<string, string>();
      let count = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        const { person, name } = JSON.parse(line) as { person: string; name: string };
        names.set(person, name);
        count += 1;
        if (count === acknowledgements) child.kill('SIGKILL');
      }
      const reopened = await open(library);
      const { entries } = await reopened.call('history.list', undefined);
      expect(entries.length).toBeGreaterThanOrEqual(count);
      const list = await reopened.call('people.list', undefined);
      expect(names.size).toBeGreaterThanOrEqual(acknowledgements);
      for (const [person, name] of names) {
        expect(list).toContainEqual(expect.objectContaining({ id: person, name }));
      }
      await reopened.close();
    }
  });
});

describe('a contradiction', () => {
  it('is explained, writes nothing, and is settled by taking back what stands in the way', async () => {
    const service = await open(await copyOfLibrary());
    const [one, two, three] = (await strangers(service)) as [PersonSummary, PersonSummary, PersonSummary];
    const [a, b, c] = [one.coverFaceId, two.coverFaceId, three.coverFaceId];
    const first = await decide(service, { kind: 'same', a, b });
    const second = await decide(service, { kind: 'same', a: b, b: c });
    const before = await state(service);
    const error: unknown = await decide(service, { kind: 'different', a, b: c }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'contradiction' });
    const { entries, faceIds } = (error as { details: Contradiction }).details;
    expect(entries.map(({ id }) => id)).toEqual([second.entry]);
    expect(faceIds.toSorted((x, y) => x - y)).toEqual([a, b, c].sort((x, y) => x - y));
    expect(await state(service)).toEqual(before);
    expect((await service.call('history.list', undefined)).entries).toHaveLength(2);

    const settled = await decide(
      service,
      { kind: 'different', a, b: c },
      entries.map(({ id }) => id),
    );
    expect(await personOf(service, a)).toBe(await personOf(service, b));
    expect(await personOf(service, a)).not.toBe(await personOf(service, c));
    const history = await service.call('history.list', undefined);
    expect(history.entries.map(({ id, active }) => [id, active])).toEqual([
      [settled.entry, true],
      [second.entry, false],
      [first.entry, true],
    ]);
    // One step back, and what was replaced is there again.
    await service.call('history.undo', undefined);
    expect(await state(service)).toEqual(before);
  });
});

describe('the history', () => {
  it('goes back to any entry, and that is one step to be done again', async () => {
    const service = await open(await copyOfLibrary());
    const first = await state(service);
    await sayMuch(service);
    const last = await state(service);
    const { entries } = await service.call('history.list', undefined);
    const target = entries.at(-1)!.id;
    expect((await service.call('history.jump', { entry: target })).text).toBe(
      `Took back ${entries.length - 1} decisions`,
    );
    const jumped = await service.call('history.list', undefined);
    expect(jumped.entries.filter(({ active }) => active).map(({ id }) => id)).toEqual([target]);
    expect(jumped.redo).toBe(`${entries.length - 1} decisions`);
    await service.call('history.redo', undefined);
    expect(await state(service)).toEqual(last);
    await service.call('history.jump', { entry: 0 });
    expect(await state(service)).toEqual(first);
    await service.call('history.redo', undefined);
    expect(await state(service)).toEqual(last);
    await expect(service.call('history.jump', { entry: 99_999 })).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('a birth date', () => {
  it('keeps guesses from before it out, and lets what was said in', async () => {
    const service = await open(await copyOfLibrary());
    const faces = new Map((await allFaces(service)).map((face) => [face.id, face]));
    const dayOf = async (face: number): Promise<string> => {
      return (await service.call('library.photo', { id: faces.get(face)!.photoId })).takenAt!.slice(0, 10);
    };
    for (const { id, coverFaceId } of await strangers(service)) {
      const ids = await facesOf(service, id);
      const days = await Promise.all(ids.map(dayOf));
      const born = await dayOf(coverFaceId);
      const early = ids.filter((_, i) => days[i]! < born);
      if (early.length === 0) continue;
      const { personId } = await decide(service, { kind: 'birth', person: id, date: born });
      const kept = await facesOf(service, personId!);
      expect(kept).toContain(coverFaceId);
      for (const face of early) expect(kept).not.toContain(face);
      await decide(service, { kind: 'confirm', person: personId!, faces: early });
      expect(await facesOf(service, personId!)).toEqual(expect.arrayContaining(early));
      return;
    }
    expect.unreachable('nobody is in photos of two days, the later one on the cover');
  });
});
