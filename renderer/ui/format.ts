/** The window speaks English; dates and numbers follow the kind of English that the system prefers. */
const locale = navigator.languages.find((language) => language.startsWith('en')) ?? 'en';

const wholeNumber = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const utc = { timeZone: 'UTC' } as const;
const monthFormat = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', ...utc });
const dateFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...utc });
const monthDayFormat = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', ...utc });
const weekdayFormat = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', ...utc });
const fullDayFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'full', ...utc });
const timeFormat = new Intl.DateTimeFormat(locale, { timeStyle: 'short', ...utc });

const localDayFormat = new Intl.DateTimeFormat(locale, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const localTimeFormat = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
const localDateFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });

/** Days and times come as local wall-clock text; reading them as UTC keeps them what they are. */
const at = (text: string): Date => new Date(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`);

export const formatNumber = (value: number): string => wholeNumber.format(value);

/** `1 photo`, `1,204 photos`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${wholeNumber.format(count)} ${count === 1 ? one : many}`;
}

/** `2024-06` to `June 2024`, `2024` to itself, '' to `No date`. */
export function formatPeriod(key: string): string {
  if (key === '') return 'No date';
  return key.length === 4 ? key : monthFormat.format(at(`${key}-01`));
}

/** A day without what stands above it: `Fri 14` under a month, `14 Jun` under a year, else `14 Jun 2024`. */
export function formatDayMark(day: string, under: 'month' | 'year' | 'none'): string {
  if (under !== 'month') return (under === 'year' ? monthDayFormat : dateFormat).format(at(day));
  // In English a weekday and a day alone come out as `14 Fri`.
  const parts = new Map(weekdayFormat.formatToParts(at(day)).map(({ type, value }) => [type, value]));
  return `${parts.get('weekday') ?? ''} ${parts.get('day') ?? ''}`;
}

/** `2024-06-14` to `Friday, June 14, 2024`. */
export const formatDay = (day: string): string => (day === '' ? 'no date' : fullDayFormat.format(at(day)));

/** `2024-06-14` to `14 Jun 2024`. */
export const formatDate = (day: string): string => dateFormat.format(at(day));

/** `2024-06-14T16:42:10` to `4:42 PM`. */
export const formatTime = (dateTime: string): string => timeFormat.format(at(dateTime));

/** A squared L2 distance between faces, with the digits that say something. */
export const formatDistance = (distance: number): string => distance.toFixed(3);
/** The day of an instant (ISO) on this computer's clock: `Today`, `Yesterday`, `Friday, June 14, 2024`. */
export function formatInstantDay(instant: string, now = new Date()): string {
  const day = new Date(instant);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (day.toDateString() === now.toDateString()) return 'Today';
  if (day.toDateString() === yesterday.toDateString()) return 'Yesterday';
  return localDayFormat.format(day);
}

/** The time of an instant (ISO) on this computer's clock: `4:42 PM`. */
export const formatInstantTime = (instant: string): string => localTimeFormat.format(new Date(instant));

/** An instant (ISO) in short: the time where it was today, else the date. */
export function formatMoment(instant: string, now = new Date()): string {
  const moment = new Date(instant);
  return moment.toDateString() === now.toDateString() ? formatInstantTime(instant) : localDateFormat.format(moment);
}

/** 4211233 to `4.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? wholeNumber.format(value) : oneDigit.format(value)} ${units[unit] ?? ''}`;
}

/** Seconds to `45 s`, `4 min`, `2 h 10 min`; rounded so that it does not flicker. */
export function formatDuration(seconds: number): string {
  if (seconds < 55) return `${Math.max(1, seconds > 10 ? Math.round(seconds / 5) * 5 : Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Photos per second with one digit where that matters. */
export const formatRate = (perSecond: number): string =>
  perSecond < 10 ? oneDigit.format(perSecond) : wholeNumber.format(perSecond);

/** The last part of a path, whichever way its slashes lean. */
export const fileName = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;

/** The folder of a path. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.length - fileName(path).length - 1));
