import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../app/engine/backend.ts';
import { createRandom, gaussian } from '../../support/random.ts';

const random = createRandom(6);
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => gaussian(random));

const convolutions = [
  { height: 7, width: 6, ins: 3, outs: 4, size: 3, stride: 1, pad: 'same' },
  { height: 7, width: 6, ins: 3, outs: 4, size: 3, stride: 1, pad: 'valid' },
  { height: 8, width: 9, ins: 2, outs: 5, size: 3, stride: 2, pad: 'valid' },
  { height: 8, width: 7, ins: 2, outs: 3, size: 3, stride: 2, pad: 'same' },
  { height: 11, width: 11, ins: 1, outs: 2, size: 7, stride: 2, pad: 'valid' },
  { height: 4, width: 4, ins: 3, outs: 2, size: 1, stride: 1, pad: 'valid' },
  { height: 5, width: 5, ins: 2, outs: 2, size: 2, stride: 3, pad: 'same' },
] as const;

/** Gradients by input and filter of a loss that tells all outputs apart. */
async function gradients(
  { height, width, ins, outs, size, stride, pad }: (typeof convolutions)[number],
  x: Float32Array,
  filter: Float32Array,
): Promise<{ loss: number; byX: Float32Array; byFilter: Float32Array }> {
  const inputs: [tf.Tensor4D, tf.Tensor4D] = [
    tf.tensor4d(x, [2, height, width, ins]),
    tf.tensor4d(filter, [size, size, ins, outs]),
  ];
  const { value, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) => {
    const y = tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad);
    return tf.sum(tf.sin(y));
  })(inputs);
  return {
    loss: (await value.data())[0]!,
    byX: Float32Array.from(await grads[0]!.data()),
    byFilter: Float32Array.from(await grads[1]!.data()),
  };
}

describe('gradients that WebAssembly is given', () => {
  beforeAll(() => startBackend());

  it.each(convolutions)('of a convolution are those of the plain backend, and of small steps: %o', async (shape) => {
    const x = numbers(2 * shape.height * shape.width * shape.ins);
    const filter = numbers(shape.size ** 2 * shape.ins * shape.outs).map((value) => value / 4);
    await tf.setBackend('cpu');
    const plain = await gradients(shape, x, filter);
    const changed = Float32Array.from(filter);
    changed[1]! += 1e-2;
    const ahead = await gradients(shape, x, changed);
    changed[1]! -= 2e-2;
    const behind = await gradients(shape, x, changed);
    await tf.setBackend('wasm');
    const here = await gradients(shape, x, filter);
    expect(here.byFilter).toHaveLength(filter.length);
    for (const [i, value] of here.byFilter.entries()) expect(value).toBeCloseTo(plain.byFilter[i]!, 3);
    for (const [i, value] of here.byX.entries()) expect(value).toBeCloseTo(plain.byX[i]!, 3);
    expect(Math.abs(here.byFilter[1]! - (ahead.loss - behind.loss) / 2e-2)).toBeLessThan(
      0.02 * (1 + Math.abs(here.byFilter[1]!)),
    );
  });

  it('of a gather are sums by row', async () => {
    const x = tf.tensor2d(numbers(12), [4, 3]);
    const gradient = tf.grad((rows: tf.Tensor) =>
      tf.sum(tf.mul(tf.gather(rows, tf.tensor1d([2, 0, 2, 2], 'int32')), tf.tensor2d([1, 2, 4, 8], [4, 1]))),
    )(x);
    expect([...(await gradient.data())]).toEqual([2, 2, 2, 0, 0, 0, 13, 13, 13, 0, 0, 0]);
  });

  it('of a depthwise convolution are refused in plain words', () => {
    const x = tf.tensor4d(numbers(16), [1, 4, 4, 1]);
    const filter = tf.tensor4d(numbers(9), [3, 3, 1, 1]);
    expect(() => tf.grad((f: tf.Tensor) => tf.sum(tf.depthwiseConv2d(x, f as tf.Tensor4D, 1, 'same')))(filter)).toThrow(
      'graphics card',
    );
  });

  it('leave no tensors behind', async () => {
    const [shape] = convolutions;
    const x = numbers(2 * shape.height * shape.width * shape.ins);
    const filter = numbers(shape.size ** 2 * shape.ins * shape.outs);
    const run = (): void =>
      tf.tidy(() => {
        tf.grad((f: tf.Tensor) => tf.sum(tf.conv2d(tf.tensor4d(x, [2, 7, 6, 3]), f as tf.Tensor4D, 1, 'same')))(
          tf.tensor4d(filter, [3, 3, 3, 4]),
        );
      });
    run();
    const before = tf.memory().numTensors;
    run();
    expect(tf.memory().numTensors).toBe(before);
    await Promise.resolve();
  });
});

describe('products of transposed matrices on WebAssembly', () => {
  beforeAll(() => startBackend());

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('are those of the plain backend (transposed: %s, %s)', async (left, right) => {
    const a = numbers(2 * 5 * 7);
    const b = numbers(2 * 7 * 3);
    const product = async (backend: string): Promise<number[]> => {
      await tf.setBackend(backend);
      const result = tf.matMul(
        tf.tensor3d(a, left ? [2, 7, 5] : [2, 5, 7]),
        tf.tensor3d(b, right ? [2, 3, 7] : [2, 7, 3]),
        left,
        right,
      );
      expect(result.shape).toEqual([2, 5, 3]);
      return [...(await result.data())];
    };
    const expected = await product('cpu');
    for (const [i, value] of (await product('wasm')).entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });
});
