import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PhotoFilter } from '../../../../app/contract/search.ts';
import { makePeopleLibrary } from '../../../support/people-library.ts';
import { once, open } from '../../../support/service-steps.ts';
import { makeFaces } from '../../../support/synthetic-faces.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const made = makeFaces({ sizes: [8, 7, 6], seed: 5, spread: 0.3, crowd: 2 });

async function library(): Promise<string> {
  const path = join(await temporaryFolder(), 'library');
  makePeopleLibrary(path, made);
  return path;
}

it('keeps a filter under a name, over a restart and with what is gone since', async () => {
  const path = await library();
  const service = await open(path);
  const [ann, ben] = await service.call('people.list', undefined);
  const { id } = await service.call('people.name', { id: ann!.id, name: 'Ann' });
  const filter: PhotoFilter = {
    any: [id, ben!.id],
    none: ['p999'],
    from: '2004-01-01',
    to: '2018-12-31',
    folder: '/media/nobody/People',
  };
  const changed = once(service, 'albums.changed', () => true);
  const album = await service.call('albums.save', { name: ' Both ', filter });
  await changed;
  const found = await service.call('search.photos', { filter });
  expect(found.ids.length).toBeGreaterThan(0);
  expect(album).toEqual({
    id: album.id,
    name: 'Both',
    filter,
    photos: found.ids.length,
    coverPhotoId: found.ids[0],
    problems: [
      { kind: 'person-gone', person: 'p999' },
      { kind: 'folder-offline', folder: '/media/nobody/People' },
    ],
  });
  await service.close();

  const again = await open(path);
  expect(await again.call('albums.list', undefined)).toEqual([album]);
  const second = await again.call('albums.save', { name: 'Second', filter: {} });
  expect((await again.call('albums.list', undefined)).map(({ name }) => name)).toEqual(['Second', 'Both']);
  const renamed = await again.call('albums.change', { id: album.id, name: 'Ann or Ben' });
  expect(renamed).toEqual({ ...album, name: 'Ann or Ben' });
  const changedFilter = await again.call('albums.change', { id: second.id, filter: { all: [id] } });
  expect(changedFilter.filter).toEqual({ all: [id] });
  expect(await again.call('albums.remove', { id: second.id })).toBeNull();
  expect((await again.call('albums.list', undefined)).map(({ name }) => name)).toEqual(['Ann or Ben']);
  // As an undo does.
  await again.call('albums.save', { name: second.name, filter: second.filter });
});

it('counts its photos anew with every decision', async () => {
  const service = await open(await library());
  const [first] = await service.call('people.list', undefined);
  const ann = await service.call('people.name', { id: first!.id, name: 'Ann' });
  const album = await service.call('albums.save', { name: 'Ann', filter: { all: [ann.id] } });
  const { faces } = await service.call('people.person', { id: ann.id });
  await service.call('people.decide', {
    decision: { kind: 'ignore', faces: faces.slice(0, 3).map((face) => face.id) },
  });
  const [now] = await service.call('albums.list', undefined);
  const { photoIds } = await service.call('people.person', { id: ann.id });
  expect(now!.photos).toBe(photoIds.length);
  expect(now!.photos).toBeLessThan(album.photos);
});

it('refuses what cannot be kept', async () => {
  const service = await open(await library());
  const save = (name: string, filter: PhotoFilter) => service.call('albums.save', { name, filter });
  await save('One', {});
  await expect(save('One', {})).rejects.toMatchObject({ kind: 'invalid-input', message: /already/ });
  await expect(save('  ', {})).rejects.toMatchObject({ kind: 'invalid-input' });
  await expect(save('Two', { from: '2005-01-01', to: '2004-01-01' })).rejects.toMatchObject({ kind: 'invalid-input' });
  await expect(save('Two', { leastPeople: 3, mostPeople: 2 })).rejects.toMatchObject({ kind: 'invalid-input' });
  await expect(save('Two', { all: ['7'] })).rejects.toMatchObject({ kind: 'invalid-input' });
  await expect(service.call('albums.change', { id: 99, name: 'x' })).rejects.toMatchObject({ kind: 'not-found' });
  await expect(service.call('albums.remove', { id: 99 })).rejects.toMatchObject({ kind: 'not-found' });
  expect(await service.call('albums.list', undefined)).toHaveLength(1);
});
