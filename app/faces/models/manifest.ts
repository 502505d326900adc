import { z } from 'zod';

/** Numbers per colour channel, in the order of the input's `channels`. */
const perChannel = z.tuple([z.number(), z.number(), z.number()]);

const fileSchema = {
  /** Name of the ONNX file inside the pack's folder. */
  file: z.string().regex(/^[\w.-]+\.onnx$/, 'must be the name of an .onnx file inside the pack'),
  /** In hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
};

const detectorSchema = z.strictObject({
  ...fileSchema,
  /** How its outputs are read. YuNet: boxes with five landmarks, at strides of 8, 16 and 32 pixels. */
  kind: z.literal('yunet'),
});

const embedderSchema = z.strictObject({
  ...fileSchema,
  /** Side of the square input in pixels. */
  size: z.int().min(32).max(512),
  channels: z.enum(['rgb', 'bgr']),
  layout: z.enum(['nchw', 'nhwc']),
  /** The input is `(value - mean) * scale`, of values from 0 to 255. */
  mean: perChannel,
  scale: perChannel,
  /** Where eyes, nose and mouth corners lie in the input, as x, y pairs in pixels, left before right as seen. */
  referencePoints: z.array(z.number()).length(10),
  /** Length of the embedding. */
  dimension: z.int().min(16).max(4096),
  /** Name of the output; the model's first one where there is none. */
  output: z.string().optional(),
  /** Squared L2 (0..4) of unit embeddings under which groups of faces unite, until the user moves it. */
  threshold: z.number().gt(0).lt(4),
});

/** What a model pack says of itself, in its `pack.json`. It brings a detector, an embedder, or both. */
export const packManifestSchema = z
  .strictObject({
    /** By which it is chosen. */
    name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,39}$/, 'must be lower-case letters, digits, dots and dashes'),
    version: z.string().regex(/^[\w.-]{1,40}$/, 'must be letters, digits, dots and dashes'),
    title: z.string().min(1).max(80),
    licence: z.string().min(1).max(200),
    /** Where it comes from. */
    source: z.string().max(300).optional(),
    detector: detectorSchema.optional(),
    embedder: embedderSchema.optional(),
  })
  .refine(({ name }) => name !== 'built-in', { message: 'the name built-in is taken', path: ['name'] })
  .refine(({ detector, embedder }) => detector !== undefined || embedder !== undefined, {
    message: 'a pack must bring a detector or an embedder',
  });

export type PackManifest = z.infer<typeof packManifestSchema>;
export type DetectorManifest = z.infer<typeof detectorSchema>;
export type EmbedderManifest = z.infer<typeof embedderSchema>;
