import type { ModelChoiceDto, ModelPack, ModelPart, ModelsInfo, SwitchStatus } from '../../../app/contract/dto.ts';
import { formatDuration, formatNumber, formatRate, plural } from '../../ui/format.ts';

/** `Finds faces`, `Tells faces apart`, or both. */
export function bringsText(brings: readonly ModelPart[]): string {
  if (brings.length === 2) return 'Finds faces and tells them apart';
  return brings[0] === 'embedder' ? 'Tells faces apart' : 'Finds faces';
}

/** What finds faces and what tells them apart, by title. */
export function choiceText({ detector, embedder, care }: ModelChoiceDto, packs: readonly ModelPack[]): string {
  const titleOf = (id: string | null): string =>
    packs.find((pack) => pack.id === (id ?? 'built-in'))?.title ?? id ?? '';
  const models = detector === embedder ? titleOf(detector) : `${titleOf(detector)}; ${titleOf(embedder)}`;
  return `${models} (${care})`;
}

/** Something else is chosen than what is in use. */
export function isPending({ active, wanted, outdated }: ModelsInfo): boolean {
  return (
    outdated ||
    active.care !== wanted.care ||
    active.detector !== wanted.detector ||
    active.embedder !== wanted.embedder
  );
}

/** How far reading has come, in parts that may wrap. */
export function progressParts({ phase, done, total, photosPerSecond, secondsLeft }: SwitchStatus): string[] {
  if (phase === 'grouping') return ['Putting people together'];
  if (total === 0) return ['Opening the models'];
  const parts = [`${formatNumber(done)} of ${plural(total, 'photo')}`];
  if (phase === 'reading' && photosPerSecond > 0) parts.push(`${formatRate(photosPerSecond)} photos/s`);
  if (phase === 'reading' && secondsLeft !== null) parts.push(`${formatDuration(secondsLeft)} left`);
  return parts;
}
