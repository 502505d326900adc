/** Numbers with their dimensions. */
export interface NamedTensor {
  shape: readonly number[];
  values: Float32Array;
}

/** A file of named tensors. */
export interface Safetensors {
  metadata: Record<string, string>;
  /** In the order in which they lie in the file. */
  tensors: Map<string, NamedTensor>;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const lengthBytes = 8;
/** As the format has it. */
const longestHeader = 100_000_000;
const metadataKey = '__metadata__';
const floatBytes = Float32Array.BYTES_PER_ELEMENT;

/**
 * Writes float32 tensors in the safetensors format (https://github.com/huggingface/safetensors): the length of the header in
 * eight bytes, the header as JSON, and the numbers, little-endian.
 */
export function writeSafetensors(
  metadata: Readonly<Record<string, string>>,
  tensors: ReadonlyMap<string, NamedTensor>,
): Uint8Array<ArrayBuffer> {
  const data = tensorBytes(tensors);
  const header: Record<string, unknown> = { [metadataKey]: metadata };
  let start = 0;
  for (const [name, { shape, values }] of tensors) {
    const end = start + values.length * floatBytes;
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
    start = end;
  }
  const text = JSON.stringify(header);
  // Numbers start at a multiple of eight bytes.
  const bytes = new TextEncoder().encode(text);
  const headerLength = Math.ceil(bytes.length / lengthBytes) * lengthBytes;
  const file = new Uint8Array(lengthBytes + headerLength + data.length).fill(
    0x20,
    lengthBytes,
    lengthBytes + headerLength,
  );
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(bytes, lengthBytes);
  file.set(data, lengthBytes + headerLength);
  return file;
}

/** The numbers of all tensors as bytes, little-endian, one tensor after the other. */
function tensorBytes(tensors: ReadonlyMap<string, NamedTensor>): Uint8Array {
  const length = [...tensors.values()].reduce((sum, { values }) => sum + values.length, 0);
  const numbers = new Float32Array(length);
  let start = 0;
  for (const { values } of tensors.values()) {
    numbers.set(values, start);
    start += values.length;
  }
  return new Uint8Array(numbers.buffer);
}

/**
 * Reads a file of float32 tensors. Nothing in it is trusted: lengths, offsets and shapes must fit one another.
 *
 * @throws Error with what is wrong, in a few words
 */
export function readSafetensors(file: Uint8Array): Safetensors {
  if (file.length < lengthBytes) throw new Error('it is too short');
  const headerLength = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const start = lengthBytes + headerLength;
  if (headerLength > longestHeader || start > file.length) throw new Error('it is cut off, or of another format');
  const { [metadataKey]: metadata = {}, ...entries } = parseHeader(file.subarray(lengthBytes, start));
  if (!isTextRecord(metadata)) throw new Error('its metadata is not text');
  // Not a Buffer, whose slices share its memory.
  const data = new Uint8Array(file.buffer, file.byteOffset + start, file.length - start);
  const tensors = new Map<string, NamedTensor>();
  let expected = 0;
  const inOrder = Object.entries(entries).map(([name, entry]) => [name, checked(name, entry)] as const);
  inOrder.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  for (const [
    name,
    {
      shape,
      data_offsets: [from, to],
    },
  ] of inOrder) {
    if (from !== expected || to > data.length) throw new Error(`its tensor ${name} lies outside the file`);
    if (to - from !== shape.reduce((product, size) => product * size, floatBytes)) {
      throw new Error(`its tensor ${name} has another size than it says`);
    }
    // A copy, because the numbers need not start at a multiple of four bytes.
    tensors.set(name, { shape, values: new Float32Array(data.slice(from, to).buffer) });
    expected = to;
  }
  if (expected !== data.length) throw new Error('it is longer or shorter than it says');
  return { metadata, tensors };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Error('its header cannot be read');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw new Error('it has no header');
  return header as Record<string, unknown>;
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((entry) => typeof entry === 'string')
  );
}

function checked(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Entry>;
  if (dtype !== 'F32') throw new Error(`its tensor ${name} does not hold float32 numbers`);
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) throw new Error(`its tensor ${name} is malformed`);
  return { dtype, shape, data_offsets: offsets };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}
