import { createRequire } from 'node:module';
import type { RgbImage } from './image.ts';
import { PhotoError } from './photo-error.ts';

/** The part of libheif's WebAssembly build that is used here. Objects of the library's heap must be freed by hand. */
interface LibHeif {
  HEAPU8: Uint8Array;
  heif_colorspace: { heif_colorspace_RGB: unknown };
  heif_chroma: { heif_chroma_interleaved_RGB: unknown };
  heif_context_alloc(): Handle;
  heif_context_free(context: Handle): void;
  heif_context_read_from_memory(context: Handle, bytes: Uint8Array): HeifStatus;
  heif_js_context_get_primary_image_handle(context: Handle): Handle | HeifStatus;
  heif_image_handle_release(handle: Handle): void;
  heif_js_decode_image2(handle: Handle, colourSpace: unknown, chroma: unknown): DecodedHeif | HeifStatus;
  heif_image_release(image: Handle): void;
}

/** Opaque to us. */
interface Handle {
  delete(): void;
}

interface HeifStatus {
  code: { value: number };
  message: string;
}

interface DecodedHeif {
  image: Handle;
  /** Interleaved colours come as one channel; its data are a view of the library's heap. */
  channels: { width: number; height: number; stride: number; data: Uint8Array }[];
}

/** The heap grows with the largest photo and never shrinks; beyond this it is dropped with the library's instance. */
const heapBytesToKeep = 192 * 1024 * 1024;

/** libheif's codes for "I cannot do this", as opposed to "this is broken". */
const unsupportedCodes = [3, 4, 7];

let library: LibHeif | null = null;

/** Loaded at the first HEIC photo: most libraries have none. */
function libheif(): LibHeif {
  library ??= createRequire(import.meta.url)('libheif-js/wasm-bundle') as LibHeif;
  return library;
}

/**
 * Decodes a HEIC photo at full size, with the container's rotation and mirroring applied, in the photo's own colour
 * space.
 *
 * @throws PhotoError `damaged` or `unsupported`
 */
export function decodeHeic(bytes: Uint8Array): RgbImage {
  const lib = libheif();
  const context = lib.heif_context_alloc();
  try {
    check(lib.heif_context_read_from_memory(context, bytes));
    const handle = check(lib.heif_js_context_get_primary_image_handle(context));
    try {
      const { heif_colorspace_RGB: rgb } = lib.heif_colorspace;
      const { heif_chroma_interleaved_RGB: interleaved } = lib.heif_chroma;
      const { image, channels } = check(lib.heif_js_decode_image2(handle, rgb, interleaved));
      try {
        if (!channels[0]) throw new PhotoError('damaged', 'The picture data is damaged.');
        return copyPixels(channels[0]);
      } finally {
        lib.heif_image_release(image);
      }
    } finally {
      lib.heif_image_handle_release(handle);
    }
  } finally {
    lib.heif_context_free(context);
    if (lib.HEAPU8.length > heapBytesToKeep) library = null;
  }
}

/** Passes a result on, and throws what libheif reports in its place. */
function check<T extends object>(result: T | HeifStatus): T {
  if (!('code' in result) || result.code.value === 0) return result as T;
  throw unsupportedCodes.includes(result.code.value)
    ? new PhotoError('unsupported', 'This kind of HEIC photo cannot be decoded yet.', { cause: result.message })
    : new PhotoError('damaged', 'The picture data is damaged.', { cause: result.message });
}

/** Out of the library's heap, whose rows may be padded. */
function copyPixels({ width, height, stride, data }: DecodedHeif['channels'][number]): RgbImage {
  const rowBytes = width * 3;
  if (stride === rowBytes) return { data: data.slice(0, rowBytes * height), width, height };
  const packed = new Uint8Array(rowBytes * height);
  for (let row = 0; row < height; row++) {
    packed.set(data.subarray(row * stride, row * stride + rowBytes), row * rowBytes);
  }
  return { data: packed, width, height };
}
