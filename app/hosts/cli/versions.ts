import { resolve } from 'node:path';
import type { SwitchStatus } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import type { LearningReport, ModelVersion, ModelVersions } from '../../contract/learning.ts';
import type { Service } from '../../service/service-types.ts';
import { finishSwitch } from './models.ts';
import { print, withService, type LibraryOptions } from './with-service.ts';

const stopped = 'Stopped; what was done is kept, and the same command or an open window goes on from here.';
const builtIn = 'built-in';

/** `kindred versions list`. */
export function runVersionsList(options: LibraryOptions): Promise<void> {
  return withService(options, stopped, async (service) => {
    const versions = await service.call('learning.versions', undefined);
    print(options, versions, listText(versions));
  });
}

/** `kindred versions report`. */
export function runVersionsReport(version: string, options: LibraryOptions): Promise<void> {
  return withService(options, stopped, async (service) => {
    const report = await service.call('learning.report', { version });
    print(options, report, reportText(report));
  });
}

/** `kindred versions keep`: what was trained last is used from now on. */
export function runVersionsKeep(options: LibraryOptions): Promise<void> {
  return activating(options, async (service) => {
    await service.call('learning.keep', undefined);
  });
}

/** `kindred versions discard`. */
export function runVersionsDiscard(options: LibraryOptions): Promise<void> {
  return withService(options, stopped, async (service) => {
    const status = await service.call('learning.discard', undefined);
    print(options, status, 'Discarded; its report is kept.');
  });
}

/** `kindred versions activate`. */
export function runVersionsActivate(version: string, options: LibraryOptions): Promise<void> {
  return activating(options, async (service) => {
    await service.call('learning.activate', { version: version === builtIn ? null : version });
  });
}

/** `kindred versions rollback`: back to what was in use before. */
export function runVersionsRollback(options: LibraryOptions): Promise<void> {
  return activating(options, async (service) => {
    const { previous } = await service.call('learning.versions', undefined);
    if (previous === undefined) throw new KindredError('invalid-input', 'There is no version in use to go back from.');
    await service.call('learning.activate', { version: previous });
  });
}

/** `kindred versions remove`. */
export function runVersionsRemove(version: string, options: LibraryOptions): Promise<void> {
  return withService(options, stopped, async (service) => {
    await service.call('learning.remove', { version });
    print(options, { removed: version }, `Removed ${version}.`);
  });
}

/** `kindred versions export`. */
export function runVersionsExport(version: string, path: string, options: LibraryOptions): Promise<void> {
  return withService(options, stopped, async (service) => {
    const written = await service.call('learning.export', { version, path: resolve(path) });
    print(options, written, `Wrote ${written.path} (${Math.ceil(written.bytes / 1024)} kB).`);
  });
}

/** `kindred versions import`. */
export function runVersionsImport(path: string, options: LibraryOptions): Promise<void> {
  return withService(options, stopped, async (service) => {
    const version = await service.call('learning.import', { path: resolve(path) });
    print(
      options,
      version,
      `Added ${version.name} (${version.id}).\nUse it with: kindred versions activate ${version.id}`,
    );
  });
}

function activating(options: LibraryOptions, choose: (service: Service) => Promise<void>): Promise<void> {
  return withService(options, stopped, async (service, signal) => {
    await choose(service);
    await finishActivation(service, signal);
    const versions = await service.call('learning.versions', undefined);
    print(options, versions, listText(versions));
  });
}

/** Waits until the version that was chosen is in use. @throws KindredError; the reason of the signal */
export async function finishActivation(service: Service, signal: AbortSignal): Promise<SwitchStatus> {
  return finishSwitch(service, signal);
}

function listText({ active, versions }: ModelVersions): string {
  const row = (version: ModelVersion): string =>
    `${version.active ? '*' : ' '} ${version.name.padEnd(12)} ${version.id.padEnd(22)} ${version.status.padEnd(10)} ${change(version)}${version.problem === null ? '' : `\n  ${version.problem}`}`;
  return [...versions.map(row), `${active === null ? '*' : ' '} ${builtIn.padEnd(12)} the models as they came`].join(
    '\n',
  );
}

function change({ before, after }: ModelVersion): string {
  return `identification ${percent(before.identification)} -> ${percent(after.identification)}`;
}

/** A report as text for people. */
export function reportText({ version, metrics, threshold, heldOut, library }: LearningReport): string {
  const { before, after } = metrics;
  const row = (name: string, from: string, to: string): string => `${name.padEnd(34)} ${from.padStart(8)} -> ${to}`;
  const fixed = heldOut.filter((face) => face.fixed).length;
  return [
    `${version.name} (${version.id}): ${version.reason}`,
    row('identification at 1 % false alarms', percent(before.identification), percent(after.identification)),
    row('grouping (BCubed F)', before.grouping.toFixed(3), after.grouping.toFixed(3)),
    row('people never confirmed (VAL@1e-3)', percent(before.general), percent(after.general)),
    row('threshold', threshold.before.toFixed(4), threshold.after.toFixed(4)),
    `held-out faces: ${fixed} that were wrong are right, ${heldOut.length - fixed} the other way`,
    ...(library ? [`faces of the library in another group: ${library.changed}`] : []),
  ].join('\n');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
