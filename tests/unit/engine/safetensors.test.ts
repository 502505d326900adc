import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors, type NamedTensor } from '../../../app/engine/safetensors.ts';

/** A file with this header, as anybody could write it. */
function fileWith(header: unknown, dataBytes: number): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const file = Buffer.alloc(8 + text.length + dataBytes);
  file.writeBigUInt64LE(BigInt(text.length));
  file.write(text, 8);
  return file;
}

describe('safetensors', () => {
  it('hold tensors of any shape, none too, at any place of a buffer', () => {
    const tensors = new Map<string, NamedTensor>([
      ['scalar', { shape: [], values: Float32Array.of(3) }],
      ['empty', { shape: [0, 4], values: new Float32Array(0) }],
      ['matrix', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 1e-30, 5, 6) }],
    ]);
    const file = writeSafetensors({ name: 'Ünser Modell' }, tensors);
    expect(readSafetensors(file)).toEqual({ metadata: { name: 'Ünser Modell' }, tensors });
    for (const offset of [1, 3]) {
      const shifted = Buffer.alloc(file.length + offset + 5);
      shifted.set(file, offset);
      expect(readSafetensors(shifted.subarray(offset, offset + file.length)).tensors).toEqual(tensors);
    }
    expect(readSafetensors(writeSafetensors({}, new Map()))).toEqual({ metadata: {}, tensors: new Map() });
  });

  it('start at a multiple of eight bytes, as other readers want it', () => {
    for (const name of ['a', 'ab', 'abc', 'abcdefgh']) {
      const file = writeSafetensors({}, new Map([[name, { shape: [1], values: Float32Array.of(7) }]]));
      expect(Number(new DataView(file.buffer).getBigUint64(0, true)) % 8).toBe(0);
    }
  });

  it('are read as others write them', () => {
    const header = {
      b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      a: { dtype: 'F32', shape: [1, 1], data_offsets: [0, 4] },
    };
    expect([...readSafetensors(fileWith(header, 8)).tensors.keys()]).toEqual(['a', 'b']);
  });

  it('are refused where lengths, places or shapes do not fit', () => {
    const tensor = (changes: object): object => ({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...changes } });
    const wrong: Uint8Array[] = [
      new Uint8Array(7),
      fileWith('not json', 0),
      fileWith('[]', 0),
      fileWith('null', 0),
      fileWith({ __metadata__: { a: 1 } }, 0),
      fileWith({ a: null }, 0),
      fileWith(tensor({ dtype: 'F16' }), 8),
      fileWith(tensor({ shape: [3] }), 8),
      fileWith(tensor({ shape: [-2] }), 8),
      fileWith(tensor({ shape: 'two' }), 8),
      fileWith(tensor({ data_offsets: [4, 12] }), 12),
      fileWith(tensor({ data_offsets: [0, 8, 16] }), 8),
      fileWith(tensor({}), 4),
      fileWith(tensor({}), 12),
    ];
    for (const file of wrong) expect(() => readSafetensors(file)).toThrow(/^it/);
    const huge = Buffer.alloc(16);
    huge.writeBigUInt64LE(2n ** 60n);
    expect(() => readSafetensors(huge)).toThrow(/cut off/);
  });
});
