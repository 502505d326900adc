import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PersonSummary } from '../../../../app/contract/dto.ts';
import type { PhotoFilter } from '../../../../app/contract/search.ts';
import { makePeopleLibrary } from '../../../support/people-library.ts';
import { open } from '../../../support/service-steps.ts';
import { makeFaces } from '../../../support/synthetic-faces.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

let folder: string;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A library of four people, some of them in photos together. */
const made = makeFaces({ sizes: [14, 12, 10, 8], seed: 3, spread: 0.3, crowd: 2 });

async function library(name: string) {
  const path = join(folder, name);
  makePeopleLibrary(path, made);
  const service = await open(path);
  const people = await service.call('people.list', undefined);
  const find = (filter: PhotoFilter) => service.call('search.photos', { filter });
  return { path, service, people, find };
}

/** Photos of a person, by the person's own page. */
async function photosOf(service: Awaited<ReturnType<typeof open>>, { id }: PersonSummary): Promise<number[]> {
  return (await service.call('people.person', { id })).photoIds;
}

it('filters by people as their own pages list them', async () => {
  const { service, people, find } = await library('people');
  const [ann, ben] = people as [PersonSummary, PersonSummary];
  const [withAnn, withBen] = [await photosOf(service, ann), await photosOf(service, ben)];
  const both = withAnn.filter((id) => withBen.includes(id));
  expect(both.length).toBeGreaterThan(0);
  const { ids: everything } = await find({});
  expect(everything).toEqual((await service.call('library.timeline', undefined)).ids);
  expect(await find({ all: [ann.id, ben.id] })).toEqual({ ids: both, problems: [] });
  expect((await find({ any: [ann.id, ben.id] })).ids).toEqual(
    everything.filter((id) => withAnn.includes(id) || withBen.includes(id)),
  );
  expect((await find({ all: [ann.id], none: [ben.id] })).ids).toEqual(withAnn.filter((id) => !withBen.includes(id)));
  const alone = (await find({ all: [ann.id], only: true })).ids;
  expect(alone).toEqual((await find({ all: [ann.id], mostPeople: 1 })).ids);
  const years = await service.call('people.years', { id: ann.id });
  expect(years.map(({ year }) => year)).toEqual(years.map(({ year }) => year).toSorted());
  expect(years.reduce((sum, { faces }) => sum + faces, 0)).toBe(ann.faceCount);
  const together = await service.call('people.together', { id: ann.id });
  expect(together.find(({ id }) => id === ben.id)?.photos).toBe(both.length);
  await service.call('people.decide', { decision: { kind: 'hide', person: ben.id, hidden: true } });
  const others = together.filter(({ id }) => id !== ben.id).map(({ coverFaceId }) => coverFaceId);
  const now = await service.call('people.together', { id: ann.id });
  expect(now.map(({ coverFaceId }) => coverFaceId)).toEqual(others);
});

it('sees a name, a rejection and a person who is gone at once', async () => {
  const { service, people, find } = await library('changes');
  const ann = people[0]!;
  expect((await find({ unnamed: true })).ids).toHaveLength((await find({})).ids.length);
  const named = await service.call('people.name', { id: ann.id, name: 'Ann' });
  const onlyAnn = await find({ unnamed: false });
  expect(onlyAnn.ids).toEqual((await find({ all: [named.id], only: true })).ids);
  const before = (await find({ all: [named.id] })).ids;
  const { faces } = await service.call('people.person', { id: named.id });
  const rejected = faces.find(({ confirmed }) => !confirmed)!;
  await service.call('people.decide', { decision: { kind: 'reject', person: named.id, faces: [rejected.id] } });
  const after = (await find({ all: [named.id] })).ids;
  expect(after).toEqual((await service.call('people.person', { id: named.id })).photoIds);
  expect(after.length).toBeLessThanOrEqual(before.length);
  expect(await find({ all: ['p999'] })).toEqual({ ids: [], problems: [{ kind: 'person-gone', person: 'p999' }] });
  expect((await find({ none: ['p999'] })).ids).toHaveLength((await find({})).ids.length);
});

it('finds words at their beginning, and says when a folder is away', async () => {
  const { service, find } = await library('words');
  const all = (await find({})).ids;
  expect((await find({ text: 'people 0000' })).ids).toHaveLength(all.length);
  expect((await find({ text: '000001.jpg' })).ids).toHaveLength(1);
  expect((await find({ text: 'nobody' })).ids).toEqual([]);
  expect((await find({ text: 'eople' })).ids).toEqual([]);
  expect((await find({ text: '"*) OR NEAR(' })).ids).toEqual([]);
  expect((await find({ text: '!!!' })).ids).toEqual([]);
  const away = '/media/nobody/People';
  expect(await find({ folder: away })).toEqual({ ids: all, problems: [{ kind: 'folder-offline', folder: away }] });
  expect(await find({ folder: '/elsewhere' })).toEqual({
    ids: [],
    problems: [{ kind: 'folder-gone', folder: '/elsewhere' }],
  });
  const choices = await service.call('search.choices', undefined);
  expect(choices.folders).toEqual([{ path: away, photos: all.length, online: false }]);
  expect(choices.months.reduce((sum, { photos }) => sum + photos, 0)).toBe(all.length);
});

it('finds every photo of whoever has a face', async () => {
  const { service, people } = await library('faces');
  const ann = people[0]!;
  const { faces } = await service.call('people.person', { id: ann.id });
  const found = await service.call('search.byFaces', { faces: [faces[0]!.id], limit: 5 });
  expect(found.matches[0]).toMatchObject({ faceId: faces[0]!.id, distance: expect.closeTo(0, 5) as number, query: 0 });
  expect(found.matches).toHaveLength(found.within + 5);
  expect(found.people).toEqual([null]);
  const distances = found.matches.map(({ distance }) => distance);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
});
