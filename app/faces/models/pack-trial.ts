import { join } from 'node:path';
import { loadOnnxRuntime } from '../../engine/onnx-runtime.ts';
import type { RgbImage } from '../../library/image.ts';
import { networkInput, type Network, type Values } from '../networks/network.ts';
import { onnxNetwork } from '../networks/onnx-network.ts';
import { yunetOutputs } from '../networks/yunet-detector.ts';
import type { EmbedderManifest } from './manifest.ts';
import { invalid, type Pack } from './packs.ts';

/** YuNet's numbers per cell, by the first part of an output's name; the second part is the cell's side in pixels. */
const perCell: Readonly<Record<string, number>> = { cls: 1, obj: 1, bbox: 4, kps: 10 };
/** A detector must take any size whose sides are multiples of 32. */
const detectorTrial = { width: 96, height: 64 };

/**
 * Opens a pack's models and runs each once on blank images.
 *
 * @throws KindredError `invalid-input` where the native engine does not run here or cannot open a model, or a model takes or
 *   gives something else than the manifest says
 */
export async function tryPack({ folder, manifest: { detector, embedder } }: Pack): Promise<void> {
  if (detector) await withModel(join(folder, detector.file), yunetOutputs, tryYunet);
  if (embedder) {
    const outputs = embedder.output === undefined ? undefined : [embedder.output];
    await withModel(join(folder, embedder.file), outputs, (network) => tryEmbedder(network, embedder));
  }
}

async function withModel(
  path: string,
  outputs: readonly string[] | undefined,
  work: (network: Network) => Promise<void>,
): Promise<void> {
  const runtime = await loadOnnxRuntime();
  if (!runtime) throw invalid('Model packs need the native engine, which does not run on this computer.');
  const network = await onnxNetwork(runtime, path, outputs).catch((error: unknown) => {
    throw invalid(`The native engine cannot open this model (${reason(error)}).`);
  });
  try {
    await work(network);
  } finally {
    await network.dispose();
  }
}

async function tryYunet(network: Network): Promise<void> {
  const { width, height } = detectorTrial;
  const input = { dims: [1, 3, height, width], data: new Float32Array(3 * width * height) };
  const outputs = await run(
    network,
    input,
    `a detector of kind yunet is given images of any size, such as ${width}x${height}`,
  );
  for (const [i, name] of yunetOutputs.entries()) {
    const [kind = '', stride = ''] = name.split('_');
    const cells = (width * height) / Number(stride) ** 2;
    const wanted = perCell[kind]! * cells;
    const found = outputs[i]?.data.length;
    if (found !== wanted)
      throw invalid(`This is no YuNet: its output ${name} has ${found} numbers instead of ${wanted}.`);
  }
}

/** Two images at once, as a face and its mirror image are embedded. */
async function tryEmbedder(network: Network, manifest: EmbedderManifest): Promise<void> {
  const { size, layout, dimension } = manifest;
  const blank: RgbImage = { data: new Uint8Array(size * size * 3).fill(128), width: size, height: size };
  const expected = `the manifest says that it takes ${size}x${size} images with the layout ${layout}`;
  const [rows] = await run(network, networkInput([blank, blank], manifest), expected);
  const found = (rows?.data.length ?? 0) / 2;
  if (found !== dimension) {
    throw invalid(`The model gives ${found} numbers for a face, and the manifest says dimension ${dimension}.`);
  }
  if (!rows!.data.every(Number.isFinite) || rows!.data.every((value) => value === 0)) {
    throw invalid('The model gives no usable numbers for a grey image; are mean and scale right?');
  }
}

async function run(network: Network, input: Values, expected: string): Promise<Values[]> {
  return network.run(input).catch((error: unknown) => {
    throw invalid(`The model does not run: ${expected} (${reason(error)}).`);
  });
}

/** The engine's messages run over several lines, the first of which says it all. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!.slice(0, 200);
}
