/**
 * `node save-indexes.ts FILE`: builds and saves one index after the other to the same file, until it is killed. Prints the number
 * of each on a line of its own when it is about to be saved (`+1`) and when it has been (`1`).
 */
import { writeSync } from 'node:fs';
import { saveIndex } from '../../../app/search/vector-index/index-file.ts';
import { VectorIndex } from '../../../app/search/vector-index/vector-index.ts';
import { facesOfIndex } from '../numbered-index.ts';

const file = process.argv[2]!;
for (let number = 1; ; number++) {
  const { dimension, batches, origin } = facesOfIndex(number);
  const index = new VectorIndex(dimension);
  for (const { ids, embeddings } of batches) index.add(ids, embeddings);
  writeSync(1, `+${number}\n`);
  await saveIndex(index, file, origin);
  writeSync(1, `${number}\n`);
}
