/**
 * Finds the nearest faces by one method on one thread, in a process of its own so that its memory can be told.
 *
 * Usage: node find-nearest.ts METHOD FOLDER K, where FOLDER is from make-search-faces.ts; prints a `Finding` as JSON.
 */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';
import { exactSearch, Index, MetricKind, ScalarKind, type Matches } from 'usearch';
import { VectorIndex } from '../../../app/search/vector-index/vector-index.ts';
import { median, processorTime } from '../processor-time.ts';

/** How one method did. */
export interface Finding {
  /** With all threads, and from reading the vectors on. */
  buildSeconds: number;
  /** Median processor time and median time of a query. */
  milliseconds: number;
  wallMilliseconds: number;
  /** Per query, the faces that were found. */
  found: number[][];
  /** What was set so as to reach the recall, in words. */
  setting?: string;
}

type Search = (query: Float32Array) => number[];
interface Method {
  build: () => Search;
  /** Others to choose from: the first whose recall is enough is measured, or else the last. */
  settings?: () => Iterable<{ setting: string; search: Search }>;
}

const dimension = 128;
const batchRows = 10_000;
const enough = 0.99;
const [name = '', folder = '', k = ''] = process.argv.slice(2);
const wanted = Number(k);
const faceCount = statSync(join(folder, 'faces.f32')).size / 4 / dimension;
const queries = floats(join(folder, 'queries.f32'));

/** The faces in batches, so that only what a method keeps takes memory. */
function* batches(): Generator<{ first: number; count: number; rows: Float32Array<ArrayBuffer> }> {
  const path = join(folder, 'faces.f32');
  const file = openSync(path, 'r');
  for (let first = 0; first < faceCount; first += batchRows) {
    const rows = new Float32Array(Math.min(batchRows, faceCount - first) * dimension);
    readSync(file, rows, 0, rows.byteLength, first * dimension * 4);
    yield { first, count: rows.length / dimension, rows };
  }
  closeSync(file);
}

function floats(path: string): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(statSync(path).size / 4);
  const file = openSync(path, 'r');
  let done = 0;
  // More than 2 GB cannot be read at once.
  while (done < numbers.byteLength) {
    done += readSync(file, new Uint8Array(numbers.buffer, done), 0, Math.min(2 ** 30, numbers.byteLength - done), done);
  }
  closeSync(file);
  return numbers;
}

const hnswFile = join(folder, 'hnsw.usearch');
const hnsw = (expansion: number): Index =>
  new Index({
    dimensions: dimension,
    metric: MetricKind.L2sq,
    // As good as float32 here, faster and smaller; bytes do not reach the recall.
    quantization: ScalarKind.F16,
    connectivity: 16,
    expansion_add: 128,
    expansion_search: expansion,
    multi: false,
  });
const keysOf = ({ keys }: Matches): number[] => Array.from(keys, Number);

const methods: Record<string, Method> = {
  kindred: {
    build: () => {
      const index = new VectorIndex(dimension);
      for (const { first, count, rows } of batches()) {
        index.add(
          Float64Array.from({ length: count }, (_, i) => first + i),
          rows,
        );
      }
      return (query) => [...index.search(query, wanted).ids];
    },
  },

  /** As one writes it first: all distances, then sorted by them, but with a list of the best instead of sorting everything. */
  loop: {
    build: () => {
      const faces = floats(join(folder, 'faces.f32'));
      return (query) => {
        let best: { face: number; distance: number }[] = [];
        let limit = Infinity;
        for (let face = 0, start = 0; start < faces.length; face++, start += dimension) {
          let distance = 0;
          for (let i = 0; i < dimension; i++) {
            const difference = query[i]! - faces[start + i]!;
            distance += difference * difference;
          }
          if (distance >= limit) continue;
          best.push({ face, distance });
          if (best.length < wanted * 4) continue;
          best = best.sort((a, b) => a.distance - b.distance).slice(0, wanted);
          limit = best.at(-1)!.distance;
        }
        return best
          .sort((a, b) => a.distance - b.distance)
          .slice(0, wanted)
          .map(({ face }) => face);
      };
    },
  },

  'sqlite-vec': {
    build: () => {
      const db = new Database(join(folder, 'sqlite-vec.db'));
      sqliteVec.load(db);
      db.exec(`CREATE VIRTUAL TABLE faces USING vec0(embedding float[${dimension}])`);
      const insert = db.prepare('INSERT INTO faces (rowid, embedding) VALUES (?, ?)');
      const insertAll = db.transaction((first: number, rows: Float32Array) => {
        for (let i = 0; i * dimension < rows.length; i++) {
          insert.run(BigInt(first + i), rows.subarray(i * dimension, (i + 1) * dimension));
        }
      });
      for (const { first, rows } of batches()) insertAll(first, rows);
      const select = db.prepare('SELECT rowid FROM faces WHERE embedding MATCH ? AND k = ? ORDER BY distance').pluck();
      return (query) => select.all(query, wanted) as number[];
    },
  },

  'usearch-exact': {
    build: () => {
      const faces = floats(join(folder, 'faces.f32'));
      return (query) => keysOf(exactSearch(faces, query.slice(), dimension, wanted, MetricKind.L2sq, 1));
    },
  },

  'usearch-hnsw': {
    build: () => {
      const index = hnsw(64);
      for (const { first, count, rows } of batches()) {
        index.add(
          BigUint64Array.from({ length: count }, (_, i) => BigInt(first + i)),
          rows,
          availableParallelism(),
        );
      }
      index.save(hnswFile);
      return (query) => keysOf(index.search(query, wanted, 1));
    },
    *settings() {
      for (const expansion of [64, 128, 256, 512, 1024, 2048, 4096]) {
        const index = hnsw(expansion);
        index.load(hnswFile);
        yield { setting: `expansion ${expansion}`, search: (query) => keysOf(index.search(query, wanted, 1)) };
      }
    },
  },
};

const queryAt = (i: number): Float32Array => queries.subarray(i * dimension, (i + 1) * dimension);
const queryCount = queries.length / dimension;

/** The part of the truly nearest that is found, over a part of the queries. */
function recall(search: Search, truth: readonly number[][]): number {
  let hits = 0;
  let all = 0;
  for (let i = 0; i < queryCount; i += 2) {
    const found = new Set(search(queryAt(i)));
    hits += truth[i]!.filter((face) => found.has(face)).length;
    all += truth[i]!.length;
  }
  return hits / all;
}

const { build, settings } = methods[name]!;
const start = performance.now();
let search = build();
const buildSeconds = (performance.now() - start) / 1000;
let chosen: { setting: string } | undefined;
if (settings) {
  const truth = (JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as { found: number[][] }).found;
  for (const other of settings()) {
    search = other.search;
    chosen = { setting: other.setting };
    if (recall(search, truth) >= enough) break;
  }
}
// Compiled by the time that counts.
for (let i = 0; i < Math.min(queryCount, 1e7 / faceCount); i++) search(queryAt(i));
await delay(50);
const milliseconds: number[] = [];
const wall: number[] = [];
const found: number[][] = [];
for (let i = 0; i < queryCount; i++) {
  const before = performance.now();
  const measured = await processorTime(() => Promise.resolve(search(queryAt(i))));
  wall.push(performance.now() - before);
  milliseconds.push(measured.milliseconds);
  found.push(measured.value);
}
console.log(
  JSON.stringify({
    buildSeconds,
    milliseconds: median(milliseconds),
    wallMilliseconds: median(wall),
    found,
    ...chosen,
  } satisfies Finding),
);
