import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KindredError } from '../../../app/contract/errors.ts';
import { serveParent, type ParentPort } from '../../../app/hosts/electron/serve-parent.ts';
import type { FromService, ToService } from '../../../app/hosts/electron/service-messages.ts';
import { openService } from '../../../app/service/service.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Stands for Electron's `process.parentPort`; what it carries is real. */
function createParent() {
  const received: FromService[] = [];
  let deliver: Parameters<ParentPort['on']>[1] = () => undefined;
  return {
    received,
    port: {
      postMessage: (message) => received.push(message),
      on: (_event, listener) => (deliver = listener),
    } satisfies ParentPort,
    send: (data: ToService, ports: MessagePort[] = []) => deliver({ data, ports }),
    next: (type: FromService['type']) =>
      vi.waitFor(() => {
        const found = received.find((message) => message.type === type);
        if (found === undefined) throw new Error(`No ${type} yet.`);
        return found;
      }, 30_000),
  };
}

describe('the service process of Electron', () => {
  let parent: ReturnType<typeof createParent>;
  const exit = vi.fn();

  beforeEach(async () => {
    parent = createParent();
    exit.mockReset();
    const libraryPath = join(await temporaryFolder(), 'library');
    await serveParent(parent.port, { open: () => openService({ libraryPath, host: 'electron' }), exit });
    await parent.next('ready');
  });

  afterEach(async () => {
    if (exit.mock.calls.length === 0) parent.send({ type: 'close' });
    await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(0), 30_000);
  });

  it('answers a page over the port that the main process hands on', async () => {
    const { port1, port2 } = new MessageChannel();
    parent.send({ type: 'page' }, [port1]);
    port2.postMessage({ id: 1, procedure: 'app.info' });
    const [answer] = (await once(port2, 'message')) as [unknown];
    expect(answer).toMatchObject({ id: 1, result: { host: 'electron' } });
    port2.close();
  });

  it('answers for a picture that does not exist, with the kind of the error', async () => {
    parent.send({ type: 'media', id: 7, path: '/media/photo/12345' });
    expect(await parent.next('media')).toMatchObject({ id: 7, error: { kind: 'not-found' } });
  });

  it('takes a copy of an image to search with, or says why not', async () => {
    const path = join(await temporaryFolder(), 'image');
    await writeFile(path, 'no picture');
    parent.send({ type: 'image', id: 8, path });
    expect(await parent.next('image')).toMatchObject({ id: 8, image: expect.any(String) });
    parent.received.length = 0;
    parent.send({ type: 'image', id: 9, path: `${path}.gone` });
    expect(await parent.next('image')).toMatchObject({ id: 9, error: { kind: 'not-found' } });
  });

  it('adds a folder, and says in the terminal what came of it', async () => {
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    parent.send({ type: 'add-folder', path: await temporaryFolder() });
    await vi.waitFor(() => expect(written).toHaveBeenCalledWith('0 photos, 0 faces, 0 people.\n'), 30_000);
    written.mockRestore();
  });

  it('says in the terminal why a folder cannot be added', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    parent.send({ type: 'add-folder', path: '/nowhere' });
    await vi.waitFor(() => expect(written).toHaveBeenCalledWith('There is no folder /nowhere.\n'), 30_000);
    written.mockRestore();
  });
});

it('tells the main process why the library cannot be opened', async () => {
  const parent = createParent();
  const error = new KindredError('library-newer', 'Made by a newer Kindred.');
  await serveParent(parent.port, { open: () => Promise.reject(error), exit: vi.fn() });
  expect(parent.received).toEqual([{ type: 'failed', error: error.toData() }]);
});
