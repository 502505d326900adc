import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * The part of ONNX's file format that Kindred writes (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto): models of
 * float32 tensors. The numbers passed to `tag` are the fields' numbers there.
 */
export interface OnnxNode {
  type: string;
  inputs: readonly string[];
  output: string;
  attributes?: Readonly<Record<string, number | string | readonly number[]>>;
}

export interface OnnxTensor {
  name: string;
  dims: readonly number[];
  values: Float32Array | BigInt64Array;
}

/** A tensor that goes in or comes out; a dimension with a name may have any size. */
export interface OnnxValue {
  name: string;
  dims: readonly (number | string)[];
}

export interface OnnxGraph {
  name: string;
  nodes: readonly OnnxNode[];
  weights: readonly OnnxTensor[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
}

const irVersion = 8;
const operatorSet = 17;

const tensorType = { float: 1, int64: 7 } as const;
const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** @returns the bytes of an `.onnx` file */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(irVersion);
  writer.tag(2, WireType.LengthDelimited).string('kindred');
  message(writer, 7, (g) => writeGraph(g, graph));
  message(writer, 8, (set) => {
    set.tag(1, WireType.LengthDelimited).string('');
    set.tag(2, WireType.Varint).int64(operatorSet);
  });
  return writer.finish();
}

function message(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function writeGraph(writer: BinaryWriter, { name, nodes, weights, inputs, outputs }: OnnxGraph): void {
  for (const node of nodes) message(writer, 1, (w) => writeNode(w, node));
  writer.tag(2, WireType.LengthDelimited).string(name);
  for (const weight of weights) message(writer, 5, (w) => writeTensor(w, weight));
  for (const input of inputs) message(writer, 11, (w) => writeValue(w, input));
  for (const output of outputs) message(writer, 12, (w) => writeValue(w, output));
}

function writeNode(writer: BinaryWriter, { type, inputs, output, attributes = {} }: OnnxNode): void {
  for (const input of inputs) writer.tag(1, WireType.LengthDelimited).string(input);
  writer.tag(2, WireType.LengthDelimited).string(output);
  writer.tag(3, WireType.LengthDelimited).string(output);
  writer.tag(4, WireType.LengthDelimited).string(type);
  for (const [name, value] of Object.entries(attributes)) {
    message(writer, 5, (attribute) => {
      attribute.tag(1, WireType.LengthDelimited).string(name);
      if (typeof value === 'string') {
        attribute.tag(4, WireType.LengthDelimited).bytes(new TextEncoder().encode(value));
        attribute.tag(20, WireType.Varint).int32(attributeType.string);
      } else if (typeof value !== 'number') {
        for (const item of value) attribute.tag(8, WireType.Varint).int64(item);
        attribute.tag(20, WireType.Varint).int32(attributeType.ints);
      } else if (Number.isInteger(value)) {
        attribute.tag(3, WireType.Varint).int64(value);
        attribute.tag(20, WireType.Varint).int32(attributeType.int);
      } else {
        attribute.tag(2, WireType.Bit32).float(value);
        attribute.tag(20, WireType.Varint).int32(attributeType.float);
      }
    });
  }
}

function writeTensor(writer: BinaryWriter, { name, dims, values }: OnnxTensor): void {
  for (const dim of dims) writer.tag(1, WireType.Varint).int64(dim);
  const type = values instanceof Float32Array ? tensorType.float : tensorType.int64;
  writer.tag(2, WireType.Varint).int32(type);
  writer.tag(8, WireType.LengthDelimited).string(name);
  // Little-endian, as every machine is that Kindred runs on.
  writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writeValue(writer: BinaryWriter, { name, dims }: OnnxValue): void {
  writer.tag(1, WireType.LengthDelimited).string(name);
  message(writer, 2, (type) => {
    message(type, 1, (tensor) => {
      tensor.tag(1, WireType.Varint).int32(tensorType.float);
      message(tensor, 2, (shape) => {
        for (const size of dims) {
          message(shape, 1, (dim) => {
            if (typeof size === 'string') dim.tag(2, WireType.LengthDelimited).string(size);
            else dim.tag(1, WireType.Varint).int64(size);
          });
        }
      });
    });
  });
}
