import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecisionResult, History, PersonFaces, ReviewState } from '../../../app/contract/dto.ts';
import type { ErrorData } from '../../../app/contract/errors.ts';
import { runCli, type CliResult } from '../../support/cli.ts';
import { makeSampleAlbum } from '../../support/sample-album.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
let library: string;

const run = (...args: string[]): Promise<CliResult> => runCli(...args, '--library', library);

async function json<Value>(...args: string[]): Promise<Value> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Value;
}

const decide = (...args: string[]): Promise<DecisionResult> => json('decide', ...args);
const people = (): Promise<PersonFaces[]> => json('people', '--ids');

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  library = join(folder, 'library');
  await makeSampleAlbum(join(folder, 'photos'), 6);
  expect((await run('scan', join(folder, 'photos'))).code).toBe(0);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('decisions on the command line', () => {
  it('name, merge, take apart and undo, and are in the history', async () => {
    const before = await people();
    const [first, second] = before as [PersonFaces, PersonFaces];
    const named = await decide('name', first.id, 'Ana');
    expect(named).toMatchObject({ text: 'Named Ana', personId: expect.stringMatching(/^p\d+$/) });
    const ana = named.personId!;
    await decide('merge', ana, second.id);
    const merged = (await people()).find(({ id }) => id === ana)!;
    expect(merged.faces).toHaveLength(first.faces.length + second.faces.length);

    await decide('reject', ana, String(second.faces[0]!.id));
    expect((await people()).find(({ id }) => id === ana)!.faces).toHaveLength(first.faces.length);
    await decide('undo');
    expect((await people()).find(({ id }) => id === ana)!.faces).toHaveLength(merged.faces.length);
    await decide('jump', '0');
    expect(await people()).toEqual(before);

    const { entries, redo } = await json<History>('history');
    expect(entries.map(({ active }) => active)).toEqual([false, false, false]);
    expect(redo).not.toBeNull();
  });

  it('contradict one another only when told to', async () => {
    const [a, b] = (await people()).map(({ faces }) => String(faces[0]!.id)) as [string, string];
    const { entry } = await decide('same', a, b);
    const refused = await run('decide', 'different', a, b, '--json');
    expect(refused.code).toBe(2);
    const { error } = JSON.parse(refused.stdout) as { error: ErrorData };
    expect(error).toMatchObject({ kind: 'contradiction', details: { entries: [{ id: entry }] } });
    await decide('different', a, b, '--instead', String(entry));
    const [groupA, groupB] = [a, b].map(
      async (face) => (await people()).find(({ faces }) => faces.some(({ id }) => String(id) === face))!.id,
    );
    expect(await groupA).not.toBe(await groupB);
    await decide('jump', '0');
  });

  it('answer what review asks', async () => {
    const { question } = await json<ReviewState>('review');
    expect(question).not.toBeNull();
    const others = question!.candidates.map(({ coverFaceId }) => String(coverFaceId));
    await decide(
      'different',
      String(question!.b.faceId),
      ...(others.length > 0 ? others : [String(question!.a.faceId)]),
    );
    const next = await json<ReviewState>('review');
    expect(next.question?.id).not.toBe(question!.id);
  });

  it.each([
    [['decide', 'dance'], /There is no decision "dance"/],
    [['decide', 'confirm', 'p1'], /Usage: kindred decide confirm <person> <face\.\.\.>/],
    [['decide', 'same', '1', 'two'], /"two" is not the number/],
    [['decide', 'hide', 'p999'], /not in the library/],
    [['decide', 'same', '1', '99999'], /not in the library/],
  ])('%j is bad input, said in a line', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
