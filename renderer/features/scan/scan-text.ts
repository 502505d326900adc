import type { ScanStatus } from '../../../app/contract/dto.ts';
import { formatDuration, formatNumber, formatRate, plural } from '../../ui/format.ts';

export interface ScanText {
  title: string;
  /** What follows the title, in parts that may wrap. */
  parts: string[];
  /** 0..1, or null where the end is not known. */
  progress: number | null;
}

/** Puts a scan's state into plain words. */
export function describeScan(status: ScanStatus): ScanText {
  const share = status.total === 0 ? 0 : status.done / status.total;
  const ofTotal = `${formatNumber(status.done)} of ${plural(status.total, 'photo')}`;
  switch (status.phase) {
    case 'listing':
      return { title: 'Looking for photos', parts: [`${formatNumber(status.found)} found`], progress: null };
    case 'indexing': {
      const parts = [ofTotal];
      if (status.photosPerSecond > 0) parts.push(`${formatRate(status.photosPerSecond)} photos/s`);
      if (status.secondsLeft !== null) parts.push(`${formatDuration(status.secondsLeft)} left`);
      return { title: 'Finding faces', parts, progress: share };
    }
    case 'grouping':
      return { title: 'Putting people together', parts: [plural(status.facesFound, 'new face')], progress: null };
    case 'paused':
      return { title: 'Paused', parts: [ofTotal], progress: share };
    case 'cancelled':
      return { title: 'Stopped', parts: [ofTotal, 'go on whenever you like'], progress: share };
    case 'failed':
      return { title: 'The scan stopped', parts: [status.message ?? 'Something went wrong.'], progress: share };
    case 'done':
      return { title: 'Up to date', parts: doneParts(status), progress: 1 };
    case 'idle':
      return { title: '', parts: [], progress: null };
  }
}

function doneParts(status: ScanStatus): string[] {
  const read = status.done - status.failed;
  if (read <= 0) return ['No new photos'];
  return [
    plural(read, 'new photo'),
    plural(status.facesFound, 'face'),
    plural(status.people, 'person', 'people'),
    formatDuration(status.secondsElapsed),
  ];
}
