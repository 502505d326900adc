import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { FaceMatch } from '../../../../app/contract/search.ts';
import { builtInChoice, pipelineOf } from '../../../../app/faces/models/choice.ts';
import { makePeopleLibrary } from '../../../support/people-library.ts';
import { open } from '../../../support/service-steps.ts';
import { makeFaces } from '../../../support/synthetic-faces.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const made = makeFaces({ sizes: [30, 25, 20, 15], seed: 9, spread: 0.4, crowd: 2 });

/** By comparing with every face. */
function bruteForce(face: number): { faceId: number; distance: number }[] {
  const row = (of: number): Float32Array => made.embeddings.subarray((of - 1) * 128, of * 128);
  return [...made.photos.keys()]
    .map((i) => ({
      faceId: i + 1,
      distance: row(face).reduce((sum, value, k) => sum + (value - row(i + 1)[k]!) ** 2, 0),
    }))
    .sort((a, b) => a.distance - b.distance);
}

function expectExact(matches: readonly FaceMatch[], face: number): void {
  const expected = bruteForce(face);
  expect(matches).toHaveLength(expected.length);
  for (const [i, { faceId, distance }] of expected.entries()) {
    expect(matches[i]!.faceId).toBe(faceId);
    expect(matches[i]!.distance).toBeCloseTo(distance, 5);
  }
}

it('finds exactly what comparing with every face does, by a new index, a saved one and a damaged one', async () => {
  const path = join(await temporaryFolder(), 'library');
  makePeopleLibrary(path, made);
  const file = join(path, 'cache', 'faces.index');
  const search = async (face: number): Promise<FaceMatch[]> => {
    const service = await open(path);
    const { matches } = await service.call('search.byFaces', { faces: [face], limit: 1000 });
    await service.close();
    return matches;
  };
  expectExact(await search(1), 1);
  expect(existsSync(file)).toBe(true);
  const saved = readFileSync(file);
  expectExact(await search(7), 7);
  expect(readFileSync(file)).toEqual(saved);
  // A bit that fell over, and half a file, as after a crash of the system.
  const damaged = Buffer.from(saved);
  damaged[damaged.length - 100]! ^= 0x40;
  for (const bytes of [damaged, saved.subarray(0, saved.length / 2), Buffer.alloc(0)]) {
    writeFileSync(file, bytes);
    expectExact(await search(20), 20);
    expect(readFileSync(file)).toEqual(saved);
  }
});

it('knows faces that came since the index was saved, as after a kill', async () => {
  const path = join(await temporaryFolder(), 'library');
  makePeopleLibrary(path, made);
  const first = await open(path);
  await first.call('search.byFaces', { faces: [1] });
  await first.close();
  const db = new Sqlite(join(path, 'kindred.db'));
  db.exec(`INSERT INTO faces (photo_id, ordinal, x, y, w, h, landmarks, score, quality, size_px, sharpness, pose, origin)
    SELECT photo_id, 50, x, y, w, h, landmarks, score, quality, size_px, sharpness, pose, origin FROM faces WHERE id = 1`);
  const added = made.photos.length + 1;
  db.prepare('INSERT INTO embeddings SELECT ?, model, vector FROM embeddings WHERE face_id = 1 AND model = ?').run(
    added,
    pipelineOf(builtInChoice),
  );
  db.close();
  const second = await open(path);
  const { matches } = await second.call('search.byFaces', { faces: [1], limit: 5 });
  expect(matches.slice(0, 2)).toMatchObject([
    { faceId: 1, distance: expect.closeTo(0, 5) },
    { faceId: added, distance: expect.closeTo(0, 5) },
  ]);
  await second.close();
});
