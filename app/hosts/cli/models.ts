import { resolve } from 'node:path';
import type { Care, ModelPack, ModelsInfo, SwitchStatus } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import type { Service } from '../../service/service-types.ts';
import { print, withService, type LibraryOptions } from './with-service.ts';

type ModelsOptions = LibraryOptions;

const stopped = 'Stopped; what was read is kept, and the same command or an open window goes on from here.';

/** `kindred models list`. */
export function runModelsList(options: ModelsOptions): Promise<void> {
  return withService(options, stopped, async (service) => {
    const info = await service.call('models.list', undefined);
    print(options, info, listText(info));
  });
}

/** `kindred models add`. */
export function runModelsAdd(path: string, options: ModelsOptions): Promise<void> {
  return withService(options, stopped, async (service) => {
    const pack = await service.call('models.add', { path: resolve(path) });
    print(options, pack, addedText(pack));
  });
}

/** `kindred models fetch`: the one command that goes to the network. */
export function runModelsFetch(name: string, options: ModelsOptions): Promise<void> {
  return withService(options, stopped, async (service, signal) => {
    signal.addEventListener('abort', () => void service.call('models.cancelFetch', undefined));
    const pack = await service.call('models.fetch', { name });
    print(options, pack, addedText(pack));
  });
}

/** `kindred models remove`. */
export function runModelsRemove(id: string, options: ModelsOptions): Promise<void> {
  return withService(options, stopped, async (service) => {
    const { packs } = await service.call('models.list', undefined);
    const found = packs.findLast((pack) => pack.id === id || pack.name === id);
    await service.call('models.remove', { id: found?.id ?? id });
    print(options, { removed: found?.id ?? id }, `Removed ${found?.id ?? id}.`);
  });
}

/** `kindred models use`: chooses, and reads the photos with what was chosen to the end; Ctrl-C leaves the rest for later. */
export function runModelsUse(name: string | undefined, options: ModelsOptions & { care?: Care }): Promise<void> {
  return withService(options, stopped, async (service, signal) => {
    if (options.care !== undefined) await service.call('models.setCare', { care: options.care });
    if (name !== undefined) await service.call('models.use', { name });
    const status = await finishSwitch(service, signal);
    const info = await service.call('models.list', undefined);
    print(options, info, `${outcomeText(status)}\n${choiceText(info)}`);
  });
}

/**
 * Reads what has to be read with the models that are chosen, to the end.
 *
 * @param signal stops it; what was read is kept
 * @throws KindredError `internal` where it stops by itself; the reason of `signal` when it aborts
 */
export async function finishSwitch(service: Service, signal: AbortSignal): Promise<SwitchStatus> {
  signal.throwIfAborted();
  const ended = Promise.withResolvers<SwitchStatus>();
  const unsubscribe = service.subscribe((event, payload) => {
    if (event !== 'models.progress') return;
    const status = payload as SwitchStatus;
    if (status.phase === 'idle' || status.phase === 'failed') ended.resolve(status);
  });
  ended.promise.catch(() => undefined);
  signal.addEventListener('abort', () => ended.reject(signal.reason as Error), { once: true });
  await service.call('models.resumeSwitch', undefined);
  const status = await ended.promise.finally(unsubscribe);
  if (status.phase === 'failed') throw new KindredError('internal', status.message ?? 'The switch stopped.');
  return status;
}

function addedText({ id, name, title }: ModelPack): string {
  return `Added ${id}: ${title}.\nChoose it with: kindred models use ${name}`;
}

function outcomeText({ done, failed, unreachable }: SwitchStatus): string {
  const parts = [`${done} photos read`];
  if (failed > 0) parts.push(`${failed} could not be read and keep the faces that are known`);
  if (unreachable > 0) parts.push(`${unreachable} cannot be reached now and are read when they can`);
  return `${parts.join(', ')}.`;
}

function choiceText({ active, outdated, problem }: ModelsInfo): string {
  const { care, detector, embedder, learned } = active;
  const lines = [
    `detector   ${detector ?? 'built-in'}`,
    `embedder   ${embedder ?? 'built-in'}`,
    `care       ${care}${outdated ? '  (read by an older Kindred)' : ''}`,
    ...(learned === null ? [] : [`trained    ${learned}`]),
  ];
  return [...lines, ...(problem === null ? [] : [problem])].join('\n');
}

function listText(info: ModelsInfo): string {
  const { packs, recommended, wanted, active, switching } = info;
  const row = ({ id, title, licence, brings, inUse, problem }: ModelPack): string =>
    `${inUse ? '*' : ' '} ${id.padEnd(20)} ${title} (${brings.join(' and ')}; ${licence})${problem === null ? '' : `: ${problem}`}`;
  const open = recommended.filter(({ added }) => !added);
  const isSame = JSON.stringify(wanted) === JSON.stringify(active) && !info.outdated;
  return [
    choiceText(info),
    ...(isSame
      ? []
      : [
          `chosen     ${wanted.detector ?? 'built-in'}, ${wanted.embedder ?? 'built-in'}, ${wanted.care}: ${
            switching.total > 0 ? `${switching.done} of ${switching.total} photos read` : 'not read yet'
          }; kindred models use goes on`,
        ]),
    '',
    'Packs (* in use):',
    ...packs.map(row),
    ...(open.length > 0 ? ['', 'To be fetched with kindred models fetch <name>:'] : []),
    ...open.map(({ name, title, licence, source, sha256, bytes }) =>
      [
        `  ${name.padEnd(20)} ${title} (${licence}, ${(bytes / 1e6).toFixed(1)} MB)`,
        `    from ${source}`,
        `    SHA-256 ${sha256}`,
      ].join('\n'),
    ),
  ].join('\n');
}
