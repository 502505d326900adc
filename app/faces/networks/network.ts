import type { RgbImage } from '../../library/image.ts';

/** Plain numbers with their dimensions. */
export interface Values {
  dims: readonly number[];
  data: Float32Array;
}

/** A network that is ready to run, on whichever engine. */
export interface Network {
  /** @returns one entry per output */
  run(input: Values): Promise<Values[]>;
  dispose(): Promise<void>;
}

/** How pixels become a network's input: `(value - mean) * scale`, in this order of channels and of dimensions. */
export interface InputFormat {
  channels: 'rgb' | 'bgr';
  /** Per channel, in the order of `channels`. */
  mean: readonly [number, number, number];
  /** Per channel, in the order of `channels`. */
  scale: readonly [number, number, number];
  layout: 'nhwc' | 'nchw';
}

/**
 * Images of one size as a network's input.
 *
 * @param multiple height and width are padded with the mean, at the bottom and the right, to a multiple of this
 */
export function networkInput(images: readonly RgbImage[], format: InputFormat, multiple = 1): Values {
  const { width, height } = images[0]!;
  const paddedWidth = Math.ceil(width / multiple) * multiple;
  const paddedHeight = Math.ceil(height / multiple) * multiple;
  const area = paddedWidth * paddedHeight;
  const data = new Float32Array(images.length * area * 3);
  const planar = format.layout === 'nchw';
  const step = planar ? 1 : 3;
  for (const [index, image] of images.entries()) {
    for (let channel = 0; channel < 3; channel++) {
      const source = format.channels === 'rgb' ? channel : 2 - channel;
      const mean = format.mean[channel]!;
      const scale = format.scale[channel]!;
      const start = index * area * 3 + (planar ? channel * area : channel);
      for (let row = 0; row < height; row++) {
        let from = 3 * row * width + source;
        let to = start + row * paddedWidth * step;
        for (let column = 0; column < width; column++, from += 3, to += step) {
          data[to] = (image.data[from]! - mean) * scale;
        }
      }
    }
  }
  const size = planar ? [3, paddedHeight, paddedWidth] : [paddedHeight, paddedWidth, 3];
  return { dims: [images.length, ...size], data };
}
