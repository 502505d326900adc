import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withPack, type ModelChoice, type PackPart } from '../../app/faces/models/choice.ts';
import type { DetectorManifest } from '../../app/faces/models/manifest.ts';
import { readPack } from '../../app/faces/models/packs.ts';
import { dataPath } from './photo-sets.ts';

/** YuNet of the shared data, where it is there. */
export async function sharedYuNet(): Promise<PackPart<DetectorManifest> | undefined> {
  const file = join(dataPath, 'models', 'yunet_n_dynamic.onnx');
  if (!existsSync(file)) return undefined;
  const { folder, manifest } = await readPack(file);
  return withPack({ care: 'careful' }, folder, manifest).detector;
}

/** What can be measured here: the built-in models and YuNet, careful and quick. */
export async function modelChoices(): Promise<{ title: string; models: ModelChoice }[]> {
  const builtIn: { title: string; models: ModelChoice }[] = [
    { title: 'careful', models: { care: 'careful' } },
    { title: 'quick', models: { care: 'quick' } },
  ];
  const detector = await sharedYuNet();
  if (!detector) return builtIn;
  return [
    ...builtIn,
    ...builtIn.map(({ title, models }) => ({ title: `YuNet, ${title}`, models: { ...models, detector } })),
  ];
}
