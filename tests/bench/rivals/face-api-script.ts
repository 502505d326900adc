/**
 * The obvious script: what the face library's README shows, in one process and one loop. sharp decodes each photo in full,
 * the library finds faces (SSD MobileNet), 68 landmarks and descriptors on the wasm backend.
 *
 * Usage: node face-api-script.ts FOLDER; prints {"photos", "faces"}.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

interface FaceTask {
  withFaceLandmarks(): { withFaceDescriptors(): Promise<unknown[]> };
}
interface Net {
  loadFromDisk(folder: string): Promise<void>;
}
/** The part of the library that this script uses. */
interface FaceApi {
  tf: {
    setBackend(name: string): Promise<boolean>;
    ready(): Promise<void>;
    tensor3d(data: Uint8Array, shape: [number, number, number], type: 'int32'): { dispose(): void };
  };
  nets: { ssdMobilenetv1: Net; faceLandmark68Net: Net; faceRecognitionNet: Net };
  SsdMobilenetv1Options: new (options: { minConfidence: number }) => object;
  detectAllFaces(image: object, options: object): FaceTask;
}

const require = createRequire(import.meta.url);
const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
const wasmFolder = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
const library = dirname(require.resolve('@vladmandic/face-api/package.json'));
const faceapi = require(join(library, 'dist/face-api.node-wasm.js')) as FaceApi;

setWasmPaths(`${wasmFolder}/`);
await faceapi.tf.setBackend('wasm');
await faceapi.tf.ready();
await faceapi.nets.ssdMobilenetv1.loadFromDisk(join(library, 'model'));
await faceapi.nets.faceLandmark68Net.loadFromDisk(join(library, 'model'));
await faceapi.nets.faceRecognitionNet.loadFromDisk(join(library, 'model'));
const options = new faceapi.SsdMobilenetv1Options({ minConfidence: 0.5 });

const folder = process.argv[2]!;
let photos = 0;
let faces = 0;
for (const name of readdirSync(folder)) {
  const { data, info } = await sharp(join(folder, name))
    .rotate()
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const tensor = faceapi.tf.tensor3d(data, [info.height, info.width, 3], 'int32');
  const found = await faceapi.detectAllFaces(tensor, options).withFaceLandmarks().withFaceDescriptors();
  tensor.dispose();
  photos += 1;
  faces += found.length;
}
console.log(JSON.stringify({ photos, faces }));
