import { writeFile } from 'node:fs/promises';
import { encodeVersion, type NewVersion, type VersionInfo } from '../../app/faces/models/version-file.ts';
import type { Head } from '../../app/faces/models/head.ts';
import { headDimension } from '../../app/faces/models/head.ts';
import { builtInModel, featureCount, shippedHead } from './learning-library.ts';
import { createRandom, gaussian } from './random.ts';

const metrics = { identification: 0.5, grouping: 0.6, general: 0.7 };

/** What a made-up version says of itself, for the built-in models where nothing else is said. */
const madeInfo: NewVersion = {
  kind: 'head',
  pipeline: builtInModel,
  architecture: 'dlib-resnet-v1',
  on: null,
  dimension: 192,
  threshold: 0.25,
  createdAt: '2024-05-06T07:08:09.000Z',
  parent: null,
  data: { people: 5, faces: 25, photos: 25, differentPairs: 0, strangers: 100, lastDecision: 10 },
  before: metrics,
  after: { ...metrics, identification: 0.8 },
  reason: 'Made up.',
};

/** The network's own last layer beside a random one. */
async function madeHead(seed = 1): Promise<Head> {
  const random = createRandom(seed);
  const [shipped] = (await shippedHead()).parts;
  const matrix = Float32Array.from({ length: featureCount * 64 }, () => gaussian(random) / 16);
  return { inputs: featureCount, parts: [shipped!, { weight: 0.5, matrix, columns: 64 }] };
}

/** Writes a version file. */
export async function writeMadeVersion(
  path: string,
  { seed = 1, ...changes }: Partial<NewVersion> & { seed?: number } = {},
): Promise<{ info: VersionInfo; head: Head }> {
  const head = await madeHead(seed);
  const { info, bytes } = encodeVersion(
    { ...madeInfo, dimension: headDimension(head), ...changes },
    { head, weights: new Map() },
  );
  await writeFile(path, bytes);
  return { info, head };
}
