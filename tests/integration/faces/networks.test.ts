import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../app/engine/backend.ts';
import { loadOnnxRuntime } from '../../../app/engine/onnx-runtime.ts';
import { iou, suppress } from '../../../app/faces/detection/box.ts';
import { landmarkNetwork } from '../../../app/faces/networks/landmark-network.ts';
import { networkInput, type InputFormat, type Network } from '../../../app/faces/networks/network.ts';
import { exportOnnx } from '../../../app/faces/networks/onnx-layers.ts';
import { onnxNetwork } from '../../../app/faces/networks/onnx-network.ts';
import { recognitionNetwork } from '../../../app/faces/networks/recognition-network.ts';
import { ssdDetector } from '../../../app/faces/networks/ssd-detector.ts';
import { ssdNetwork } from '../../../app/faces/networks/ssd-network.ts';
import { tfjsNetwork } from '../../../app/faces/networks/tfjs-network.ts';
import { tinyDetector } from '../../../app/faces/networks/tiny-detector.ts';
import { tinyNetwork } from '../../../app/faces/networks/tiny-network.ts';
import type { Architecture } from '../../../app/faces/networks/layers.ts';
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

function expectClose(actual: Float32Array, expected: Float32Array, tolerance = 1e-4): void {
  expect(actual.length).toBe(expected.length);
  expect(Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(tolerance);
}

/** The two engines. */
const engines: Record<string, (architecture: Architecture) => Promise<Network>> = {
  'TensorFlow.js': tfjsNetwork,
  'ONNX Runtime': async (architecture) =>
    onnxNetwork((await loadOnnxRuntime())!, exportOnnx(architecture), architecture.outputs),
};
const faceFormat: InputFormat = {
  channels: 'rgb',
  mean: [122.782, 117.001, 104.298],
  scale: [1 / 255, 1 / 255, 1 / 255],
  layout: 'nhwc',
};

describe.each(Object.entries(engines))(
  'our graphs under %s against those of face-api, at their own sizes',
  (_, open) => {
    it.each([
      ['faceRecognitionNet', 150, recognitionNetwork],
      ['faceLandmark68Net', 112, landmarkNetwork],
    ] as const)('%s', async (name, side, architecture) => {
      const { image, tensor } = await square(side);
      const network = await open(await architecture());
      const theirs = await (await reference(name)).forward(tensor);
      const [ours] = await network.run(networkInput([image], faceFormat));
      expectClose(ours!.data, (await theirs.data()) as Float32Array);
      await network.dispose();
    });

    it.each([
      ['ssdMobilenetv1', 512, ssdNetwork, ssdDetector],
      ['tinyFaceDetector', 416, tinyNetwork, tinyDetector],
    ] as const)('%s', async (name, side, architecture, detectorOf) => {
      const { image, tensor } = await square(side);
      const detector = detectorOf(await open(await architecture()));
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
      await detector.dispose();
    });

    it('give each image of a batch what it gets alone', async () => {
      const { image } = await square(150);
      const dark: RgbImage = { ...image, data: image.data.map((value) => value / 2) };
      const network = await open(await recognitionNetwork());
      const embed = async (...images: RgbImage[]): Promise<Float32Array> =>
        (await network.run(networkInput(images, faceFormat)))[0]!.data;
      const rows = await embed(image, dark);
      expectClose(rows.slice(0, 128), await embed(image));
      expectClose(rows.slice(128), await embed(dark));
      await network.dispose();
    });
  },
);

describe('the two engines', () => {
  // Odd sizes, and sizes of several tiles' shapes: padding and halving must fall alike.
  it.each([
    [ssdNetwork, 32, 32],
    [ssdNetwork, 96, 160],
    [ssdNetwork, 352, 224],
    [tinyNetwork, 64, 96],
    [tinyNetwork, 224, 160],
  ] as const)('agree at any input size', async (architecture, height, width) => {
    const graph = await architecture();
    const data = Float32Array.from({ length: height * width * 3 }, (_, i) => Math.sin(i / 11) * Math.cos(i / 1009));
    const outputs = [];
    for (const open of Object.values(engines)) {
      const network = await open(graph);
      outputs.push(await network.run({ dims: [1, height, width, 3], data }));
      await network.dispose();
    }
    for (const [i, { dims, data: values }] of outputs[0]!.entries()) {
      expect(outputs[1]![i]!.dims).toEqual(dims);
      expectClose(outputs[1]![i]!.data, values, 1e-3);
    }
  });
});
