import type { PhotoFilter } from '../../../../app/contract/search.ts';

/** What is asked of a person: that they are in the photo, one of those who may be, or not there. */
export type PersonRole = 'all' | 'any' | 'none';
export const personRoles: readonly PersonRole[] = ['all', 'any', 'none'];

/** The parts of a filter that are edited as one. */
export type FilterPart = 'text' | 'only' | 'dates' | 'folder' | 'camera' | 'place' | 'unnamed' | 'count';

const keysOf: Record<FilterPart, readonly (keyof PhotoFilter)[]> = {
  text: ['text'],
  only: ['only'],
  dates: ['from', 'to'],
  folder: ['folder'],
  camera: ['camera'],
  place: ['place'],
  unnamed: ['unnamed'],
  count: ['leastPeople', 'mostPeople'],
};

/** The filter without one of its parts. */
export function without(filter: PhotoFilter, part: FilterPart): PhotoFilter {
  const keys: readonly string[] = keysOf[part];
  return Object.fromEntries(Object.entries(filter).filter(([key]) => !keys.includes(key)));
}

/** The filter with one of its parts as it is in `change`. */
export const withPart = (filter: PhotoFilter, part: FilterPart, change: PhotoFilter): PhotoFilter => ({
  ...without(filter, part),
  ...change,
});

/** What is asked of a person; null where they are not named. */
export const roleOf = (filter: PhotoFilter, person: string): PersonRole | null =>
  personRoles.find((role) => filter[role]?.includes(person)) ?? null;

/** Asks something of a person, instead of what was asked of them before; null for nothing. */
export function withPerson(filter: PhotoFilter, person: string, role: PersonRole | null): PhotoFilter {
  const { all: _all, any: _any, none: _none, ...others } = filter;
  const next: PhotoFilter = others;
  for (const other of personRoles) {
    const before = filter[other] ?? [];
    // Who stays in their role keeps their place in the sentence.
    const after =
      other !== role ? before.filter((id) => id !== person) : before.includes(person) ? before : [...before, person];
    if (after.length > 0) next[other] = after;
  }
  // “And nobody else” needs somebody.
  if (next.all === undefined && next.any === undefined) delete next.only;
  return next;
}

/** Adds what a suggestion stands for: people come to those who are there, everything else takes the place of what was. */
export function joined(filter: PhotoFilter, addition: PhotoFilter): PhotoFilter {
  const { all, any, none, from, to, leastPeople, mostPeople, ...others } = addition;
  let next: PhotoFilter = { ...filter, ...others };
  if (from !== undefined || to !== undefined) {
    next = withPart(next, 'dates', { ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
  }
  if (leastPeople !== undefined || mostPeople !== undefined) {
    next = withPart(next, 'count', {
      ...(leastPeople !== undefined && { leastPeople }),
      ...(mostPeople !== undefined && { mostPeople }),
    });
  }
  for (const person of all ?? []) next = withPerson(next, person, 'all');
  for (const person of any ?? []) next = withPerson(next, person, 'any');
  for (const person of none ?? []) next = withPerson(next, person, 'none');
  return next;
}
