import { beforeEach, expect, test, vi } from 'vitest';
import { KindredError } from '../../../app/contract/errors.ts';
import type { FaceMatch, FaceSearchResult } from '../../../app/contract/search.ts';
import type { Client } from '../../../renderer/client/client.ts';
import type { DecisionsState } from '../../../renderer/features/decisions/decisions.svelte.ts';
import { findFromQuery, findToQuery } from '../../../renderer/features/find/find-address.ts';
import { FindState } from '../../../renderer/features/find/find.svelte.ts';
import { groupByPhoto, groupMatches } from '../../../renderer/features/find/match-groups.ts';
import { sendImage } from '../../../renderer/features/find/receive.ts';
import type { Router } from '../../../renderer/router.svelte.ts';
import { Toasts } from '../../../renderer/ui/toasts.svelte.ts';

const match = (faceId: number, distance: number, person = '', photoId = faceId, query = 0): FaceMatch => ({
  faceId,
  photoId,
  box: [0, 0, 1, 1],
  distance,
  query,
  personId: person === '' ? `f${faceId}` : `p-${person}`,
  personName: person,
  confirmed: false,
  behind: false,
});

test('an address says which faces are searched for', () => {
  for (const query of [{ faces: [3, 7] }, { image: 'ab-1', chosen: [] }, { image: 'ab-1', chosen: [0, 2] }]) {
    expect(findFromQuery(findToQuery(query))).toEqual(query);
  }
  expect(findFromQuery('face=3&face=3&face=x')).toEqual({ faces: [3] });
  expect(findFromQuery('image=a/b')).toBeNull();
  expect(findFromQuery('')).toBeNull();
});

test('matches are grouped by person under the threshold only', () => {
  const matches = [match(1, 0.01, 'Ann'), match(2, 0.05), match(3, 0.06, 'Ann'), match(4, 0.2, 'Ben'), match(5, 0.02)];
  const { within, beyond } = groupMatches({ matches, within: 3 });
  expect(within.map(({ personName, matches: own }) => [personName, own.map(({ faceId }) => faceId)])).toEqual([
    ['Ann', [1, 3]],
    ['', [2]],
  ]);
  // The last was said not to be the person, however near it is.
  expect(beyond.map(({ faceId }) => faceId)).toEqual([4, 5]);
});

test('matches of several faces are grouped by photo', () => {
  const matches = [
    match(2, 0.1, '', 70, 1),
    match(1, 0.02, '', 70, 0),
    match(3, 0.3, '', 80, 0),
    match(4, 0.2, '', 80, 1),
  ];
  const { within, beyond } = groupByPhoto({ matches, within: 2 });
  expect(within).toEqual([{ photoId: 70, matches: [matches[1], matches[0]], distance: 0.1 }]);
  expect(beyond.map(({ photoId, distance }) => [photoId, distance])).toEqual([[80, 0.3]]);
});

/** A service that answers a search when it is let to. */
function setUp() {
  const gates: { faces: number[]; answer: (result: FaceSearchResult | KindredError) => void }[] = [];
  const decided: unknown[] = [];
  const client = {
    on: () => () => undefined,
    call: (_: string, { faces }: { faces: number[] }) =>
      new Promise((resolve, reject) => {
        gates.push({
          faces,
          answer: (result) => (result instanceof KindredError ? reject(result) : resolve(result)),
        });
      }),
  } as unknown as Client;
  const decisions = {
    decide: (decision: unknown) => {
      decided.push(decision);
      return Promise.resolve({ entry: 1, text: '', settled: 1, personId: null });
    },
  } as unknown as DecisionsState;
  const went: string[] = [];
  const router = { go: (address: string) => went.push(address), leave: () => undefined } as unknown as Router;
  return { find: new FindState(client, new Toasts(), decisions, router), gates, decided, went };
}

const found = (matches: FaceMatch[], name = 'Ann'): FaceSearchResult => ({
  threshold: 0.115,
  matches,
  people: [{ id: `p-${name}`, name }],
  within: matches.filter(({ distance }) => distance <= 0.115).length,
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  return () => vi.useRealTimers();
});

test('an answer to an earlier search never takes the place of a later one', async () => {
  const { find, gates } = setUp();
  find.show('face=1');
  await vi.waitFor(() => expect(gates).toHaveLength(1));
  find.show('face=2');
  expect(find.result).toBeNull();
  await vi.waitFor(() => expect(gates).toHaveLength(2));
  gates[1]!.answer(found([match(20, 0.01, 'Ann')]));
  await vi.waitFor(() => expect(find.photoIds).toEqual([20]));
  gates[0]!.answer(found([match(10, 0.01, 'Ben')]));
  await Promise.resolve();
  await Promise.resolve();
  expect(find.photoIds).toEqual([20]);
});

test('what is rejected is faded once it is, and no longer after an undo', async () => {
  const { find, gates, decided } = setUp();
  find.show('face=1');
  await vi.waitFor(() => expect(gates).toHaveLength(1));
  // Nobody named: by whom it is taken for nothing tells that it was rejected.
  const before = match(7, 0.05);
  gates[0]!.answer(found([before]));
  await vi.waitFor(() => expect(find.result).not.toBeNull());
  const judged = find.judge([before], 'reject');
  await vi.waitFor(() => expect(gates).toHaveLength(2));
  expect(decided).toEqual([{ kind: 'reject', person: 'p-Ann', faces: [7] }]);
  expect(find.isRejected(before)).toBe(false);
  const after = { ...before, behind: true };
  gates[1]!.answer(found([after]));
  await judged;
  expect(find.isRejected(find.result!.matches[0]!)).toBe(true);
  // The answer after an undo.
  find.watch();
  await vi.waitFor(() => expect(gates).toHaveLength(3));
  gates[2]!.answer(found([before]));
  await vi.waitFor(() => expect(find.isRejected(find.result!.matches[0]!)).toBe(false));
});

test('where nobody is known, a match that was rejected is faded while it is somebody else', async () => {
  const { find, gates } = setUp();
  find.show('face=1');
  await vi.waitFor(() => expect(gates).toHaveLength(1));
  const before = match(7, 0.05, 'Ben');
  gates[0]!.answer({ ...found([before]), people: [null] });
  await vi.waitFor(() => expect(find.result).not.toBeNull());
  const judged = find.judge([before], 'reject');
  await vi.waitFor(() => expect(gates).toHaveLength(2));
  const after = match(7, 0.05);
  gates[1]!.answer({ ...found([after]), people: [null] });
  await judged;
  expect(find.isRejected(after)).toBe(true);
  expect(find.isRejected(before)).toBe(false);
});

test('what was found is looked for again by who comes back to it', async () => {
  const { find, gates } = setUp();
  find.show('face=1');
  const leave = find.watch();
  await vi.waitFor(() => expect(gates).toHaveLength(1));
  gates[0]!.answer(found([match(7, 0.05, 'Ann')]));
  await vi.waitFor(() => expect(find.photoIds).toEqual([7]));
  leave();
  find.show('face=1');
  find.watch();
  await vi.waitFor(() => expect(gates).toHaveLength(2));
  gates[1]!.answer(found([match(8, 0.05, 'Ann')]));
  await vi.waitFor(() => expect(find.photoIds).toEqual([8]));
});

test('who goes elsewhere while a picture is looked at is not called back', async () => {
  const { find, gates, went } = setUp();
  const image = { id: 'ab', width: 1, height: 1, faces: [{ index: 0, box: [0, 0, 1, 1], score: 1, quality: 1 }] };
  const answer = image as unknown as FaceSearchResult;
  find.show('image=ab');
  const leave = find.watch();
  await vi.waitFor(() => expect(gates).toHaveLength(1));
  leave();
  gates[0]!.answer(answer);
  await new Promise(process.nextTick);
  expect(went).toEqual([]);
  // But it is opened when they come again, and its only face is searched by.
  find.show('image=ab');
  find.watch();
  await vi.waitFor(() => expect(gates).toHaveLength(2));
  gates[1]!.answer(answer);
  await vi.waitFor(() => expect(went).toEqual(['#/find?image=ab&choose=0']));
});

test('what goes wrong is said, and nothing stale is shown beside it', async () => {
  const { find, gates } = setUp();
  find.show('face=1');
  await vi.waitFor(() => expect(gates).toHaveLength(1));
  gates[0]!.answer(new KindredError('not-found', 'This face is not in the library any more.'));
  await vi.waitFor(() => expect(find.problem).toBe('This face is not in the library any more.'));
  expect(find.result).toBeNull();
  find.show('');
  expect(find.problem).toMatch(/does not say/);
});

test('an image that is refused is refused in the words of the service', async () => {
  const respond = (status: number, body: string): void => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status })));
  };
  try {
    respond(200, '{"image":"abc"}');
    await expect(sendImage(new Blob(['x']))).resolves.toBe('abc');
    respond(400, '{"kind":"invalid-input","message":"This is not a picture."}');
    await expect(sendImage(new Blob(['x']))).rejects.toThrow('This is not a picture.');
    respond(502, 'Bad gateway');
    await expect(sendImage(new Blob(['x']))).rejects.toThrow('could not be looked at');
    await expect(sendImage(new Blob([]))).rejects.toThrow('empty');
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')));
    await expect(sendImage(new Blob(['x']))).rejects.toThrow('could not be sent');
  } finally {
    vi.unstubAllGlobals();
  }
});
