import { expect, test, vi } from 'vitest';
import type { Timeline } from '../../../app/contract/dto.ts';
import { KindredError } from '../../../app/contract/errors.ts';
import type { CopyProgress, FilterChoices, SmartAlbum } from '../../../app/contract/search.ts';
import type { Client } from '../../../renderer/client/client.ts';
import { FilesState } from '../../../renderer/features/files/files.svelte.ts';
import type { LibraryState } from '../../../renderer/features/library/library.svelte.ts';
import type { PeopleState } from '../../../renderer/features/people/people.svelte.ts';
import { AlbumsState } from '../../../renderer/features/albums/albums.svelte.ts';
import { SearchState } from '../../../renderer/features/search/search.svelte.ts';
import { Toasts } from '../../../renderer/ui/toasts.svelte.ts';

// Read once, when the module of the desktop's bridge is loaded: here there is none.
vi.hoisted(() => vi.stubGlobal('window', {}));

/** A service whose answers come when they are let through, and whose events can be sent. */
function service() {
  const calls: { name: string; input: unknown; resolve: (value: unknown) => void; reject: (error: unknown) => void }[] =
    [];
  const listeners = new Map<string, ((payload: unknown) => void)[]>();
  const client = {
    on: (name: string, listener: (payload: unknown) => void) => {
      listeners.set(name, [...(listeners.get(name) ?? []), listener]);
      return () => undefined;
    },
    call: (name: string, input: unknown) =>
      new Promise((resolve, reject) => {
        calls.push({ name, input, resolve, reject });
      }),
  } as unknown as Client;
  const emit = (name: string, payload: unknown = null): void => {
    for (const listener of listeners.get(name) ?? []) listener(payload);
  };
  const waiting = async (name: string, count = 1) => {
    await vi.waitFor(() => expect(calls.filter((call) => call.name === name)).toHaveLength(count));
    return calls.filter((call) => call.name === name).at(-1)!;
  };
  return { client, calls, emit, waiting };
}

const timeline: Timeline = {
  ids: [3, 2, 1],
  aspects: [1, 1, 1],
  days: ['2020-01-03', '2020-01-02', '2020-01-01'],
  sketches: ['c', 'b', 'a'],
};
const choices: FilterChoices = { cameras: [], folders: [], months: [], places: [], placed: 0 };
const library = { timeline } as LibraryState;
const people = { list: [{ id: 'p1', name: 'Ann', coverFaceId: 5 }] } as unknown as PeopleState;

test('what an earlier filter finds never stands under a later one', async () => {
  const { client, calls, waiting } = service();
  const search = new SearchState(client, library, people);
  search.show('all=p1');
  const first = await waiting('search.photos');
  search.show('all=p1&from=2020-01-02');
  const second = await waiting('search.photos', 2);
  for (const call of calls.filter(({ name }) => name === 'search.choices')) call.resolve(choices);
  second.resolve({ ids: [3], problems: [] });
  await vi.waitFor(() => expect(search.photos?.ids).toEqual([3]));
  first.resolve({ ids: [3, 2, 1], problems: [] });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(search.photos?.ids).toEqual([3]);
  // And another one shows nothing until it has been looked for.
  search.show('all=p1&from=2021-01-01');
  expect(search.photos).toBeNull();
});

test('what goes wrong is said; a lost connection keeps what is shown', async () => {
  const { client, calls, waiting } = service();
  const search = new SearchState(client, library, people);
  search.watch();
  search.show('all=p1');
  (await waiting('search.photos')).reject(new KindredError('internal', 'The library cannot be read.'));
  await vi.waitFor(() => expect(search.problem).toBe('The library cannot be read.'));
  void search.reload();
  const again = await waiting('search.photos', 2);
  for (const call of calls.filter(({ name }) => name === 'search.choices')) call.resolve(choices);
  again.resolve({ ids: [2], problems: [] });
  await vi.waitFor(() => expect(search.photos?.ids).toEqual([2]));
  expect(search.problem).toBeNull();
  void search.reload();
  (await waiting('search.photos', 3)).reject(new KindredError('disconnected', 'Away.'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(search.photos?.ids).toEqual([2]);
  expect(search.problem).toBeNull();
});

test('an old id of a person leads to their name', async () => {
  const { client, calls, waiting } = service();
  const search = new SearchState(client, library, people);
  search.show('all=f7');
  (await waiting('search.photos')).resolve({ ids: [2], problems: [] });
  for (const call of calls.filter(({ name }) => name === 'search.choices')) call.resolve(choices);
  const asked = await waiting('people.person');
  expect(asked.input).toEqual({ id: 'f7' });
  asked.resolve({ id: 'p9', name: 'Cy', coverFaceId: 8 });
  await vi.waitFor(() => expect(search.personOf('f7')?.name).toBe('Cy'));
  expect(search.personOf('p1')?.name).toBe('Ann');
});

test('an album is known by its filter, and comes back after it was removed', async () => {
  const { client, waiting } = service();
  const toasts = new Toasts();
  const albums = new AlbumsState(client, toasts);
  const album: SmartAlbum = {
    id: 4,
    name: 'Both',
    filter: { all: ['p1', 'p2'] },
    photos: 3,
    coverPhotoId: 2,
    problems: [],
  };
  void albums.refresh();
  (await waiting('albums.list')).resolve([album]);
  await vi.waitFor(() => expect(albums.of({ all: ['p1', 'p2'] })?.id).toBe(4));
  expect(albums.of({ all: ['p1'] })).toBeUndefined();
  expect(albums.of({})).toBeUndefined();

  const removed = albums.remove(album);
  (await waiting('albums.remove')).resolve(null);
  (await waiting('albums.list', 2)).resolve([]);
  await removed;
  expect(albums.list).toEqual([]);
  toasts.list.at(-1)!.action!.run();
  expect((await waiting('albums.save')).input).toEqual({ name: 'Both', filter: album.filter });
});

test('an earlier list of albums never takes the place of a later one', async () => {
  const { client, calls, emit, waiting } = service();
  const albums = new AlbumsState(client, new Toasts());
  emit('albums.changed');
  emit('albums.changed');
  const second = await waiting('albums.list', 2);
  second.resolve([]);
  await vi.waitFor(() => expect(albums.list).toEqual([]));
  calls[0]!.resolve([{ id: 1 }]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(albums.list).toEqual([]);
});

test('copying is shown from its beginning, and not at all where it could not begin', async () => {
  const { client, emit, waiting } = service();
  const files = new FilesState(client, new Toasts());
  const progress: CopyProgress = {
    phase: 'copying',
    folder: '/out',
    done: 0,
    total: 2,
    failed: [],
    failedCount: 0,
    message: null,
  };
  const refused = files.copyTo([1, 2], '/nowhere');
  expect(files.copying).toMatchObject({ phase: 'copying', total: 2 });
  (await waiting('files.copy')).reject(new KindredError('not-found', 'There is no such folder.'));
  await expect(refused).rejects.toThrow('no such folder');
  expect(files.copying).toBeNull();

  const begun = files.copyTo([1, 2], '/out');
  (await waiting('files.copy', 2)).resolve(progress);
  await begun;
  emit('files.copying', { ...progress, phase: 'done', done: 2 });
  expect(files.copying).toMatchObject({ phase: 'done', done: 2 });
  files.dismiss();
  // The end of it, told once more, is no news.
  emit('files.copying', { ...progress, phase: 'done', done: 2 });
  expect(files.copying).toBeNull();
});
