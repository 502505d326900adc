import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AnalyzedFace, FaceAnalyzer } from '../../../app/faces/face-analyzer.ts';
import type { Care } from '../../../app/faces/models/choice.ts';
import { openPhoto } from '../../../app/library/decode.ts';
import { samplePhotos } from '../../support/sample-album.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** By how much boxes (as parts of the photo) and embeddings (squared L2) of the two engines may differ. */
const boxTolerance = 1e-3;
const embeddingTolerance = 1e-5;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** Which engine is used is settled once a process, so the modules are loaded anew. */
async function openOn(engine: 'onnxruntime' | 'wasm', care: Care, modelsPath: string): Promise<FaceAnalyzer> {
  vi.resetModules();
  if (engine === 'wasm') vi.stubEnv('KINDRED_ENGINE', 'wasm');
  vi.stubEnv('KINDRED_NETWORKS', modelsPath);
  const { createFaceAnalyzer } = await import('../../../app/faces/face-analyzer.ts');
  const analyzer = await createFaceAnalyzer({ care }, modelsPath);
  expect(analyzer.engine).toBe(engine);
  return analyzer;
}

async function analyzeSample(analyzer: FaceAnalyzer, sample: number): Promise<AnalyzedFace[]> {
  return analyzer.analyze(await openPhoto(await readFile(samplePhotos[sample]!)));
}

describe('the native engine and TensorFlow.js', () => {
  it.each(['careful', 'quick'] as const)('find the same faces, %s', async (care) => {
    const models = await temporaryFolder();
    const native = await openOn('onnxruntime', care, models);
    const wasm = await openOn('wasm', care, models);
    let faces = 0;
    for (const sample of [0, 4]) {
      const expected = await analyzeSample(native, sample);
      const found = await analyzeSample(wasm, sample);
      expect(found).toHaveLength(expected.length);
      for (const [i, face] of found.entries()) {
        const other = expected[i]!;
        face.box.forEach((value, k) => {
          expect(Math.abs(value - other.box[k]!)).toBeLessThan(boxTolerance);
        });
        expect(distance(face, other)).toBeLessThan(embeddingTolerance);
        faces += 1;
      }
    }
    expect(faces).toBeGreaterThan(6);
    await native.dispose();
    await wasm.dispose();
  });
});

describe('the converted networks', () => {
  it('are made once, and anew where they are damaged', async () => {
    const models = join(await temporaryFolder(), 'models');
    const first = await openOn('onnxruntime', 'careful', models);
    const before = await analyzeSample(first, 0);
    await first.dispose();
    const files = (await readdir(models)).toSorted();
    expect(files.map((file) => file.split('-')[0])).toEqual(['landmarks', 'recognition', 'ssd', 'tiny']);
    await writeFile(join(models, files[1]!), 'no model');

    const second = await openOn('onnxruntime', 'careful', models);
    const after = await analyzeSample(second, 0);
    expect(after.map((face, i) => distance(face, before[i]!))).toEqual(before.map(() => 0));
    expect((await readFile(join(models, files[1]!))).length).toBeGreaterThan(1e6);
    expect((await readdir(models)).toSorted()).toEqual(files);
    await second.dispose();
  });

  it('serve although they cannot be kept', async () => {
    const blocked = join(await temporaryFolder(), 'file');
    await writeFile(blocked, '');
    const analyzer = await openOn('onnxruntime', 'quick', join(blocked, 'models'));
    expect(await analyzeSample(analyzer, 0)).toHaveLength(3);
    expect(existsSync(join(blocked, 'models'))).toBe(false);
    await analyzer.dispose();
  });
});

describe('tensors', () => {
  it('do not leak under TensorFlow.js', async () => {
    const models = await temporaryFolder();
    const analyzer = await openOn('wasm', 'careful', models);
    const { default: tensors } = await import('@tensorflow/tfjs');
    await analyzeSample(analyzer, 3);
    const before = tensors.memory().numTensors;
    await analyzeSample(analyzer, 3);
    expect(tensors.memory().numTensors).toBe(before);
    await analyzer.dispose();
    expect(tensors.memory().numTensors).toBe(0);
  });
});

function distance(a: AnalyzedFace, b: AnalyzedFace): number {
  return a.embedding.reduce((sum, value, i) => sum + (value - b.embedding[i]!) ** 2, 0);
}
