/**
 * Scans a folder into a library with the given models, as `kindred scan` does with those that ship.
 *
 * Usage: node scan-library.ts FOLDER LIBRARY MODELS, where MODELS is a `ModelChoice` as JSON; prints {"photos", "faces"}.
 */
import type { ModelChoice } from '../../../app/faces/models/choice.ts';
import { openLibrary } from '../../../app/service/open-library.ts';

const [folder, libraryPath, choice] = process.argv.slice(2);
const library = await openLibrary({ libraryPath: libraryPath!, models: JSON.parse(choice!) as ModelChoice });
try {
  const { phase, message, done, failed, facesFound } = await library.scanFolders([await library.addFolder(folder!)]);
  if (phase !== 'done') throw new Error(message ?? `The scan ended as ${phase}.`);
  console.log(JSON.stringify({ photos: done - failed, faces: facesFound }));
} finally {
  await library.close();
}
