import type {
  LearningMetrics,
  LearningPhase,
  LearningProgress,
  LearningReport,
  LearningStatus,
  ModelVersion,
  PersonLabel,
} from '../../../app/contract/learning.ts';
import { formatDuration, formatNumber, plural } from '../../ui/format.ts';

/** A share as `87.4 %`. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const phases: Record<LearningPhase, string> = {
  collecting: 'Reading what you confirmed',
  training: 'Training',
  measuring: 'Testing on faces held back',
  embedding: 'Looking at your faces anew',
  grouping: 'Putting people together',
};

/** What a run is doing, and how far it is, in parts that may wrap. */
export function progressParts({ phase, done, total, secondsLeft }: LearningProgress, paused: boolean): string[] {
  const parts = [phases[phase]];
  if (total > 0) parts.push(`${formatNumber(done)} of ${formatNumber(total)}`);
  if (secondsLeft !== null && !paused) parts.push(`${formatDuration(secondsLeft)} left`);
  return parts;
}

/** What will happen when the button is pressed. */
export function promise({ people, confirmedFaces, estimatedSeconds }: LearningStatus): string {
  const seconds = estimatedSeconds.head;
  const time = seconds === null ? '' : ` It takes about ${formatDuration(seconds)}.`;
  return (
    `Kindred learns to tell people apart from the ${plural(confirmedFaces, 'face')} of ${plural(people, 'person', 'people')} ` +
    `that you confirmed, and tests what it learned on faces that it held back.${time} ` +
    'Nothing changes unless the test shows that it got better and you keep it. Your corrections stay as they are.'
  );
}

/** `12 faces that were wrong are now right; 1 the other way`. */
export function changesText({ heldOut }: LearningReport): string {
  const fixed = heldOut.filter((change) => change.fixed).length;
  const broken = heldOut.length - fixed;
  if (heldOut.length === 0) return 'No face that was held back is recognised otherwise.';
  const right =
    fixed === 1 ? '1 face that was wrong is now right' : `${formatNumber(fixed)} faces that were wrong are now right`;
  return broken === 0 ? `${right}; none the other way.` : `${right}; ${formatNumber(broken)} the other way.`;
}

export interface MetricRow {
  name: string;
  explanation: string;
  before: number;
  after: number;
}

export function metricRows({ before, after }: { before: LearningMetrics; after: LearningMetrics }): MetricRow[] {
  return [
    {
      name: 'Recognised',
      explanation:
        'Faces held back that are found to be the right person, while 1 stranger in 100 is taken for somebody (DIR).',
      before: before.identification,
      after: after.identification,
    },
    {
      name: 'Grouped',
      explanation: 'How well held-back faces fall into groups of one person each (BCubed F).',
      before: before.grouping,
      after: after.grouping,
    },
    {
      name: 'Everybody else',
      explanation: 'Pairs of faces recognised of people it had never been told about (VAL at FAR 1e-3).',
      before: before.general,
      after: after.general,
    },
  ];
}

export function personText(person: PersonLabel | null): string {
  if (person === null) return 'nobody';
  return person.name === '' ? 'somebody unnamed' : person.name;
}

/** How a version stands, for its line in the history. */
export function standingText({ status, active, imported }: ModelVersion): string {
  if (active) return 'In use';
  if (status === 'refused') return 'Not better, not used';
  if (status === 'discarded') return 'Discarded';
  if (status === 'candidate') return 'Waits for you';
  return imported ? 'Imported' : 'Kept';
}

export function dataText({ data, kind }: ModelVersion): string {
  const kinds = { head: 'Last layer', finetune: 'Fine-tuned', scratch: 'From scratch' };
  return `${kinds[kind]}, from ${plural(data.faces, 'face')} of ${plural(data.people, 'person', 'people')}`;
}
