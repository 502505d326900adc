import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadOnnxRuntime, type OnnxRuntime } from '../../app/engine/onnx-runtime.ts';
import { dlibFormat } from '../../app/faces/embedder.ts';
import { openBuiltIn, type BuiltInNetwork } from '../../app/faces/models/built-in.ts';
import { landmarkInputSize, landmarkNetwork } from '../../app/faces/networks/landmark-network.ts';
import type { Architecture } from '../../app/faces/networks/layers.ts';
import { networkInput, type InputFormat, type Network, type Values } from '../../app/faces/networks/network.ts';
import { onnxNetwork } from '../../app/faces/networks/onnx-network.ts';
import { recognitionInputSize, recognitionNetwork } from '../../app/faces/networks/recognition-network.ts';
import { ssdNetwork } from '../../app/faces/networks/ssd-network.ts';
import { tfjsNetwork } from '../../app/faces/networks/tfjs-network.ts';
import { tinyNetwork } from '../../app/faces/networks/tiny-network.ts';
import { yunetOutputs } from '../../app/faces/networks/yunet-detector.ts';
import { squareToTarget, warp } from '../../app/faces/warp.ts';
import { openPhoto } from '../../app/library/decode.ts';
import type { RgbImage } from '../../app/library/image.ts';
import { printTable, type Benchmark } from './benchmark.ts';
import { sharedYuNet } from './model-choices.ts';
import { portraitSet } from './photo-sets.ts';
import { median, processorTime } from './processor-time.ts';

/** A network at the size of input at which it is timed. */
interface Subject {
  title: string;
  side: number;
  /** The others' pixels are scaled as the embedding's are: it makes no difference to their time. */
  format: InputFormat;
  native: () => Promise<Network>;
  /** None where TensorFlow.js does not run it. */
  tensorFlow?: () => Promise<Network>;
}

interface Result {
  title: string;
  side: number;
  nativeMs: number;
  tensorFlowMs: number | null;
  ratio: number | null;
  /** Largest difference between the engines' first outputs, as a part of the output's length (for a map: largest value). */
  difference: number | null;
}

const yunetFormat: InputFormat = { channels: 'bgr', mean: [0, 0, 0], scale: [1, 1, 1], layout: 'nchw' };

function builtIn(
  title: string,
  side: number,
  name: BuiltInNetwork,
  architecture: () => Promise<Architecture>,
): Subject {
  return {
    title,
    side,
    format: dlibFormat,
    native: () => openBuiltIn(name),
    tensorFlow: async () => tfjsNetwork(await architecture()),
  };
}

async function subjects(runtime: OnnxRuntime): Promise<Subject[]> {
  const yunet = await sharedYuNet();
  const all = [
    builtIn('embedding of a face', recognitionInputSize, 'recognition', recognitionNetwork),
    builtIn('landmarks', landmarkInputSize, 'landmarks', landmarkNetwork),
    builtIn('SSD', 512, 'ssd', ssdNetwork),
    builtIn('Tiny detector', 416, 'tiny', tinyNetwork),
  ];
  if (!yunet) return all;
  const file = join(yunet.folder, yunet.manifest.file);
  const native = (): Promise<Network> => onnxNetwork(runtime, file, yunetOutputs);
  return [...all, { title: 'YuNet', side: 640, format: yunetFormat, native }];
}

/** Both engines in turns, one face at a time. */
async function compare(subject: Subject, images: readonly RgbImage[], rounds: number): Promise<Result> {
  const { title, side, format } = subject;
  const native = await subject.native();
  const tensorFlow = await subject.tensorFlow?.();
  const inputs = images.map((image) => networkInput([middleOf(image, side)], format));
  const nativeTimes: number[] = [];
  const tensorFlowTimes: number[] = [];
  let difference = 0;
  for (let round = 0; round < rounds; round++) {
    const input = inputs[round % inputs.length]!;
    const ours = await processorTime(() => native.run(input));
    nativeTimes.push(ours.milliseconds);
    if (!tensorFlow) continue;
    const theirs = await processorTime(() => tensorFlow.run(input));
    tensorFlowTimes.push(theirs.milliseconds);
    difference = Math.max(difference, largestDifference(ours.value[0]!, theirs.value[0]!));
  }
  await native.dispose();
  await tensorFlow?.dispose();
  const nativeMs = median(nativeTimes);
  if (!tensorFlow) return { title, side, nativeMs, tensorFlowMs: null, ratio: null, difference: null };
  const tensorFlowMs = median(tensorFlowTimes);
  return { title, side, nativeMs, tensorFlowMs, ratio: tensorFlowMs / nativeMs, difference };
}

/** The middle of a portrait, which is a face. */
function middleOf(image: RgbImage, side: number): RgbImage {
  const part = Math.min(image.width, image.height) * 0.6;
  return warp(image, squareToTarget((image.width - part) / 2, (image.height - part) / 2, part, side), side);
}

function largestDifference(a: Values, b: Values): number {
  const isVector = b.dims.length === 2;
  const size = isVector ? Math.hypot(...b.data) : b.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!) / size), 0);
}

export const benchmark: Benchmark = {
  about: 'one face through each network: the native engine against TensorFlow.js on wasm',
  async run({ quick }) {
    const runtime = await loadOnnxRuntime();
    if (!runtime) {
      console.log('The native engine does not run here: there is nothing to compare.');
      return undefined;
    }
    const folder = await portraitSet(60);
    const images: RgbImage[] = [];
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.jpg'))) {
      images.push(await (await openPhoto(await readFile(join(folder, file)))).render(512));
    }
    const rounds = quick ? 60 : 240;
    const results: Result[] = [];
    for (const subject of await subjects(runtime)) results.push(await compare(subject, images, rounds));
    console.log(`\nOne image through each network, median of ${rounds}: milliseconds of processor time, one thread`);
    printTable([
      ['', 'pixels', 'native', 'TensorFlow.js', 'ratio', 'largest difference'],
      ...results.map(({ title, side, nativeMs, tensorFlowMs, ratio, difference }) => [
        title,
        String(side),
        nativeMs.toFixed(2),
        tensorFlowMs?.toFixed(2) ?? '',
        ratio?.toFixed(1) ?? '',
        difference?.toExponential(1) ?? '',
      ]),
    ]);
    return results;
  },
};
