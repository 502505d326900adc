import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ScanPhase, ScanStatus } from '../../../app/contract/dto.ts';
import { mediaPaths } from '../../../app/contract/wire.ts';
import { openService, readPeople } from '../../../app/service/service.ts';
import type { Service } from '../../../app/service/service-types.ts';
import { makeSampleAlbum } from '../../support/sample-album.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function open(libraryPath: string): Promise<Service> {
  const service = await openService({ libraryPath, host: 'web' });
  onTestFinished(() => service.close());
  return service;
}

function phase(service: Service, ...wanted: ScanPhase[]): Promise<ScanStatus> {
  return new Promise((resolve) => {
    const unsubscribe = service.subscribe((event, payload) => {
      const status = payload as ScanStatus;
      if (event !== 'scan.progress' || !wanted.includes(status.phase)) return;
      unsubscribe();
      resolve(status);
    });
  });
}

async function scan(service: Service, path: string): Promise<ScanStatus> {
  const done = phase(service, 'done', 'failed');
  await service.call('library.addFolder', { path });
  return done;
}

async function rescan(service: Service): Promise<ScanStatus> {
  const done = phase(service, 'done', 'failed');
  await service.call('scan.start', undefined);
  return done;
}

describe('a name', () => {
  it('stays through rescans, restarts, moved files, another threshold and a removed folder', async () => {
    const folder = await temporaryFolder();
    const photos = join(folder, 'photos');
    const paths = await makeSampleAlbum(photos, 12, 480);
    let service = await open(join(folder, 'library'));
    await scan(service, photos);
    const [largest, second] = await service.call('people.list', undefined);
    const anna = await service.call('people.name', { id: largest!.id, name: 'Anna' });
    const ben = await service.call('people.name', { id: second!.id, name: 'Ben' });
    const names = async (): Promise<string[]> =>
      (await service.call('people.list', undefined))
        .map(({ id, name }) => `${id} ${name}`)
        .slice(0, 2)
        .sort();
    const expected = [`${anna.id} Anna`, `${ben.id} Ben`].sort();
    expect(await names()).toEqual(expected);

    await rescan(service);
    expect(await names()).toEqual(expected);

    await service.close();
    service = await open(join(folder, 'library'));
    expect(await names()).toEqual(expected);
    // A link from before the naming still leads there.
    expect((await service.call('people.person', { id: largest!.id })).name).toBe('Anna');

    for (const path of paths) await rename(path, path.replace('photo-', 'renamed '));
    expect(await rescan(service)).toMatchObject({ facesFound: 0, failed: 0 });
    expect(await names()).toEqual(expected);

    for (const threshold of [0.01, 0.2, 0.12]) {
      await service.call('people.setThreshold', { threshold });
      expect(await names()).toEqual(expected);
    }

    const { folders } = await service.call('library.summary', undefined);
    await service.call('library.removeFolder', { id: folders[0]!.id });
    expect(await service.call('people.list', undefined)).toEqual([]);
    expect((await service.call('library.timeline', undefined)).ids).toEqual([]);
    await scan(service, photos);
    expect(await names()).toEqual(expected);

    await service.call('people.name', { id: anna.id, name: '' });
    expect((await service.call('people.list', undefined)).filter(({ name }) => name !== '')).toHaveLength(1);
  });
});

describe('a scan', () => {
  it('pauses, resumes and is cancelled', async () => {
    const folder = await temporaryFolder();
    await makeSampleAlbum(join(folder, 'photos'), 12, 480);
    const service = await open(join(folder, 'library'));
    const indexing = phase(service, 'indexing');
    await service.call('library.addFolder', { path: join(folder, 'photos') });
    await indexing;
    expect((await service.call('scan.pause', undefined)).phase).toBe('paused');
    expect((await service.call('scan.resume', undefined)).phase).toBe('indexing');
    const cancelled = phase(service, 'cancelled');
    await service.call('scan.cancel', undefined);
    const { done } = await cancelled;
    expect(done).toBeLessThan(12);
    const last = await rescan(service);
    expect(last).toMatchObject({ phase: 'done', done: 12 - done, unchanged: done });
    expect((await service.call('library.summary', undefined)).photos).toBe(12);
  });

  it('takes on a folder that is added while it runs', async () => {
    const folder = await temporaryFolder();
    await makeSampleAlbum(join(folder, 'a'), 3, 480);
    await makeSampleAlbum(join(folder, 'b'), 6, 400);
    const service = await open(join(folder, 'library'));
    const done = phase(service, 'done');
    await service.call('library.addFolder', { path: join(folder, 'a') });
    await service.call('library.addFolder', { path: join(folder, 'b') });
    await done;
    expect((await service.call('library.summary', undefined)).photos).toBe(9);
  });

  it('takes on a folder that is added after it was told to stop', async () => {
    const folder = await temporaryFolder();
    await makeSampleAlbum(join(folder, 'a'), 3, 480);
    await makeSampleAlbum(join(folder, 'b'), 1, 400);
    const service = await open(join(folder, 'library'));
    const indexing = phase(service, 'indexing');
    await service.call('library.addFolder', { path: join(folder, 'a') });
    await indexing;
    const ended = [phase(service, 'cancelled'), phase(service, 'done')];
    await service.call('scan.cancel', undefined);
    await service.call('library.addFolder', { path: join(folder, 'b') });
    await Promise.all(ended);
    expect((await service.call('library.summary', undefined)).folders).toMatchObject([{ photos: 3 }, { photos: 1 }]);
  });

  it('knows a moved folder where it is now, and a copy in both places', async () => {
    const folder = await temporaryFolder();
    const [before, after, copy] = ['before', 'after', 'copy'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await makeSampleAlbum(before, 1, 480);
    const service = await open(join(folder, 'library'));
    const places = async (): Promise<string[]> => {
      const faces = (await service.call('people.export', undefined)).flatMap((person) => person.faces);
      return [...new Set(faces.map(({ photo }) => dirname(photo)))].sort();
    };
    await scan(service, before);
    await rename(before, after);
    // As when its drive is not connected.
    expect(await places()).toEqual([before]);
    await scan(service, after);
    expect(await places()).toEqual([after]);
    await cp(after, copy, { recursive: true });
    await scan(service, copy);
    expect(await places()).toEqual([after, copy]);
  });

  it('leaves its people for others to read, while the library stays open', async () => {
    const folder = await temporaryFolder();
    await makeSampleAlbum(join(folder, 'photos'), 1, 480);
    const service = await open(join(folder, 'library'));
    await scan(service, join(folder, 'photos'));
    const people = await service.call('people.export', undefined);
    expect(people.length).toBeGreaterThan(0);
    expect(readPeople(join(folder, 'library'))).toEqual(people);
  });

  it('never takes its own pictures for photos, even where the library is the folder of photos', async () => {
    const folder = await temporaryFolder();
    await makeSampleAlbum(folder, 1, 480);
    const service = await open(folder);
    await scan(service, folder);
    await rescan(service);
    expect((await service.call('library.summary', undefined)).photos).toBe(1);
  });

  it('tries failed photos again when asked', async () => {
    const folder = await temporaryFolder();
    const photos = join(folder, 'photos');
    const [good] = await makeSampleAlbum(photos, 1, 480);
    await writeFile(join(photos, 'broken.jpg'), 'not yet a photo');
    const service = await open(join(folder, 'library'));
    await scan(service, photos);
    expect(await service.call('library.failures', undefined)).toMatchObject([{ kind: 'not-an-image', attempts: 1 }]);
    expect(await rescan(service)).toMatchObject({ done: 0 });
    let done = phase(service, 'done');
    await service.call('scan.retryFailed', undefined);
    await done;
    expect(await service.call('library.failures', undefined)).toMatchObject([{ attempts: 2 }]);
    await sharp(good).flop().toFile(join(photos, 'repaired.jpg'));
    await rename(join(photos, 'repaired.jpg'), join(photos, 'broken.jpg'));
    done = phase(service, 'done');
    await service.call('scan.start', undefined);
    await done;
    expect(await service.call('library.failures', undefined)).toEqual([]);
    expect((await service.call('library.summary', undefined)).photos).toBe(2);
  });

  it('adds the sample photos', async () => {
    const folder = await temporaryFolder();
    const service = await open(join(folder, 'library'));
    const done = phase(service, 'done', 'failed');
    await service.call('library.addSamples', undefined);
    expect(await done).toMatchObject({ phase: 'done', done: 6, failed: 0 });
    expect((await service.call('library.summary', undefined)).faces).toBeGreaterThanOrEqual(20);
  });
});

describe('a picture', () => {
  it('comes upright where browsers would leave it on its side', async () => {
    const folder = await temporaryFolder();
    const photos = join(folder, 'photos');
    await mkdir(photos);
    const stored = sharp({ create: { width: 300, height: 200, channels: 3, background: 'teal' } });
    await stored.clone().webp().toFile(join(photos, 'as stored.webp'));
    await stored.clone().withMetadata({ orientation: 6 }).webp().toFile(join(photos, 'on its side.webp'));
    const service = await open(join(folder, 'library'));
    await scan(service, photos);
    for (const id of (await service.call('library.timeline', undefined)).ids) {
      const { format, fileName, width, height } = await service.call('library.photo', { id });
      expect(format).toBe('webp');
      const { path, contentType } = await service.media(mediaPaths.photo(id));
      expect(contentType).toBe(fileName === 'as stored.webp' ? 'image/webp' : 'image/jpeg');
      expect(await sharp(path).metadata()).toMatchObject({ width, height });
    }
  });

  it('is never made from a file that holds another picture by now', async () => {
    const folder = await temporaryFolder();
    const photos = join(folder, 'photos');
    const library = join(folder, 'library');
    await mkdir(photos);
    await makeSampleAlbum(photos, 1);
    const [first, copy] = ['photo-0000.jpg', 'photo-0001.jpg'].map((name) => join(photos, name)) as [string, string];
    const service = await open(library);
    await scan(service, photos);
    const { ids } = await service.call('library.timeline', undefined);
    const [person] = await service.call('people.list', undefined);
    const paths = [mediaPaths.thumbnail(ids[0]!), mediaPaths.face(person!.coverFaceId)];
    await cp(first, copy);
    await rescan(service);
    const other = sharp({ create: { width: 900, height: 900, channels: 3, background: 'teal' } });
    await other.jpeg().toFile(join(photos, 'new'));
    await rename(join(photos, 'new'), first);
    await rm(join(library, 'cache'), { recursive: true });
    // From the copy.
    for (const path of paths) await service.media(path);
    await rm(copy);
    await rm(join(library, 'cache'), { recursive: true });
    for (const path of paths) await expect(service.media(path)).rejects.toMatchObject({ kind: 'not-found' });
    const draw = service.call('faces.draw', { photo: ids[0]!, box: [0.2, 0.2, 0.2, 0.2] });
    await expect(draw).rejects.toMatchObject({ message: expect.stringContaining('another picture') });
  });

  it('is made again when the cache lost it, and explained when the photo is gone', async () => {
    const folder = await temporaryFolder();
    const photos = join(folder, 'photos');
    const library = join(folder, 'library');
    await mkdir(photos);
    await makeSampleAlbum(photos, 1);
    await sharp(join(photos, 'photo-0000.jpg')).rotate(90).tiff().toFile(join(photos, 'scan.tiff'));
    const service = await open(library);
    await scan(service, photos);
    const { ids } = await service.call('library.timeline', undefined);
    const [person] = await service.call('people.list', undefined);
    const paths = [
      ...ids.map(mediaPaths.thumbnail),
      ...ids.map(mediaPaths.photo),
      mediaPaths.face(person!.coverFaceId),
    ];
    for (const cached of [true, false]) {
      if (!cached) await rm(join(library, 'cache'), { recursive: true });
      for (const path of paths) {
        const { width } = await sharp((await service.media(path)).path).metadata();
        expect(width).toBeGreaterThan(100);
      }
    }
    await rm(photos, { recursive: true });
    await rm(join(library, 'cache'), { recursive: true });
    for (const path of paths) await expect(service.media(path)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await service.call('library.photo', { id: ids[0]! })).toMatchObject({ available: false });
  });
});
