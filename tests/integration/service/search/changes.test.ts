import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventName } from '../../../../app/contract/events.ts';
import type { FaceSearchResult } from '../../../../app/contract/search.ts';
import type { Service } from '../../../../app/service/service-types.ts';
import { openService } from '../../../../app/service/service.ts';
import { writeMadePack } from '../../../support/made-packs.ts';
import { makeSampleAlbum, samplePhotos } from '../../../support/sample-album.ts';
import { once, rows, scan, until } from '../../../support/service-steps.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

let folder: string;
let service: Service;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  await makeSampleAlbum(join(folder, 'photos'), 18, 480);
  await writeMadePack(join(folder, 'pack'));
  service = await openService({ libraryPath: join(folder, 'library'), host: 'web' });
});

afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

it('shows what a scan has found whenever it tells of it', async () => {
  const compared: Promise<{ event: EventName; photos: number }>[] = [];
  const unsubscribe = service.subscribe((event) => {
    if (event === 'library.changed') {
      // Both begin now, before the scan goes on.
      const [timeline, found] = [
        service.call('library.timeline', undefined),
        service.call('search.photos', { filter: {} }),
      ];
      compared.push(
        (async () => {
          expect((await found).ids).toEqual((await timeline).ids);
          return { event, photos: (await found).ids.length };
        })(),
      );
    }
    if (event === 'people.changed') {
      const [everybody, found] = [
        service.call('people.export', undefined),
        service.call('search.photos', { filter: { leastPeople: 1 } }),
      ];
      compared.push(
        (async () => {
          const photos = new Set((await everybody).flatMap(({ faces }) => faces.map(({ photoId }) => photoId)));
          expect(new Set((await found).ids)).toEqual(photos);
          return { event, photos: photos.size };
        })(),
      );
    }
  });
  await scan(service, join(folder, 'photos'));
  unsubscribe();
  const checked = await Promise.all(compared);
  expect(checked.filter(({ event }) => event === 'library.changed').at(-1)?.photos).toBe(18);
  expect(checked.filter(({ event }) => event === 'people.changed').at(-1)?.photos).toBe(18);
});

it('forgets a folder that is removed, and finds it again, at once', async () => {
  const { folders } = await service.call('library.summary', undefined);
  const filter = { folder: join(folder, 'photos') };
  await service.call('library.removeFolder', { id: folders[0]!.id });
  expect(await service.call('search.photos', { filter })).toEqual({
    ids: [],
    problems: [{ kind: 'folder-gone', folder: filter.folder }],
  });
  const face = rows<{ id: number }>(join(folder, 'library'), 'SELECT id FROM faces')[0]!.id;
  await expect(service.call('search.byFaces', { faces: [face] })).rejects.toMatchObject({ kind: 'not-found' });
  await scan(service, join(folder, 'photos'));
  const { ids, problems } = await service.call('search.photos', { filter });
  expect([ids.length, problems]).toEqual([18, []]);
});

it('shows no face that was said to be none, and takes back with undo', async () => {
  const [face] = rows<{ id: number }>(join(folder, 'library'), 'SELECT id FROM faces');
  const find = () => service.call('search.byFaces', { faces: [face!.id], limit: 10 });
  const [, second] = (await find()).matches;
  await service.call('people.decide', { decision: { kind: 'not-a-face', faces: [second!.faceId] } });
  expect((await find()).matches.map(({ faceId }) => faceId)).not.toContain(second!.faceId);
  await service.call('history.undo', undefined);
  expect((await find()).matches.map(({ faceId }) => faceId)).toContain(second!.faceId);
});

it('takes confirmed faces into account, and puts rejected ones last', async () => {
  const [face] = rows<{ id: number }>(join(folder, 'library'), 'SELECT id FROM faces');
  const find = () => service.call('search.byFaces', { faces: [face!.id], limit: 200 });
  const before = await find();
  const { personId } = before.matches[0]!;
  const ann = await service.call('people.name', { id: personId, name: 'Ann' });
  const [, second] = before.matches;
  await service.call('people.decide', { decision: { kind: 'reject', person: ann.id, faces: [second!.faceId] } });
  const after = await find();
  expect(after.people).toEqual([{ id: ann.id, name: 'Ann' }]);
  expect(after.matches).toHaveLength(before.matches.length);
  expect(after.matches.at(-1)).toMatchObject({ faceId: second!.faceId, behind: true });
  expect(after.matches.slice(0, -1).every(({ behind }) => !behind)).toBe(true);
  expect(after.within).toBe(before.within - 1);
  // Confirmed, a far face is one of theirs, and what is near it is near.
  const far = after.matches.at(-2)!;
  await service.call('people.decide', { decision: { kind: 'confirm', person: ann.id, faces: [far.faceId] } });
  const confirmed = (await find()).matches.find(({ faceId }) => faceId === far.faceId)!;
  expect(confirmed).toMatchObject({ distance: 0, confirmed: true, personName: 'Ann' });
});

it('goes on while another model takes over, and compares by that from then on', async () => {
  const library = join(folder, 'library');
  const image = await service.receiveImage(samplePhotos[1]!);
  const outside = await service.call('search.image', { image });
  expect(outside.faces.length).toBeGreaterThan(0);
  const [{ id: face }] = rows<{ id: number }>(library, 'SELECT id FROM faces ORDER BY id DESC') as [{ id: number }];
  await service.call('models.add', { path: join(folder, 'pack') });
  let switched = false;
  const idle = once<{ phase: string }>(service, 'models.progress', ({ phase }) => phase === 'idle').then(() => {
    switched = true;
  });
  await service.call('models.use', { name: 'made' });
  let asked = 0;
  while (!switched) {
    const byFace: FaceSearchResult = await service.call('search.byFaces', { faces: [face], limit: 5 });
    expect(byFace.matches[0]).toMatchObject({ faceId: face, distance: expect.closeTo(0, 5) });
    const byImage = await service.call('search.byImage', { image, faces: [0], limit: 5 });
    expect(byImage.matches.length).toBeGreaterThanOrEqual(5);
    asked += 1;
    // Whatever else has to be done gets its turn.
    await setImmediate();
  }
  await idle;
  expect(asked).toBeGreaterThan(0);
  await until(async () => (await service.call('models.list', undefined)).active.embedder === 'made@1');

  const { matches } = await service.call('search.byFaces', { faces: [face], limit: 1000 });
  const vectors = new Map(
    rows<{ id: number; vector: Buffer }>(
      library,
      `SELECT face_id AS id, vector FROM embeddings WHERE model LIKE '%made%'`,
    ).map(({ id, vector }) => [id, new Float32Array(new Uint8Array(vector).buffer)]),
  );
  expect(matches.length).toBeGreaterThan(20);
  const isPlain = (id: number): boolean =>
    id !== face && matches.find(({ faceId }) => faceId === id)!.personName !== 'Ann';
  for (const { faceId, distance, personName } of matches) {
    if (personName === 'Ann' || !isPlain(faceId)) continue;
    const [a, b] = [vectors.get(face)!, vectors.get(faceId)!];
    expect(distance).toBeCloseTo(
      a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0),
      4,
    );
  }
  // Found by the models of before, and searched with by these.
  const again = await service.call('search.byImage', { image, faces: [0], limit: 5 });
  expect(again.matches[0]!.distance).toBeLessThan(again.threshold);
});
