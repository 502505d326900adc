import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadIndex, openIndex, saveIndex } from '../../../app/search/vector-index/index-file.ts';
import { VectorIndex } from '../../../app/search/vector-index/vector-index.ts';
import { facesOfIndex, type IndexFaces } from '../../support/numbered-index.ts';
import { createRandom } from '../../support/random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const program = join(import.meta.dirname, '../../support/programs/save-indexes.ts');

function built({ dimension, ids, embeddings }: IndexFaces): VectorIndex {
  const index = new VectorIndex(dimension);
  index.add(ids, embeddings);
  return index;
}

/** Fails unless the index has exactly these faces and finds among them. */
function expectFaces(index: VectorIndex | undefined, faces: IndexFaces): void {
  expect(index?.count).toBe(faces.ids.length);
  expect(Buffer.from(index!.ids.slice().buffer).equals(Buffer.from(faces.ids.buffer))).toBe(true);
  expect(Buffer.from(index!.embeddings.slice().buffer).equals(Buffer.from(faces.embeddings.buffer))).toBe(true);
  const query = faces.embeddings.subarray(0, faces.dimension);
  expect(index!.search(query, 10)).toEqual(built(faces).search(query, 10));
}

/** Opens the index of these faces, and tells whether it had to be built. */
async function openAndTell(path: string, faces: IndexFaces): Promise<{ index: VectorIndex; wasBuilt: boolean }> {
  let wasBuilt = false;
  const index = await openIndex(path, faces.origin, {
    dimension: faces.dimension,
    read: () => {
      wasBuilt = true;
      return faces.batches;
    },
  });
  return { index, wasBuilt };
}

describe('the file of an index', () => {
  it('brings back what was saved', async () => {
    const path = join(await temporaryFolder(), 'search', 'faces.index');
    for (const count of [0, 1, 20_000]) {
      const faces = facesOfIndex(1, count);
      expect(await saveIndex(built(faces), path, faces.origin)).toBe(true);
      const index = await loadIndex(path, faces.origin);
      if (count > 0) expectFaces(index, faces);
      else expect(index?.count).toBe(0);
      // What was loaded can be added to.
      index!.add([5], new Float32Array(faces.dimension).fill(0.25));
      expect(index!.search(new Float32Array(faces.dimension).fill(0.25), 1).ids).toEqual(Float64Array.of(5));
    }
  });

  it('is built once, and again when the model or the faces are others', async () => {
    const path = join(await temporaryFolder(), 'faces.index');
    const faces = facesOfIndex(1, 5000);
    expect((await openAndTell(path, faces)).wasBuilt).toBe(true);
    const { index, wasBuilt } = await openAndTell(path, faces);
    expect(wasBuilt).toBe(false);
    expectFaces(index, faces);

    const retrained = { ...facesOfIndex(2, 5000), ids: faces.ids, origin: { ...faces.origin, model: 'trained' } };
    retrained.batches = [{ ids: retrained.ids, embeddings: retrained.embeddings }];
    const after = await openAndTell(path, retrained);
    expect(after.wasBuilt).toBe(true);
    expectFaces(after.index, retrained);

    const more = { ...facesOfIndex(2, 5001), origin: { model: 'trained', faces: 'others' } };
    expect((await openAndTell(path, more)).wasBuilt).toBe(true);
    expect(await loadIndex(path, retrained.origin)).toBeUndefined();
    expectFaces(await loadIndex(path, more.origin), more);
  });

  it('is refused when damaged anywhere, and built again', async () => {
    const path = join(await temporaryFolder(), 'faces.index');
    const faces = facesOfIndex(3, 9000);
    await openAndTell(path, faces);
    const whole = await readFile(path);
    const used = JSON.stringify({ ...JSON.parse(whole.subarray(0, 4096).toString()) }).length;
    const places = [0, 20, used - 2, 4096, 4096 + 8 * 9000, 4096 + 8 * 9000 + 4 * 16 * 8500, whole.length - 1];
    for (const place of places) {
      const damaged = Buffer.from(whole);
      damaged[place]! ^= 0x40;
      await writeFile(path, damaged);
      expect(await loadIndex(path, faces.origin), `a bit of byte ${place}`).toBeUndefined();
    }
    for (const length of [0, 3, 4095, 4096, 50_000, whole.length - 1]) {
      await writeFile(path, whole);
      await truncate(path, length);
      expect(await loadIndex(path, faces.origin), `${length} bytes`).toBeUndefined();
    }
    await writeFile(path, Buffer.concat([whole, Buffer.from([0])]));
    const { index, wasBuilt } = await openAndTell(path, faces);
    expect(wasBuilt).toBe(true);
    expectFaces(index, faces);
    expect((await readFile(path)).equals(whole)).toBe(true);
  });

  it('stays as it was when faces come or go while it is written', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'faces.index');
    const faces = facesOfIndex(1);
    await openAndTell(path, faces);
    const index = built(facesOfIndex(2));
    const saving = saveIndex(index, path, facesOfIndex(2).origin);
    index.remove([2e6 + 1]);
    expect(await saving).toBe(false);
    expectFaces(await loadIndex(path, faces.origin), faces);
    expect(await readdir(folder)).toEqual(['faces.index']);
  });

  it('is whole after kill -9 while it is built and saved', async () => {
    const path = join(await temporaryFolder(), 'faces.index');
    const random = createRandom(9);
    let killedWhileSaving = 0;
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      while (!output.includes('+2\n')) await once(child.stdout, 'data');
      // Of saving the second one on: mostly while one is written, sometimes while one is built.
      await new Promise((resolve) => setTimeout(resolve, random() * 12));
      child.kill('SIGKILL');
      await once(child, 'close');
      const lines = output.trimEnd().split('\n').map(Number);
      const begun = lines.at(-1)!;
      const saved = Math.max(
        ...output
          .split('\n')
          .filter((line) => /^\d/.test(line))
          .map(Number),
      );
      if (begun > saved) killedWhileSaving++;

      const [before, next] = [facesOfIndex(saved), facesOfIndex(saved + 1)];
      const index = (await loadIndex(path, before.origin)) ?? (await loadIndex(path, next.origin));
      expectFaces(index, index?.count === before.ids.length ? before : next);

      // What is left of an unfinished one is in nobody's way.
      const other = facesOfIndex(1000 + round, 2000);
      expect((await openAndTell(path, other)).wasBuilt).toBe(true);
      expectFaces(await loadIndex(path, other.origin), other);
      expect((await stat(path)).size).toBe(4096 + 2000 * (8 + 4 * 16));
    }
    expect(killedWhileSaving).toBeGreaterThan(0);
  }, 60_000);
});
