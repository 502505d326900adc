import { expect, test, vi } from 'vitest';
import { KindredError } from '../../../app/contract/errors.ts';
import type { RequestMessage } from '../../../app/contract/wire.ts';
import { createClient, type Client } from '../../../renderer/client/client.ts';
import type { TransportListener } from '../../../renderer/client/transport.ts';

function connect(): {
  client: Client;
  service: TransportListener;
  sent: RequestMessage[];
  settled: () => Promise<void>;
} {
  const sent: RequestMessage[] = [];
  let service: TransportListener | undefined;
  const client = createClient((listener) => {
    service = listener;
    listener.state('connecting');
    return { send: (message) => void sent.push(message) };
  });
  return { client, service: service!, sent, settled: () => new Promise((resolve) => setTimeout(resolve)) };
}

test('calls wait for the first connection, and answers find their call', async () => {
  const { client, service, sent, settled } = connect();
  const info = client.call('app.info');
  const photo = client.call('library.photo', { id: 7 });
  await settled();
  expect(sent).toEqual([]);
  service.state('open');
  await settled();
  expect(sent).toEqual([
    { id: 1, procedure: 'app.info' },
    { id: 2, procedure: 'library.photo', input: { id: 7 } },
  ]);
  service.message({ id: 2, error: { kind: 'not-found', message: 'No such photo.', details: { id: 7 } } });
  service.message({ id: 1, result: { version: '1' } });
  expect(await info).toEqual({ version: '1' });
  await expect(photo).rejects.toEqual(new KindredError('not-found', 'No such photo.', { id: 7 }));
});

test('a lost connection fails what is under way and what follows, until it is back', async () => {
  const { client, service, sent, settled } = connect();
  service.state('open');
  await settled();
  const underWay = client.call('scan.status');
  underWay.catch(() => undefined);
  service.state('lost');
  await settled();
  await expect(underWay).rejects.toMatchObject({ kind: 'disconnected' });
  await expect(client.call('scan.status')).rejects.toMatchObject({ kind: 'disconnected' });
  service.state('open');
  await settled();
  void client.call('scan.status');
  expect(sent).toHaveLength(2);
});

test('events reach those who listen, and nobody else', () => {
  const { client, service } = connect();
  const people = vi.fn();
  const library = vi.fn();
  const end = client.on('people.changed', people);
  client.on('library.changed', library);
  service.message({ event: 'people.changed', payload: null });
  end();
  service.message({ event: 'people.changed', payload: null });
  expect(people).toHaveBeenCalledTimes(1);
  expect(library).not.toHaveBeenCalled();
});
