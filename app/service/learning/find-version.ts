import type { Database } from 'better-sqlite3';
import { KindredError } from '../../contract/errors.ts';
import { listVersions, type StoredVersion } from '../../learning/versions.store.ts';

/**
 * @param given id, or the beginning of it that no other has, or the number
 * @throws KindredError `not-found`
 */
export function findVersion(db: Database, given: string): StoredVersion {
  const found = listVersions(db).filter(({ id, number }) => id.startsWith(given) || String(number) === given);
  const exact = found.find(({ id, number }) => id === given || String(number) === given);
  if (exact) return exact;
  if (found.length === 1) return found[0]!;
  const reason = found.length === 0 ? 'There is no model version' : 'There are several model versions';
  throw new KindredError('not-found', `${reason} ${given} in this library.`, { version: given });
}

/** For people. */
export function nameOf({ number }: Pick<StoredVersion, 'number'>): string {
  return `Version ${number}`;
}
