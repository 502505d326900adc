import { resolve } from 'node:path';
import type { PersonFaces, ScanStatus } from '../contract/dto.ts';
import { KindredError } from '../contract/errors.ts';
import { procedures, type InputOf, type OutputOf, type ProcedureName } from '../contract/procedures.ts';
import { faceRecords } from '../faces/faces.store.ts';
import { builtInChoice } from '../faces/models/choice.ts';
import { readGroups } from '../people/groups.store.ts';
import { openLibraryDatabase } from '../store/connection.ts';
import { openDecisionHistory } from './decision-history.ts';
import { foldStoredGroups } from './grouping.ts';
import { createLearning } from './learning/handlers.ts';
import { readActive, toActive } from './library-models.ts';
import { createMedia } from './media.ts';
import { continueSwitch } from './models.ts';
import { openLibrary } from './open-library.ts';
import { exportPeople } from './people-export.ts';
import { createHandlers } from './procedures.ts';
import { createSearch } from './search/handlers.ts';
import type { Service, ServiceOptions } from './service-types.ts';

/**
 * Opens a library and everything that works on it.
 *
 * @throws KindredError `library-in-use`, `library-newer`, `library-damaged`, `library-unreadable`, `disk-full`, `not-found`
 */
export async function openService(options: ServiceOptions): Promise<Service> {
  const library = await openLibrary(options);
  const learning = createLearning(library);
  const search = createSearch(library);
  const handlers = createHandlers(library, learning, search, options.host);
  const media = createMedia(library.db, library.cachePath, library.pool);
  // A process that was killed may have stored faces after its last grouping.
  const upToDate = library.grouping.refresh();
  // A window opens at once with the people of last time; a command wants them as they are.
  if (options.host === 'cli') await upToDate;
  else upToDate.catch((error: unknown) => process.stderr.write(`Grouping failed: ${String(error)}\n`));
  const { problem } = await handlers['models.list'](undefined);
  if (problem !== null) process.stderr.write(`${problem} People are shown as they were.\n`);
  // A command ends when its own work is done; a window has the time.
  if (options.host !== 'cli') {
    continueSwitch(library);
    learning.goOn();
    upToDate.then(search.prepare).catch(() => undefined);
    library.events.subscribe((event, payload) => {
      // Photos of a drive that is there again.
      if (event === 'scan.progress' && (payload as ScanStatus).phase === 'done') library.modelSwitch.check();
    });
  }

  async function call<Name extends ProcedureName>(name: Name, input: unknown): Promise<OutputOf<Name>> {
    const parsed = procedures[name].input.safeParse(input ?? undefined);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const where = issue?.path.length ? ` (${issue.path.join('.')})` : '';
      throw new KindredError('invalid-input', `${name}: ${issue?.message ?? 'the input is not valid'}${where}`);
    }
    const handler = handlers[name] as (value: unknown) => OutputOf<Name> | Promise<OutputOf<Name>>;
    return handler(parsed.data);
  }

  return {
    call: <Name extends ProcedureName>(name: Name, input: InputOf<Name>) => call(name, input),
    handle(name, input) {
      if (!Object.hasOwn(procedures, name)) {
        return Promise.reject(new KindredError('invalid-input', `There is no procedure ${name}.`));
      }
      return call(name as ProcedureName, input);
    },
    subscribe: (listener) => library.events.subscribe(listener),
    media: (path) => (path.startsWith('/media/query/') ? search.picture(path) : media(path)),
    receiveImage: (source) => search.receiveImage(source),
    async close() {
      await search.close();
      await learning.close();
      await library.close();
    },
  };
}

/**
 * The people of a library as of its last grouping, also while another process has it open.
 *
 * @throws KindredError `not-found`, `library-newer`, `library-damaged`
 */
export function readPeople(libraryPath: string): PersonFaces[] {
  const { db, close } = openLibraryDatabase(resolve(libraryPath), { readOnly: true });
  try {
    const groups = readGroups(db);
    if (!groups) return [];
    const { model, standard } = readActive(db) ?? toActive(builtInChoice);
    const records = new Map(faceRecords(db, model, 0).map((record) => [record.id, record]));
    const known = openDecisionHistory(db).known();
    return exportPeople(db, foldStoredGroups(db, records, groups, known, standard), model);
  } finally {
    close();
  }
}
