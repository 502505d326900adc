import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { EmbedderManifest, PackManifest } from '../../app/faces/models/manifest.ts';
import { encodeOnnxModel } from '../../app/faces/networks/onnx-model.ts';
import { createRandom } from './random.ts';

/** Where YuNet is on machines that have the shared data; the tests that need it say that they were left out elsewhere. */
export const yunetFile = resolve(process.env['KINDRED_TEST_DATA'] ?? '../shared/data', 'models/yunet_n_dynamic.onnx');
export const hasYunet = existsSync(yunetFile);

const size = 32;
const cell = 8;

/** An embedder that is no good, and quick: random projections of a face of four by four pixels. */
export function madeEmbedder(dimension = 64, { count = 'count' }: { count?: number | string } = {}): Uint8Array {
  const inputs = 3 * (size / cell) ** 2;
  const random = createRandom(dimension);
  return encodeOnnxModel({
    name: 'made',
    nodes: [
      {
        type: 'AveragePool',
        inputs: ['input'],
        output: 'pool',
        attributes: { kernel_shape: [cell, cell], strides: [cell, cell] },
      },
      { type: 'Flatten', inputs: ['pool'], output: 'flat', attributes: { axis: 1 } },
      { type: 'Gemm', inputs: ['flat', 'matrix'], output: 'embedding' },
    ],
    weights: [
      {
        name: 'matrix',
        dims: [inputs, dimension],
        values: Float32Array.from({ length: inputs * dimension }, () => random() - 0.5),
      },
    ],
    inputs: [{ name: 'input', dims: [count, 3, size, size] }],
    outputs: [{ name: 'embedding', dims: [count, dimension] }],
  });
}

export function madeManifest(model: Uint8Array, embedder: Partial<EmbedderManifest> = {}): PackManifest {
  return {
    name: 'made',
    version: '1',
    title: 'Made for tests',
    licence: 'MIT',
    embedder: {
      file: 'made.onnx',
      sha256: createHash('sha256').update(model).digest('hex'),
      size,
      channels: 'rgb',
      layout: 'nchw',
      mean: [127.5, 127.5, 127.5],
      scale: [1 / 127.5, 1 / 127.5, 1 / 127.5],
      referencePoints: [10.9, 14.8, 21, 14.7, 16, 20.5, 11.9, 26.4, 20.2, 26.3],
      dimension: 64,
      threshold: 0.4,
      ...embedder,
    },
  };
}

/** Writes a pack of such an embedder. @returns its folder */
export async function writeMadePack(
  folder: string,
  { model = madeEmbedder(), manifest = madeManifest(model) }: { model?: Uint8Array; manifest?: unknown } = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'made.onnx'), model);
  await writeFile(join(folder, 'pack.json'), typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  return folder;
}
