import tf from '@tensorflow/tfjs';

/** Numbers of a convolution as its gradients' kernels are given them. */
interface ConvAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | [number, number][];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Inputs = Record<string, tf.Tensor>;

/**
 * Gives the WebAssembly backend the gradients that it lacks, made of kernels that it has, and takes the place of two that it has
 * as plain loops: its convolution and its product of matrices that are not transposed are ten times as fast. What is not worth
 * it, gradients of depthwise convolutions, is refused with a plain reason.
 */
export function registerWasmGradients(): void {
  register('Conv2DBackpropFilter', ({ x, dy }, attributes) =>
    filterGradient(
      x as tf.Tensor4D,
      dy as tf.Tensor4D,
      attributes as unknown as ConvAttributes & { filterShape: Shape4 },
    ),
  );
  register('Conv2DBackpropInput', ({ dy, filter }, attributes) =>
    inputGradient(
      dy as tf.Tensor4D,
      filter as tf.Tensor4D,
      attributes as unknown as ConvAttributes & { inputShape: Shape4 },
    ),
  );
  register('UnsortedSegmentSum', ({ x, segmentIds }, attributes) =>
    segmentSum(x!, segmentIds as tf.Tensor1D, (attributes as { numSegments: number }).numSegments),
  );
  for (const kernel of ['DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput']) {
    register(kernel, () => {
      throw new Error(
        'Depthwise convolutions cannot be trained on the WebAssembly backend. Use a graphics card (webgpu), or TensorFlow.',
      );
    });
  }
  transposeBeforeProducts();
}

type Shape4 = [number, number, number, number];

function register(kernelName: string, compute: (inputs: Inputs, attributes: object) => tf.Tensor): void {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    // What a kernel is given are tensors, though its type knows less of them.
    kernelFunc: ({ inputs, attrs }) => tf.tidy(() => compute(inputs as unknown as Inputs, attrs as object)),
  });
}

/** The backend multiplies transposed matrices number by number, and others with XNNPACK. */
function transposeBeforeProducts(): void {
  const kernelName = 'BatchMatMul';
  const product = tf.getKernel(kernelName, 'wasm');
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...product,
    kernelFunc({ inputs, backend, attrs = {} }) {
      const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
      return tf.tidy(() => {
        const turned = (matrix: tf.Tensor, isTransposed: boolean): tf.Tensor => {
          if (!isTransposed) return matrix;
          const axes = [...matrix.shape.keys()];
          return tf.transpose(matrix, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
        };
        const { a, b } = inputs as unknown as Inputs;
        return product.kernelFunc({
          inputs: { a: turned(a!, transposeA), b: turned(b!, transposeB) },
          backend,
          attrs: { ...attrs, transposeA: false, transposeB: false },
        }) as tf.Tensor;
      });
    },
  });
}

/**
 * The gradient of a convolution by its filter: a convolution of the input with the output's gradient as a filter, where photos
 * and channels change places and strides become dilations.
 *
 * @param x input, `[count, height, width, ins]`
 * @param dy gradient of the output, `[count, height, width, outs]`
 * @returns `[height, width, ins, outs]` of the filter
 */
function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { filterShape, ...options }: ConvAttributes & { filterShape: Shape4 },
): tf.Tensor {
  const { padInfo, strideHeight, strideWidth } = infoOf(x.shape, filterShape, options);
  const [, height, width] = dy.shape;
  // What no place of the filter reaches is cut off.
  const [reachedHeight, reachedWidth] = [
    (height - 1) * strideHeight + filterShape[0],
    (width - 1) * strideWidth + filterShape[1],
  ];
  const seen = fit(
    x,
    [padInfo.top, reachedHeight - x.shape[1] - padInfo.top],
    [padInfo.left, reachedWidth - x.shape[2] - padInfo.left],
  );
  const gradient = tf.conv2d(tf.transpose(seen, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), 1, 'valid', 'NHWC', [
    strideHeight,
    strideWidth,
  ]);
  return tf.transpose(gradient, [1, 2, 0, 3]);
}

/**
 * The gradient of a convolution by its input: a convolution of the output's gradient, with zeros between its pixels where there
 * was a stride, with the filter turned about.
 *
 * @param dy gradient of the output, `[count, height, width, outs]`
 * @param filter `[height, width, ins, outs]`
 * @returns `[count, height, width, ins]` of the input
 */
function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  { inputShape, ...options }: ConvAttributes & { inputShape: Shape4 },
): tf.Tensor {
  const { padInfo, strideHeight, strideWidth } = infoOf(inputShape, filter.shape, options);
  const spread = spreadOut(dy, strideHeight, strideWidth);
  const margins = (side: 1 | 2, before: number): [number, number] => {
    const reach = filter.shape[side - 1]! - 1;
    return [reach - before, inputShape[side] - spread.shape[side] + before];
  };
  const seen = fit(spread, margins(1, padInfo.top), margins(2, padInfo.left));
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(seen, turned, 1, 'valid');
}

function infoOf(
  shape: Shape4,
  filterShape: Shape4,
  { strides, pad, dimRoundingMode }: ConvAttributes,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(shape, filterShape, strides, 1, pad as never, dimRoundingMode);
}

/** `stride - 1` zeros after each row and column. */
function spreadOut(map: tf.Tensor4D, strideHeight: number, strideWidth: number): tf.Tensor4D {
  const [count, height, width, channels] = map.shape;
  // A pixel followed by zeros is a longer pixel, and so is a row.
  const after = (x: tf.Tensor, shape: [number, number, number], times: number): tf.Tensor =>
    tf.pad(tf.reshape(x, shape), [
      [0, 0],
      [0, 0],
      [0, (times - 1) * shape[2]],
    ]);
  const columns = after(map, [count * height, width, channels], strideWidth);
  const rows = after(columns, [count, height, width * strideWidth * channels], strideHeight);
  return tf.reshape(rows, [count, height * strideHeight, width * strideWidth, channels]);
}

/** Adds rows and columns of zeros at the edges; cuts off where the number is negative. */
function fit(map: tf.Tensor4D, rows: readonly [number, number], columns: readonly [number, number]): tf.Tensor4D {
  const added = (margin: readonly [number, number]): [number, number] => [
    Math.max(0, margin[0]),
    Math.max(0, margin[1]),
  ];
  const cut = (margin: readonly [number, number]): [number, number] => [
    Math.max(0, -margin[0]),
    Math.max(0, -margin[1]),
  ];
  const padded = tf.pad(map, [[0, 0], added(rows), added(columns), [0, 0]]);
  const [top, bottom] = cut(rows);
  const [left, right] = cut(columns);
  return tf.slice(padded, [0, top, left, 0], [-1, padded.shape[1] - top - bottom, padded.shape[2] - left - right, -1]);
}

/** Rows summed by segment, as a product with a matrix that says which row is in which. */
function segmentSum(x: tf.Tensor, segmentIds: tf.Tensor1D, segments: number): tf.Tensor {
  const [rows = 0, ...rest] = x.shape;
  const size = rest.reduce((product, side) => product * side, 1);
  const belongs = tf.cast<tf.Tensor2D>(tf.oneHot(tf.cast(segmentIds, 'int32'), segments) as tf.Tensor2D, 'float32');
  return tf.reshape(tf.matMul(belongs, tf.reshape<tf.Rank.R2>(x, [rows, size]), true, false), [segments, ...rest]);
}
