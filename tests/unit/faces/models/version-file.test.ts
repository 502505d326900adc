import { describe, expect, it } from 'vitest';
import { KindredError } from '../../../../app/contract/errors.ts';
import { readSafetensors, writeSafetensors } from '../../../../app/engine/safetensors.ts';
import type { Head } from '../../../../app/faces/models/head.ts';
import { decodeVersion, encodeVersion, type NewVersion } from '../../../../app/faces/models/version-file.ts';

const metrics = { identification: 0.5, grouping: 0.6, general: 0.7 };
const version: NewVersion = {
  kind: 'head',
  pipeline: 'kindred-3+built-in+built-in+careful',
  architecture: 'dlib-resnet-v1',
  on: null,
  dimension: 5,
  threshold: 0.2,
  createdAt: '2024-05-06T07:08:09.000Z',
  parent: null,
  data: { people: 5, faces: 25, photos: 25, differentPairs: 0, strangers: 100, lastDecision: 10 },
  before: metrics,
  after: metrics,
  reason: 'Ünser drittes Modell.',
};
const part = (columns: number): Head['parts'][number] => {
  return { weight: 1 / columns, matrix: Float32Array.from({ length: 4 * columns }, (_, i) => i / 7), columns };
};
const head: Head = { inputs: 4, parts: [part(3), part(2)] };
const weights = new Map([['conv256_2/conv1/conv/filters', { shape: [1, 2], values: Float32Array.of(1, 2) }]]);
const none = new Map<string, never>();

function refusal(file: Uint8Array): string {
  try {
    decodeVersion(file, 'This file');
  } catch (error) {
    expect(error).toBeInstanceOf(KindredError);
    expect(error).toMatchObject({ kind: 'invalid-input' });
    return (error as KindredError).message;
  }
  throw new Error('It was read.');
}

describe('the file of a model version', () => {
  it('comes back as it was: a head, a network, and both', () => {
    for (const content of [
      { kind: 'head', head, weights: none },
      { kind: 'finetune', head: null, weights },
      { kind: 'finetune', head, weights },
    ] as const) {
      const { info, bytes } = encodeVersion({ ...version, kind: content.kind }, content);
      expect(info.id).toMatch(/^(head|finetune)-[0-9a-f]{12}$/);
      const read = decodeVersion(bytes, 'This file');
      expect(read).toEqual({ info, head: content.head, weights: content.weights });
    }
  });

  it('has the same id for the same numbers, and another for others', () => {
    const idOf = (changed: Head, name: Partial<NewVersion> = {}): string =>
      encodeVersion({ ...version, ...name }, { head: changed, weights: none }).info.id;
    const id = idOf(head);
    expect(idOf(head, { createdAt: '2025-01-01T00:00:00.000Z' })).toBe(id);
    expect(idOf({ ...head, parts: [part(3), { ...part(2), weight: 0.4 }] })).not.toBe(id);
    expect(idOf(head, { pipeline: 'kindred-3+built-in+built-in+quick' })).not.toBe(id);
    const matrix = part(2).matrix.with(3, 9);
    expect(idOf({ ...head, parts: [part(3), { ...part(2), matrix }] })).not.toBe(id);
  });

  it('is refused where it is cut off anywhere, or any byte of it is another one', () => {
    const { bytes } = encodeVersion({ ...version, kind: 'finetune' }, { head, weights });
    for (const length of [0, 5, 9, 200, bytes.length - 1]) refusal(bytes.subarray(0, length));
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 0x15;
      expect(refusal(changed)).not.toBe('');
    }
  });

  it('is refused where it is something else, or of a newer Kindred', () => {
    expect(refusal(Buffer.from('\x89PNG\r\n\x1a\n and so on and so on'))).toMatch(/another format/);
    const { bytes } = encodeVersion(version, { head, weights: none });
    const { metadata, tensors } = readSafetensors(bytes);
    expect(refusal(writeSafetensors({ format: 'pt' }, tensors))).toMatch(/not made by Kindred/);
    expect(refusal(writeSafetensors({ ...metadata, formatVersion: '2' }, tensors))).toMatch(/newer Kindred/);
  });

  it('is refused where its parts do not fit, whatever its checksum says', () => {
    const encoded = (changes: Partial<NewVersion>, content: Parameters<typeof encodeVersion>[1]): Uint8Array =>
      encodeVersion({ ...version, ...changes }, content).bytes;
    const nan = { ...part(2), matrix: part(2).matrix.with(5, NaN) };
    const wrong = [
      encoded({ dimension: 6 }, { head, weights: none }),
      encoded({}, { head: { ...head, parts: [part(3), nan] }, weights: none }),
      encoded({}, { head: null, weights: none }),
      encoded({}, { head, weights }),
      encoded({ kind: 'finetune' }, { head, weights: none }),
      encoded({ threshold: 5 }, { head, weights: none }),
      encoded({ on: '../../etc/passwd' }, { head, weights: none }),
    ];
    for (const file of wrong) refusal(file);
  });
});
