import type { ModelChoiceDto, ModelPack, ModelPart, ModelsInfo, RecommendedModelPack } from '../contract/dto.ts';
import { KindredError } from '../contract/errors.ts';
import type { Handlers } from '../contract/procedures.ts';
import { pipelineOf } from '../faces/models/choice.ts';
import { fetchPack } from '../faces/models/fetch-pack.ts';
import type { PackManifest } from '../faces/models/manifest.ts';
import { addPack, findPack, listPacks, packId, removePack, type StoredPack } from '../faces/models/pack-store.ts';
import type { Pack } from '../faces/models/packs.ts';
import { partsOf, recommendedByName, recommendedPacks, type RecommendedPack } from '../faces/models/recommended.ts';
import { choiceInUse, readWanted, resolveChoice, writeWanted, type StoredChoice } from './library-models.ts';
import type { OpenLibrary } from './open-library.ts';
import { readSetting, writeSetting } from './settings.store.ts';
import { version } from './version.ts';

type ModelHandlers = Pick<Handlers, Extract<keyof Handlers, `models.${string}`>>;

const builtInName = 'built-in';
const pausedSetting = 'models.paused';
const fetchPauseMs = 250;

/** Begins to read what has to be read, unless somebody has stopped that. */
export function continueSwitch({ db, modelSwitch }: OpenLibrary): void {
  const paused = readSetting(db, pausedSetting) === '1';
  if (paused) modelSwitch.start(true);
  else modelSwitch.check();
}

/** Has other models read the photos, and take over when they have. */
export function chooseModels({ db, modelSwitch, events }: OpenLibrary, wanted: StoredChoice): void {
  if (JSON.stringify(wanted) === JSON.stringify(readWanted(db))) return;
  writeWanted(db, wanted);
  writeSetting(db, pausedSetting, '');
  modelSwitch.start();
  events.emit('models.changed', null);
}

/** The procedures about models. */
export function createModelHandlers(library: OpenLibrary): ModelHandlers {
  const { db, events, modelsPath, modelSwitch } = library;
  let fetching: AbortController | null = null;

  async function list(): Promise<ModelsInfo> {
    const active = library.active();
    const wanted = readWanted(db);
    const [inUse, next] = [await resolveChoice(active, modelsPath), await resolveChoice(wanted, modelsPath)];
    const packs = listPacks(modelsPath);
    return {
      active: toDto(active),
      wanted: toDto(wanted),
      outdated: inUse.choice !== null && pipelineOf(inUse.choice) !== active.model,
      packs: [builtInPack(active, wanted), ...packs.map((pack) => toPack(pack, usedIds()))],
      recommended: recommendedPacks.map((pack) => toRecommended(pack, packs)),
      switching: modelSwitch.status(),
      problem: inUse.problem ?? next.problem,
    };
  }

  async function isMissing(): Promise<boolean> {
    return (await resolveChoice(library.active(), modelsPath)).choice === null;
  }

  function usedIds(): Set<string | undefined> {
    const [active, wanted] = [library.active(), readWanted(db)];
    return new Set([active.detector, active.embedder, wanted.detector, wanted.embedder]);
  }

  async function choose(wanted: StoredChoice): Promise<ModelsInfo> {
    chooseModels(library, wanted);
    return list();
  }

  /** @param wasMissing what is in use could not be opened before */
  function added(pack: Pack, wasMissing: boolean): ModelPack {
    if (wasMissing) modelSwitch.check();
    events.emit('models.changed', null);
    return toPack({ id: packId(pack.manifest), ...pack, problem: null }, usedIds());
  }

  return {
    'models.list': list,
    'models.use': ({ name }) => {
      // What was trained follows the models of before.
      const { care, learned: _, ...parts } = readWanted(db);
      if (name === builtInName) return choose({ care });
      const { manifest } = findPack(modelsPath, name);
      const id = packId(manifest);
      return choose({
        care,
        ...parts,
        ...(manifest.detector && { detector: id }),
        ...(manifest.embedder && { embedder: id }),
      });
    },
    'models.setCare': ({ care }) => {
      const wanted = readWanted(db);
      const { learned: _, ...others } = wanted;
      return choose(care === wanted.care ? wanted : { ...others, care });
    },
    'models.add': async ({ path }) => {
      const wasMissing = await isMissing();
      return added(await addPack(modelsPath, path), wasMissing);
    },
    'models.fetch': async ({ name }) => {
      const pack = recommendedByName(name);
      if (!pack) {
        const names = recommendedPacks.map(({ manifest }) => manifest.name).join(', ');
        throw new KindredError('not-found', `Kindred knows no model pack ${name} to fetch, only ${names}.`, { name });
      }
      if (fetching) throw new KindredError('invalid-input', 'Another model pack is being downloaded.');
      fetching = new AbortController();
      let last = 0;
      const wasMissing = await isMissing();
      try {
        return added(
          await fetchPack(modelsPath, pack, {
            signal: fetching.signal,
            onProgress(bytes, total) {
              const now = performance.now();
              if (bytes < total && now - last < fetchPauseMs) return;
              last = now;
              events.emit('models.fetching', { name, bytes, total });
            },
          }),
          wasMissing,
        );
      } catch (error) {
        if (!fetching.signal.aborted) throw error;
        throw new KindredError('invalid-input', 'The download was stopped.');
      } finally {
        fetching = null;
      }
    },
    'models.cancelFetch': () => {
      fetching?.abort();
      return null;
    },
    'models.remove': async ({ id }) => {
      if (usedIds().has(id)) {
        throw new KindredError('invalid-input', `The model pack ${id} is in use. Choose other models first.`);
      }
      await removePack(modelsPath, id);
      events.emit('models.changed', null);
      return null;
    },
    'models.pauseSwitch': () => {
      modelSwitch.pause();
      if (modelSwitch.status().phase === 'paused') writeSetting(db, pausedSetting, '1');
      return modelSwitch.status();
    },
    'models.resumeSwitch': () => {
      writeSetting(db, pausedSetting, '');
      modelSwitch.resume();
      return modelSwitch.status();
    },
    'models.cancelSwitch': () => {
      if (!modelSwitch.status().canCancel) {
        throw new KindredError(
          'invalid-input',
          'What is in use was found by an older Kindred or by a pack that is gone, so there is nothing to go back to. Pause it, or choose other models.',
        );
      }
      return choose(choiceInUse(library.active()));
    },
  };
}

function toDto({ care, detector, embedder, learned }: StoredChoice): ModelChoiceDto {
  return { care, detector: detector ?? null, embedder: embedder ?? null, learned: learned ?? null };
}

function builtInPack(...choices: readonly StoredChoice[]): ModelPack {
  return {
    id: builtInName,
    name: builtInName,
    version,
    title: 'Built-in models',
    licence: 'MIT and public domain',
    source: 'https://github.com/vladmandic/face-api',
    brings: ['detector', 'embedder'],
    inUse: choices.some(({ detector, embedder }) => detector === undefined || embedder === undefined),
    problem: null,
  };
}

function toPack({ id, manifest, problem }: StoredPack, used: ReadonlySet<string | undefined>): ModelPack {
  const [name = id, packVersion = ''] = id.split('@');
  return {
    id,
    name,
    version: packVersion,
    title: manifest?.title ?? name,
    licence: manifest?.licence ?? '',
    source: manifest?.source ?? null,
    brings: manifest ? brings(manifest) : [],
    inUse: used.has(id),
    problem,
  };
}

function toRecommended({ manifest, url, bytes }: RecommendedPack, packs: readonly StoredPack[]): RecommendedModelPack {
  const { name, title, licence, source = '' } = manifest;
  return {
    name,
    title,
    licence,
    source,
    url,
    bytes,
    sha256: partsOf(manifest)[0]!.sha256,
    brings: brings(manifest),
    added: packs.some(({ id, problem }) => id === packId(manifest) && problem === null),
  };
}

function brings({ detector, embedder }: PackManifest): ModelPart[] {
  return [...(detector ? (['detector'] as const) : []), ...(embedder ? (['embedder'] as const) : [])];
}
