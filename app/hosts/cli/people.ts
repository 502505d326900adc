import { resolve } from 'node:path';
import type { PersonFaces } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import { openService, readPeople } from '../../service/service.ts';

/** `kindred people`: also works while a window or a scan has the library open, then as of its last grouping. */
export async function runPeople(options: { library: string; json?: true; ids?: true }): Promise<void> {
  const people = await loadPeople(resolve(options.library));
  if (options.json) {
    const plain = people.map(({ faces, ...person }) => ({
      ...person,
      faces: faces.map(({ photo, box }) => ({ photo, box })),
    }));
    process.stdout.write(`${JSON.stringify(options.ids ? people : plain)}\n`);
    return;
  }
  if (people.length === 0) process.stdout.write('No people yet. Start with: kindred scan <folder>\n');
  for (const { id, name, faces } of people) {
    process.stdout.write(
      `${id.padEnd(8)} ${String(faces.length).padStart(6)} ${name === '' ? '(no name)' : JSON.stringify(name)}\n`,
    );
    // A file name may hold line breaks or control characters, which must not reach a terminal.
    if (options.ids)
      for (const face of faces)
        process.stdout.write(`    face ${face.id} in photo ${face.photoId} ${JSON.stringify(face.photo)}\n`);
  }
}

async function loadPeople(libraryPath: string): Promise<PersonFaces[]> {
  try {
    const service = await openService({ libraryPath, mustExist: true, host: 'cli' });
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
