import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { SwitchStatus } from '../../app/contract/dto.ts';
import type { EventName } from '../../app/contract/events.ts';
import type { LearningState, LearningStatus } from '../../app/contract/learning.ts';
import { openService } from '../../app/service/service.ts';
import type { Service } from '../../app/service/service-types.ts';

/** Opens a library; what a test leaves open is closed at its end. */
export async function open(libraryPath: string, host: 'cli' | 'web' = 'cli'): Promise<Service> {
  const service = await openService({ libraryPath, host });
  let closed = false;
  onTestFinished(() => (closed ? undefined : service.close()));
  return { ...service, close: () => ((closed = true), service.close()) };
}

/** The next event of this name that is as wanted. */
export function once<Payload>(
  service: Service,
  name: EventName,
  when: (payload: Payload) => boolean,
): Promise<Payload> {
  return new Promise((resolve) => {
    const unsubscribe = service.subscribe((event, payload) => {
      if (event !== name || !when(payload as Payload)) return;
      unsubscribe();
      resolve(payload as Payload);
    });
  });
}

/** Scans a new folder, or all that there are, to the end. */
export async function scan(service: Service, path?: string): Promise<void> {
  const done = once<{ phase: string }>(service, 'scan.progress', ({ phase }) => phase === 'done');
  await (path === undefined ? service.call('scan.start', undefined) : service.call('library.addFolder', { path }));
  await done;
}

/** Who is who, by name, in the order of the list. */
export async function named(service: Service): Promise<Record<string, number[]>> {
  const people = await service.call('people.export', undefined);
  return Object.fromEntries(
    people
      .filter(({ name }) => name !== '')
      .map(({ name, faces }) => [name, faces.map(({ id }) => id).sort((a, b) => a - b)]),
  );
}

/** What a query finds in a library, also while it is open. */
export function rows<Row>(library: string, sql: string): Row[] {
  const db = new Sqlite(join(library, 'kindred.db'), { readonly: true });
  try {
    return db.prepare<[], Row>(sql).all();
  } finally {
    db.close();
  }
}

export async function until(probe: () => Promise<boolean>): Promise<void> {
  while (!(await probe())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Uses a version, or given null the models as they came, and waits until it is in use. */
export async function activate(service: Service, version: string | null): Promise<SwitchStatus> {
  const ended = once<SwitchStatus>(service, 'models.progress', ({ phase }) => phase === 'idle' || phase === 'failed');
  await service.call('learning.activate', { version });
  return ended;
}

/** Waits until learning is at something else than these. */
export async function learningAfter(service: Service, ...states: readonly LearningState[]): Promise<LearningStatus> {
  let status = await service.call('learning.status', undefined);
  await until(async () => {
    status = await service.call('learning.status', undefined);
    return !states.includes(status.state);
  });
  return status;
}
