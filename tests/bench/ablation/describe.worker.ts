import { readFile } from 'node:fs/promises';
import { workerData } from 'piscina';
import { PhotoViews } from '../../../app/faces/views.ts';
import { limitSharp, openPhoto } from '../../../app/library/decode.ts';
import { openPipeline, SeenPhoto, type Described, type Pipeline } from './pipeline.ts';
import { stepsOf, type PackName } from './steps.ts';

const pack = workerData as PackName;
limitSharp();
let pipeline: Promise<Pipeline> | undefined;

/** @returns what each of the pack's steps gives for the photo */
export default async function run(path: string): Promise<Described[]> {
  const { describe } = await (pipeline ??= openPipeline(pack));
  const photo = new SeenPhoto(new PhotoViews(await openPhoto(await readFile(path))));
  const described: Described[] = [];
  for (const step of stepsOf[pack]) described.push(await describe(step, photo));
  return described;
}
