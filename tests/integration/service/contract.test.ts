import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ModelsInfo,
  PersonDetail,
  PersonSummary,
  PhotoDetail,
  ScanStatus,
  Timeline,
} from '../../../app/contract/dto.ts';
import { KindredError } from '../../../app/contract/errors.ts';
import { procedures } from '../../../app/contract/procedures.ts';
import type { CopyProgress, FaceSearchResult, QueryImage, SmartAlbum } from '../../../app/contract/search.ts';
import { openService } from '../../../app/service/service.ts';
import type { Service } from '../../../app/service/service-types.ts';
import { writeMadePack } from '../../support/made-packs.ts';
import { makeSampleAlbum, samplePhotos } from '../../support/sample-album.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import {
  connectByMessagePort,
  connectByWebSocket,
  connectInProcess,
  type TestClient,
} from '../../support/transports.ts';

let folder: string;
let service: Service;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  await makeSampleAlbum(join(folder, 'photos'), 6);
  await writeMadePack(join(folder, 'pack'));
  service = await openService({ libraryPath: join(folder, 'library'), host: 'web' });
});

afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  ['in process', connectInProcess],
  ['over a WebSocket', connectByWebSocket],
  ['over a MessagePort', connectByMessagePort],
])('the contract %s', (_, connect) => {
  let client: TestClient;

  beforeAll(async () => {
    client = await connect(service);
  });

  afterAll(() => client.close());

  const fails = async (procedure: string, input?: unknown): Promise<KindredError> => {
    const error: unknown = await client.call(procedure, input).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KindredError);
    return error as KindredError;
  };

  it('scans a folder and tells about it as it goes', async () => {
    await client.call('library.addFolder', { path: join(folder, 'photos') });
    const status = await until(async () => {
      const now = (await client.call('scan.status')) as ScanStatus;
      return now.phase === 'done' ? now : undefined;
    });
    expect(status.failed).toBe(0);
    expect(client.events).toContain('scan.progress');
    expect(client.events).toContain('people.changed');
  });

  it('lists photos and people, and names a person', async () => {
    const timeline = (await client.call('library.timeline')) as Timeline;
    expect(timeline.ids).toHaveLength(6);
    expect(timeline.days.every((day) => day.startsWith('2021-01-'))).toBe(true);
    const [first] = (await client.call('people.list')) as PersonSummary[];
    const named = (await client.call('people.name', { id: first!.id, name: '  Zoë <b> ' })) as PersonSummary;
    expect(named.name).toBe('Zoë <b>');
    expect(named.id).toMatch(/^p\d+$/);
    expect(await client.call('people.person', { id: first!.id })).toMatchObject({ id: named.id });
  });

  it('searches by filters, faces and an image, keeps an album, and copies what was found', async () => {
    const { ids } = (await client.call('library.timeline')) as Timeline;
    const [ann] = (await client.call('people.list')) as PersonSummary[];
    const filter = { all: [ann!.id], from: '2021-01-01' };
    const { photoIds } = (await client.call('people.person', { id: ann!.id })) as PersonDetail;
    expect(await client.call('search.photos', { filter: {} })).toEqual({ ids, problems: [] });
    expect(await client.call('search.photos', { filter })).toEqual({ ids: photoIds, problems: [] });
    expect(await client.call('search.choices')).toMatchObject({ months: [{ month: '2021-01', photos: 6 }], placed: 0 });
    expect(await client.call('search.suggest', { text: 'zo' })).toMatchObject([
      { kind: 'person', filter: { all: [ann!.id] }, photos: photoIds.length },
      { kind: 'text' },
    ]);

    const { faces } = (await client.call('library.photo', { id: photoIds[0] })) as PhotoDetail;
    const face = faces.find(({ personId }) => personId === ann!.id)!.id;
    const found = (await client.call('search.byFaces', { faces: [face], limit: 2 })) as FaceSearchResult;
    expect(found.matches[0]).toMatchObject({ faceId: face, personName: 'Zoë <b>', confirmed: expect.any(Boolean) });
    expect(await client.call('people.years', { id: ann!.id })).toMatchObject([{ year: 2021 }]);
    expect(await client.call('people.together', { id: ann!.id })).toEqual(expect.any(Array));

    const image = await service.receiveImage(samplePhotos[0]!);
    const opened = (await client.call('search.image', { image })) as QueryImage;
    expect(opened.faces.length).toBeGreaterThan(0);
    const marked = (await client.call('search.markFace', { image, box: [0.1, 0.1, 0.2, 0.3] })) as QueryImage;
    expect(marked.faces).toHaveLength(opened.faces.length + 1);
    const alike = (await client.call('search.byImage', { image, faces: [0] })) as FaceSearchResult;
    expect(alike.within).toBeGreaterThan(0);
    expect(await client.call('search.closeImage', { image })).toBeNull();
    expect((await fails('search.image', { image })).kind).toBe('not-found');
    expect((await fails('search.image', { image: '../../x' })).kind).toBe('invalid-input');
    expect((await fails('search.byFaces', { faces: [] })).kind).toBe('invalid-input');

    const album = (await client.call('albums.save', { name: 'Zoë', filter })) as SmartAlbum;
    expect(await client.call('albums.list')).toEqual([album]);
    expect((await fails('albums.save', { name: 'zoë', filter: { from: 'soon' } })).kind).toBe('invalid-input');
    await client.call('albums.remove', { id: album.id });
    expect((await fails('albums.change', { id: album.id, name: 'x' })).kind).toBe('not-found');

    const paths = (await client.call('files.paths', { photos: photoIds })) as string[];
    expect(paths).toHaveLength(photoIds.length);
    const target = join(folder, `copies ${randomUUID()}`);
    const started = (await client.call('files.copy', { photos: photoIds, folder: target })) as CopyProgress;
    expect(started.total).toBe(photoIds.length);
    await until(async () => ((await readdir(target)).length === photoIds.length ? true : undefined));
    // Nothing is left to be cancelled but the end.
    const ended = await until(async () => {
      const now = (await client.call('files.cancelCopy')) as CopyProgress;
      return now.phase === 'copying' ? undefined : now;
    });
    expect(ended).toMatchObject({ total: photoIds.length, failedCount: 0 });
    expect((await fails('files.open', { photo: 999_999 })).kind).toBe('not-found');
    expect((await fails('files.copy', { photos: photoIds, folder: paths[0] })).kind).toBe('not-found');
    await until(() => Promise.resolve(client.events.includes('files.copying') || undefined));
    expect(client.events).toContain('albums.changed');
  });

  it('answers what is wrong as data of a declared kind', async () => {
    expect((await fails('library.photo', { id: 999_999 })).kind).toBe('not-found');
    expect((await fails('library.photo', { id: 'seven' })).kind).toBe('invalid-input');
    expect((await fails('people.person', { id: '../x' })).kind).toBe('invalid-input');
    expect((await fails('library.addFolder', { path: join(folder, 'nowhere') })).kind).toBe('not-found');
    expect((await fails('no.such.procedure')).kind).toBe('invalid-input');
    expect((await fails('constructor')).kind).toBe('invalid-input');
  });

  it('adds a model pack, switches to it and back, and removes it', async () => {
    const pack = join(folder, 'pack');
    expect((await fails('models.add', { path: folder })).kind).toBe('invalid-input');
    expect(await client.call('models.add', { path: pack })).toMatchObject({ id: 'made@1', brings: ['embedder'] });
    const inUse = (embedder: string | null): Promise<ModelsInfo> =>
      until(async () => {
        const info = (await client.call('models.list')) as ModelsInfo;
        return info.active.embedder === embedder && info.switching.phase === 'idle' ? info : undefined;
      });
    await client.call('models.use', { name: 'made' });
    expect((await inUse('made@1')).packs.map(({ id }) => id)).toEqual(['built-in', 'made@1']);
    expect((await fails('models.remove', { id: 'made@1' })).kind).toBe('invalid-input');
    expect(client.events).toContain('models.progress');
    expect(client.events).toContain('models.changed');
    await client.call('models.use', { name: 'built-in' });
    await inUse(null);
    expect(await client.call('models.remove', { id: 'made@1' })).toBeNull();
    expect((await fails('models.use', { name: 'made' })).kind).toBe('not-found');
    expect((await fails('models.fetch', { name: 'made' })).kind).toBe('not-found');
    expect((await fails('models.setCare', { care: 'slow' })).kind).toBe('invalid-input');
  });

  it('answers every procedure that reads', async () => {
    const reading = [
      'app.info',
      'library.summary',
      'library.failures',
      'scan.status',
      'people.export',
      'models.list',
      'folders.browse',
    ];
    for (const name of reading) {
      expect(procedures).toHaveProperty([name]);
      expect(await client.call(name, name === 'folders.browse' ? {} : undefined)).toBeDefined();
    }
  });
});

async function until<Value>(probe: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
