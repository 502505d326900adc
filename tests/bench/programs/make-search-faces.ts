/**
 * Makes up faces for the benchmark of search, in a process of its own as a million takes much memory to make.
 *
 * Usage: node make-search-faces.ts FACES QUERIES FOLDER; writes `faces.f32` and `queries.f32`, unit vectors row by row.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crowd } from '../crowd.ts';

const [faces, queries, folder] = process.argv.slice(2);
const { embeddings, dimension } = crowd(Number(faces) + Number(queries));
// In random order already: who is searched for is one more face of them.
const split = Number(faces) * dimension;
writeFileSync(join(folder!, 'faces.f32'), embeddings.subarray(0, split));
writeFileSync(join(folder!, 'queries.f32'), embeddings.subarray(split));
