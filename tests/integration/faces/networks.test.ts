import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../app/engine/backend.ts';
import { iou, suppress } from '../../../app/faces/detection/box.ts';
import { loadLandmarkNetwork } from '../../../app/faces/networks/landmark-network.ts';
import { loadRecognitionNetwork } from '../../../app/faces/networks/recognition-network.ts';
import { loadSsdDetector } from '../../../app/faces/networks/ssd-detector.ts';
import { loadTinyDetector } from '../../../app/faces/networks/tiny-detector.ts';
import type { RgbImage } from '../../../app/library/image.ts';
import { samplePhotos } from '../../support/sample-album.ts';

/** What these tests need of face-api's own graphs, the reference for ours. */
interface FaceBox {
  score: number;
  box: { x: number; y: number; width: number; height: number };
}
interface FaceApi {
  nets: Record<
    string,
    { loadFromDisk(folder: string): Promise<void>; forward(input: tf.Tensor3D): Promise<tf.Tensor> }
  >;
  detectAllFaces(input: tf.Tensor3D, options: object): Promise<FaceBox[]>;
  SsdMobilenetv1Options: new (options: object) => object;
  TinyFaceDetectorOptions: new (options: object) => object;
}

const require = createRequire(import.meta.url);
let faceApi: FaceApi;

beforeAll(async () => {
  expect(await startBackend()).toBe('wasm');
  faceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
});

async function reference(name: string): Promise<FaceApi['nets'][string]> {
  const network = faceApi.nets[name]!;
  await network.loadFromDisk(join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model'));
  return network;
}

async function square(side: number): Promise<{ image: RgbImage; tensor: tf.Tensor3D }> {
  const data = new Uint8Array(await sharp(samplePhotos[0]).resize(side, side, { fit: 'fill' }).raw().toBuffer());
  const tensor = tf.tensor3d(Float32Array.from(data), [side, side, 3]);
  return { image: { data, width: side, height: side }, tensor };
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  expect(Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-4);
}

describe('our graphs against those of face-api, at their own sizes', () => {
  it('recognition', async () => {
    const { image, tensor } = await square(150);
    const network = await loadRecognitionNetwork();
    const theirs = await (await reference('faceRecognitionNet')).forward(tensor);
    expectClose(await network.run([image]), (await theirs.data()) as Float32Array);
    network.dispose();
  });

  it('landmarks', async () => {
    const { image, tensor } = await square(112);
    const network = await loadLandmarkNetwork();
    const theirs = await (await reference('faceLandmark68Net')).forward(tensor);
    expectClose(await network.run([image]), (await theirs.data()) as Float32Array);
    network.dispose();
  });

  it.each([
    ['ssdMobilenetv1', 512, loadSsdDetector],
    ['tinyFaceDetector', 416, loadTinyDetector],
  ] as const)('%s', async (name, side, load) => {
    const { image, tensor } = await square(side);
    const detector = await load();
    await reference(name);
    const options =
      name === 'ssdMobilenetv1'
        ? new faceApi.SsdMobilenetv1Options({ minConfidence: 0.5 })
        : new faceApi.TinyFaceDetectorOptions({ inputSize: side, scoreThreshold: 0.5 });
    const theirs = await faceApi.detectAllFaces(tensor, options);
    const ours = suppress(await detector.detect(image, 0.5), (a, b) => iou(a, b) > 0.4);
    expect(theirs.length).toBeGreaterThan(0);
    expect(ours.length).toBe(theirs.length);
    for (const { score, box } of theirs) {
      const same = ours.find((found) => iou(found, box) > 0.9)!;
      expect(same.score).toBeCloseTo(score, 3);
      for (const key of ['x', 'y', 'width', 'height'] as const) {
        expect(Math.abs(same[key] - box[key])).toBeLessThan(0.5);
      }
    }
    detector.dispose();
  });
});

describe('batches', () => {
  it('give each image what it gets alone', async () => {
    const { image } = await square(150);
    const dark: RgbImage = { ...image, data: image.data.map((value) => value / 2) };
    const network = await loadRecognitionNetwork();
    const rows = await network.run([image, dark]);
    expectClose(rows.slice(0, 128), await network.run([image]));
    expectClose(rows.slice(128), await network.run([dark]));
    network.dispose();
  });
});
