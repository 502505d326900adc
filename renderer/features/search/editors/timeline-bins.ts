/** A bar of the timeline: a month or a year. */
export interface TimelineBin {
  /** `YYYY-MM`; the same twice for a month. */
  first: string;
  last: string;
  /** `2019` or `2019-06`, as `formatPeriod` reads it. */
  key: string;
  photos: number;
}

const monthOf = (index: number): string => `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;

function indexOf(month: string): number {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return year * 12 + number - 1;
}

/**
 * Photos by month as bars without gaps: one a month where those are no more than `most`, else one a year.
 *
 * @param months as `YYYY-MM`, oldest first
 */
export function binsOf(months: readonly { month: string; photos: number }[], most: number): TimelineBin[] {
  const [first, last] = [months[0], months.at(-1)];
  if (!first || !last) return [];
  const byYear = indexOf(last.month) - indexOf(first.month) + 1 > most;
  const step = byYear ? 12 : 1;
  const start = byYear ? indexOf(`${first.month.slice(0, 4)}-01`) : indexOf(first.month);
  const count = Math.floor((indexOf(last.month) - start) / step) + 1;
  const bins = Array.from({ length: count }, (_, i): TimelineBin => {
    const month = monthOf(start + i * step);
    return {
      first: month,
      last: monthOf(start + i * step + step - 1),
      key: byYear ? month.slice(0, 4) : month,
      photos: 0,
    };
  });
  for (const { month, photos } of months) bins[Math.floor((indexOf(month) - start) / step)]!.photos += photos;
  return bins;
}

/** The first and the last bar that a range of days touches; the whole timeline where an end is open. */
export function binsWithin(
  bins: readonly TimelineBin[],
  from: string | undefined,
  to: string | undefined,
): { first: number; last: number } | null {
  const first = from === undefined ? 0 : bins.findIndex((bin) => bin.last >= from.slice(0, 7));
  const last = to === undefined ? bins.length - 1 : bins.findLastIndex((bin) => bin.first <= to.slice(0, 7));
  return first < 0 || last < first ? null : { first, last };
}
