import type { HistoryEntry } from '../../../app/contract/dto.ts';

export interface HistoryDay {
  /** The day in the words of {@link name}. */
  day: string;
  entries: HistoryRow[];
}

export interface HistoryRow {
  entry: HistoryEntry;
  /** How many decisions going back to this entry would take back. */
  later: number;
}

/**
 * Puts entries under the days on which they were made.
 *
 * @param entries newest first
 * @param name words for the day of an instant
 */
export function groupByDay(entries: readonly HistoryEntry[], name: (instant: string) => string): HistoryDay[] {
  const days: HistoryDay[] = [];
  let later = 0;
  for (const entry of entries) {
    const day = name(entry.at);
    if (days.at(-1)?.day !== day) days.push({ day, entries: [] });
    days.at(-1)?.entries.push({ entry, later });
    if (entry.active) later++;
  }
  return days;
}
