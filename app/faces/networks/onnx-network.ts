import { openOnnxSession, type OnnxRuntime } from '../../engine/onnx-runtime.ts';
import type { Network, Values } from './network.ts';

/**
 * Runs an ONNX model, on images as its first input, with the native engine. A model that is made for one image is given one
 * after the other.
 */
export async function onnxNetwork(
  runtime: OnnxRuntime,
  model: string | Uint8Array,
  outputs?: readonly string[],
): Promise<Network> {
  const session = await openOnnxSession(runtime, model);
  const names = outputs ?? session.outputNames;
  const run = async ({ dims, data }: Values): Promise<Values[]> => {
    const input = new runtime.Tensor('float32', data, dims);
    const found = await session.run({ [session.inputNames[0]!]: input }, names);
    return names.map((name) => ({ dims: found[name]!.dims, data: found[name]!.data as Float32Array }));
  };
  const [input] = session.inputMetadata;
  const oneOnly = input?.isTensor === true && input.shape[0] === 1;
  return {
    async run({ dims, data }) {
      const [count = 1, ...size] = dims;
      if (!oneOnly || count === 1) return run({ dims, data });
      const each: Values[][] = [];
      const length = data.length / count;
      for (let i = 0; i < count; i++) {
        each.push(await run({ dims: [1, ...size], data: data.subarray(i * length, (i + 1) * length) }));
      }
      return names.map((_, output) => stacked(each.map((values) => values[output]!)));
    },
    dispose: () => session.release(),
  };
}

function stacked(rows: readonly Values[]): Values {
  const [first] = rows;
  const length = first!.data.length;
  const data = new Float32Array(rows.length * length);
  for (const [i, row] of rows.entries()) data.set(row.data, i * length);
  return { dims: [rows.length, ...first!.dims.slice(1)], data };
}
