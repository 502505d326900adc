import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Architecture, Layers } from '../../../../app/faces/networks/layers.ts';
import { exportOnnx } from '../../../../app/faces/networks/onnx-layers.ts';
import { encodeOnnxModel } from '../../../../app/faces/networks/onnx-model.ts';
import type { Weight } from '../../../../app/faces/networks/weights.ts';

async function run(model: Uint8Array, dims: readonly number[], values: readonly number[]): Promise<ort.Tensor> {
  const session = await ort.InferenceSession.create(model);
  const results = await session.run({ input: new ort.Tensor('float32', Float32Array.from(values), dims) });
  return results['output'] as ort.Tensor;
}

/** One layer, or a few, as a network. */
function network(build: <T>(layers: Layers<T>, input: T) => T): Uint8Array {
  const architecture: Architecture = {
    name: 'made',
    outputs: ['output'],
    build: (layers, input) => [build(layers, input)],
  };
  return exportOnnx(architecture);
}

const weight = (shape: readonly number[], values: readonly number[]): Weight => ({
  shape,
  values: Float32Array.from(values),
});
const none = (count: number): Weight => weight([count], Array<number>(count).fill(0));

describe('encodeOnnxModel', () => {
  it('writes what the engine reads: numbers, strings, weights and names of dimensions', async () => {
    const model = encodeOnnxModel({
      name: 'made',
      nodes: [
        { type: 'LeakyRelu', inputs: ['input'], output: 'bent', attributes: { alpha: 0.25 } },
        { type: 'Mul', inputs: ['bent', 'two'], output: 'output' },
      ],
      weights: [{ name: 'two', dims: [1], values: Float32Array.of(2) }],
      inputs: [{ name: 'input', dims: ['count', 2] }],
      outputs: [{ name: 'output', dims: ['count', 2] }],
    });
    const { dims, data } = await run(model, [2, 2], [1, -4, 0, 3]);
    expect(dims).toEqual([2, 2]);
    expect([...(data as Float32Array)]).toEqual([2, -2, 0, 6]);
  });
});

describe('layers as ONNX', () => {
  it('convolve with weights in TensorFlow order, and pad at the end only where a stride asks for it', async () => {
    const square = weight([2, 2, 1, 1], [1, 2, 3, 4]);
    const halved = network((layers, input) =>
      layers.conv(input, { filter: square, bias: none(1) }, { stride: 2, pad: 'end' }),
    );
    const { dims, data } = await run(halved, [1, 3, 3, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(dims).toEqual([1, 2, 2, 1]);
    expect([...(data as Float32Array)]).toEqual([10, 4, 3, 1]);
  });

  it('convolve each channel by itself', async () => {
    const model = network((layers, input) =>
      layers.depthwise(
        input,
        { filter: weight([1, 1, 2, 1], [2, 3]), bias: weight([2], [0, 1]) },
        { activation: 'relu6' },
      ),
    );
    expect([...((await run(model, [1, 1, 2, 2], [1, 1, -1, 4])).data as Float32Array)]).toEqual([2, 4, 0, 6]);
  });

  it('pool, grow and take the mean in the order of channels last', async () => {
    const values = [1, 10, 2, 20, 3, 30, 4, 40];
    const pooled = network((layers, input) => layers.maxPool(input, 2, 2, 'end'));
    expect([...((await run(pooled, [1, 2, 2, 2], values)).data as Float32Array)]).toEqual([4, 40]);
    const averaged = network((layers, input) => layers.grow(layers.averagePool(input, 2, 2), 0, 1));
    expect([...((await run(averaged, [1, 2, 2, 2], values)).data as Float32Array)]).toEqual([2.5, 25, 0]);
    const mean = network((layers, input) =>
      layers.dense(layers.globalMean(input), weight([2, 1], [1, 0.1]), weight([1], [7])),
    );
    expect([...((await run(mean, [1, 2, 2, 2], values)).data as Float32Array)]).toEqual([12]);
  });
});
