import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createServiceLink, type ServiceChild } from '../../../../app/hosts/electron/service-link.ts';
import type { FromService, ToService } from '../../../../app/hosts/electron/service-messages.ts';

type Port = string;

/** Stands for Electron's utility process. */
function createChild() {
  const sent: { message: ToService; ports: Port[] | undefined }[] = [];
  const listeners = { message: (_message: FromService): void => undefined, exit: (_code: number): void => undefined };
  const child: ServiceChild<Port> = {
    postMessage: (message, ports) => sent.push({ message, ports }),
    kill: vi.fn(() => {
      listeners.exit(137);
      return true;
    }),
    on: (event: 'message' | 'exit', listener: never) => (listeners[event] = listener),
  };
  return {
    child,
    sent,
    say: (message: FromService) => listeners.message(message),
    exit: (code: number) => listeners.exit(code),
  };
}

describe('createServiceLink', () => {
  const children: ReturnType<typeof createChild>[] = [];
  const fork = () => {
    const made = createChild();
    children.push(made);
    return made.child;
  };
  const onRestarted = vi.fn();
  const onFailed = vi.fn();
  const open = () => createServiceLink<Port>({ fork, onRestarted, onFailed, closeTimeout: 20 });

  beforeEach(() => {
    children.length = 0;
    onRestarted.mockReset();
    onFailed.mockReset();
  });

  it('hands a page’s port to the service', () => {
    open().connectPage('port');
    expect(children[0]?.sent).toEqual([{ message: { type: 'page' }, ports: ['port'] }]);
  });

  it('matches answers with questions in any order', async () => {
    const link = open();
    const first = link.media('/media/photo/1');
    const second = link.media('/media/photo/2');
    children[0]?.say({ type: 'media', id: 2, file: { path: '/two', contentType: 'image/png' } });
    children[0]?.say({ type: 'media', id: 1, error: { kind: 'not-found', message: 'Gone.' } });
    await expect(first).rejects.toMatchObject({ name: 'KindredError', kind: 'not-found', message: 'Gone.' });
    await expect(second).resolves.toEqual({ path: '/two', contentType: 'image/png' });
  });

  it('hands an image over, and tells its id or why it is not taken', async () => {
    const link = open();
    const taken = link.receiveImage('/tmp/one');
    const refused = link.receiveImage('/tmp/two');
    expect(children[0]?.sent.map(({ message }) => message)).toEqual([
      { type: 'image', id: 1, path: '/tmp/one' },
      { type: 'image', id: 2, path: '/tmp/two' },
    ]);
    children[0]?.say({ type: 'image', id: 1, image: 'abc' });
    children[0]?.say({ type: 'image', id: 2, error: { kind: 'disk-full', message: 'Full.' } });
    await expect(taken).resolves.toBe('abc');
    await expect(refused).rejects.toMatchObject({ kind: 'disk-full' });
  });

  it('starts the service again after a crash and asks for new ports once it answers', async () => {
    const link = open();
    children[0]?.say({ type: 'ready' });
    expect(onRestarted).not.toHaveBeenCalled();
    const question = link.media('/media/photo/1');
    children[0]?.exit(139);
    await expect(question).rejects.toMatchObject({ kind: 'disconnected' });
    expect(children).toHaveLength(2);
    children[1]?.say({ type: 'ready' });
    expect(onRestarted).toHaveBeenCalledOnce();
    expect(onFailed).not.toHaveBeenCalled();
  });

  it('gives up when the service keeps crashing', async () => {
    const link = open();
    for (let crash = 0; crash < 4; crash++) children.at(-1)?.exit(1);
    expect(children).toHaveLength(4);
    expect(onFailed).toHaveBeenCalledOnce();
    await expect(link.media('/media/photo/1')).rejects.toMatchObject({ kind: 'disconnected' });
  });

  it('does not try again to open a library that cannot be opened', () => {
    open();
    children[0]?.say({ type: 'failed', error: { kind: 'library-newer', message: 'Made by a newer Kindred.' } });
    expect(onFailed).toHaveBeenCalledExactlyOnceWith({ kind: 'library-newer', message: 'Made by a newer Kindred.' });
    expect(children).toHaveLength(1);
  });

  it('closes the service in order', async () => {
    const closed = open().close();
    expect(children[0]?.sent.at(-1)?.message).toEqual({ type: 'close' });
    children[0]?.exit(0);
    await closed;
    expect(children).toHaveLength(1);
    expect(children[0]?.child.kill).not.toHaveBeenCalled();
  });

  it('ends a service by force that does not close', async () => {
    await open().close();
    expect(children[0]?.child.kill).toHaveBeenCalledOnce();
    expect(onFailed).not.toHaveBeenCalled();
  });
});
