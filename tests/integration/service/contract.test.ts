import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelsInfo, PersonSummary, ScanStatus, Timeline } from '../../../app/contract/dto.ts';
import { KindredError } from '../../../app/contract/errors.ts';
import { procedures } from '../../../app/contract/procedures.ts';
import { openService } from '../../../app/service/service.ts';
import type { Service } from '../../../app/service/service-types.ts';
import { writeMadePack } from '../../support/made-packs.ts';
import { makeSampleAlbum } from '../../support/sample-album.ts';
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
