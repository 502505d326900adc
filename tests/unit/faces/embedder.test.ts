import { describe, expect, it } from 'vitest';
import { placeFace } from '../../../app/faces/alignment.ts';
import { builtInEmbedder, packEmbedder } from '../../../app/faces/embedder.ts';
import type { EmbedderManifest } from '../../../app/faces/models/manifest.ts';
import type { Network, Values } from '../../../app/faces/networks/network.ts';
import type { PlacedFace } from '../../../app/faces/placing.ts';

/** Embeds a chip as the mean of its left half, that of its right half, and a constant. */
function halves(): Network & { inputs: Values[] } {
  const inputs: Values[] = [];
  return {
    inputs,
    run(input) {
      inputs.push(input);
      const [count = 0, height = 0, width = 0] = input.dims;
      const data = new Float32Array(3 * count);
      for (let chip = 0; chip < count; chip++) {
        data[3 * chip + 2] = 1;
        for (let i = 0; i < height * width; i++) {
          const value = input.data[3 * (chip * height * width + i)]! / (height * width);
          data[3 * chip + (i % width < width / 2 ? 0 : 1)]! += value;
        }
      }
      return Promise.resolve([{ dims: [count, 3], data }]);
    },
    dispose: () => Promise.resolve(),
  };
}

const side = 200;
/** Dark on the left, bright on the right. */
const image = {
  width: side,
  height: side,
  data: Uint8Array.from({ length: side * side * 3 }, (_, i) => (Math.floor(i / 3) % side < side / 2 ? 40 : 200)),
};
const landmarks = Float32Array.from({ length: 136 }, (_, i) => 60 + ((i * 37) % 80));
const points = Float32Array.of(75, 75, 125, 75, 100, 100, 80, 125, 120, 125);
const face: PlacedFace = { landmarks, pose: placeFace(landmarks), fivePoints: points };

describe('builtInEmbedder', () => {
  it.each([
    ['quick', false, 2],
    ['careful', false, 4],
    ['careful', true, 10],
  ] as const)('%s, with points %s: takes %i chips, half of them mirror images', async (care, withPoints, chips) => {
    const network = halves();
    const { vector: embedding, ...rest } = await builtInEmbedder(network, care).embed(
      image,
      withPoints ? { ...face, points } : face,
    );
    expect(network.inputs.map(({ dims }) => dims)).toEqual([[chips, 150, 150, 3]]);
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 6);
    expect(rest.disagreement).toBeGreaterThan(0);
    // What is left in one half is right in its mirror image, so the sum has as much of both.
    expect(embedding[0]).toBeCloseTo(embedding[1]!, 5);
  });
});

describe('packEmbedder', () => {
  const manifest: EmbedderManifest = {
    file: 'made.onnx',
    sha256: '0'.repeat(64),
    size: 100,
    channels: 'rgb',
    layout: 'nhwc',
    mean: [0, 0, 0],
    scale: [1, 1, 1],
    referencePoints: [25, 25, 75, 25, 50, 50, 30, 75, 70, 75],
    dimension: 3,
    threshold: 1,
  };

  it('puts the five points where the manifest says', async () => {
    const network = halves();
    await packEmbedder(network, manifest, 'quick').embed(image, face);
    const [input] = network.inputs;
    expect(input!.dims).toEqual([2, 100, 100, 3]);
    // The points lie so that the edge between dark and bright comes to the middle, where it is in the image.
    const row = (x: number): number => input!.data[3 * (50 * 100 + x)]!;
    expect([row(10), row(48), row(51), row(90)]).toEqual([40, 40, 200, 200]);
  });

  it('prefers the points of the detector', async () => {
    const network = halves();
    const moved = points.map((value, i) => (i % 2 === 0 ? value + 40 : value));
    await packEmbedder(network, manifest, 'quick').embed(image, { ...face, points: moved });
    expect(network.inputs[0]!.data[3 * (50 * 100 + 48)]).toBe(200);
  });
});
