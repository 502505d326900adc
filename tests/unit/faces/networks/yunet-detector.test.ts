import { describe, expect, it } from 'vitest';
import type { Network, Values } from '../../../../app/faces/networks/network.ts';
import { yunetDetector, yunetOutputs } from '../../../../app/faces/networks/yunet-detector.ts';

const strides = [8, 16, 32];

/** A network that sees one face, in one cell of one of its maps. */
function seeing(stride: number, column: number, row: number, score: number): Network & { input?: Values } {
  const network: Network & { input?: Values } = {
    run(input) {
      network.input = input;
      const [, , height = 0, width = 0] = input.dims;
      const outputs = strides.flatMap((step) => {
        const cells = (width / step) * (height / step);
        const cell = step === stride ? row * (width / step) + column : -1;
        const map = (length: number, values: readonly number[]): Values => {
          const data = new Float32Array(cells * length);
          if (cell >= 0) data.set(values, cell * length);
          return { dims: [1, cells, length], data };
        };
        return [
          map(1, [score]),
          map(1, [score]),
          map(4, [0.5, 0.25, Math.log(3), Math.log(4)]),
          map(10, [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1]),
        ];
      });
      return Promise.resolve(outputs);
    },
    dispose: () => Promise.resolve(),
  };
  return network;
}

const image = { data: new Uint8Array(100 * 70 * 3).map((_, i) => i % 3), width: 100, height: 70 };

describe('yunetDetector', () => {
  it('names its outputs stride by stride', () => {
    expect(yunetOutputs.slice(0, 5)).toEqual(['cls_8', 'obj_8', 'bbox_8', 'kps_8', 'cls_16']);
  });

  it('gives the network blue, green, red planes of plain values, padded to a multiple of 32', async () => {
    const network = seeing(8, 0, 0, 1);
    await yunetDetector(network).detect(image, 0.5);
    expect(network.input!.dims).toEqual([1, 3, 96, 128]);
    const plane = 96 * 128;
    expect([0, plane, 2 * plane].map((at) => network.input!.data[at])).toEqual([2, 1, 0]);
    // Padding, right of the image and below it.
    expect([100, 70 * 128].map((at) => network.input!.data[at])).toEqual([0, 0]);
  });

  it.each(strides)('reads box and points of a cell of stride %i', async (stride) => {
    const [found, ...others] = await yunetDetector(seeing(stride, 2, 1, 0.81)).detect(image, 0.5);
    expect(others).toEqual([]);
    const { points, ...box } = found!;
    expect(box.score).toBeCloseTo(0.81, 6);
    expect(box.width).toBeCloseTo(3 * stride, 4);
    expect(box.height).toBeCloseTo(4 * stride, 4);
    expect(box.x + box.width / 2).toBeCloseTo(2.5 * stride, 4);
    expect(box.y + box.height / 2).toBeCloseTo(1.25 * stride, 4);
    expect([...points!]).toEqual([2, 1, 3, 1, 2.5, 1.5, 2, 2, 3, 2].map((value) => value * stride));
  });

  it('leaves out what scores too little', async () => {
    expect(await yunetDetector(seeing(16, 1, 1, 0.4)).detect(image, 0.5)).toEqual([]);
  });
});
