import type { LibraryChange, PersonLabel } from '../../contract/learning.ts';
import type { People, Person } from '../../people/people.ts';

/** As many faces as a report lists. */
const mostListed = 500;

/**
 * The faces that another model groups otherwise. People whom something is known about are told by that; a group of somebody
 * unknown is the one of before that most of its faces come from.
 */
export function libraryChanges(before: People, after: People): { changed: number; faces: LibraryChange[] } {
  const groupBefore = groupsOf(before);
  const heirs = heirsOf(after, groupBefore);
  const changes: (LibraryChange & { isKnown: boolean })[] = [];
  const groupAfter = groupsOf(after);
  for (const face of new Set([...groupBefore.keys(), ...groupAfter.keys()])) {
    const [from, to] = [groupBefore.get(face), groupAfter.get(face)];
    if (from?.id === (to && (heirs.get(to.id) ?? to.id))) continue;
    changes.push({
      faceId: face,
      before: labelOf(from),
      after: labelOf(to),
      isKnown: Boolean(from?.known ?? to?.known),
    });
  }
  changes.sort((a, b) => Number(b.isKnown) - Number(a.isKnown) || a.faceId - b.faceId);
  return { changed: changes.length, faces: changes.slice(0, mostListed).map(({ isKnown: _, ...change }) => change) };
}

function groupsOf({ list }: People): Map<number, Person> {
  return new Map(list.flatMap((person) => person.faceIds.map((face) => [face, person] as const)));
}

/** Per unknown group of now the unknown one of before that it goes on; the largest first where several do. */
function heirsOf({ list }: People, before: ReadonlyMap<number, Person>): Map<string, string> {
  const taken = new Set<string>();
  const heirs = new Map<string, string>();
  for (const { id, known, faceIds } of list.toSorted((a, b) => b.faceIds.length - a.faceIds.length)) {
    if (known) continue;
    const counts = new Map<string, number>();
    for (const face of faceIds) {
      const from = before.get(face);
      if (from?.known === null && !taken.has(from.id)) counts.set(from.id, (counts.get(from.id) ?? 0) + 1);
    }
    const [best] = [...counts].sort(([, a], [, b]) => b - a);
    // Nobody of before may be taken for this group by its id alone.
    heirs.set(id, best?.[0] ?? `new ${id}`);
    if (best) taken.add(best[0]);
  }
  return heirs;
}

function labelOf(person: Person | undefined): PersonLabel | null {
  return person ? { id: person.id, name: person.name } : null;
}
