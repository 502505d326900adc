import { resolve } from 'node:path';
import type { PersonFaces } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import { openService, readPeople } from '../../service/service.ts';

/** `kindred people`: also works while a window or a scan has the library open, then as of its last grouping. */
export async function runPeople(options: { library: string; json?: true }): Promise<void> {
  const people = await loadPeople(resolve(options.library));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(people)}\n`);
    return;
  }
  if (people.length === 0) process.stdout.write('No people yet. Start with: kindred scan <folder>\n');
  for (const { id, name, faces } of people) {
    process.stdout.write(
      `${id.padEnd(8)} ${String(faces.length).padStart(6)} ${name === '' ? '(no name)' : JSON.stringify(name)}\n`,
    );
  }
}

async function loadPeople(libraryPath: string): Promise<PersonFaces[]> {
  try {
    const service = await openService({ libraryPath, host: 'cli' });
    try {
      return await service.call('people.export', undefined);
    } finally {
      await service.close();
    }
  } catch (error) {
    if (error instanceof KindredError && error.kind === 'library-in-use') return readPeople(libraryPath);
    throw error;
  }
}
