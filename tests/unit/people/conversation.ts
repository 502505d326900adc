import type { DecisionRequest } from '../../../app/contract/procedures.ts';
import { checkStatement } from '../../../app/people/contradictions.ts';
import { readLog } from '../../../app/people/decision-log.ts';
import type { Decision, NewStatement, Statement } from '../../../app/people/decisions.ts';
import { interpret } from '../../../app/people/interpret.ts';
import { decideName, type People } from '../../../app/people/people.ts';
import { createRandom } from '../../support/random.ts';
import type { DecidedFaces } from './decided-faces.ts';

const kinds = [
  'name',
  'confirm',
  'reject',
  'same',
  'different',
  'merge',
  'split',
  'not-a-face',
  'ignore',
  'ignore-person',
  'restore',
  'hide',
  'cover',
  'birth',
  'same-photo',
] as const;

/** One thing that was said, with the people before and after. */
export interface Turn {
  request: DecisionRequest | { kind: 'name'; person: string; name: string };
  statement: Statement;
  before: People;
  after: People;
}

export interface Conversation {
  log: Decision[];
  turns: Turn[];
}

/**
 * Somebody looks at the people as they are and says something, true or not, again and again. What contradicts earlier
 * statements takes their place, every second time; else it is taken as not said.
 */
export function converse(library: DecidedFaces, seed: number, length: number): Conversation {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const oneOf = <Value>(values: readonly Value[]): Value => values[below(values.length)]!;
  const some = <Value>(values: readonly Value[], share: number): Value[] => {
    const chosen = values.filter(() => random() < share);
    return chosen.length > 0 ? chosen : [oneOf(values)];
  };
  const { photos } = library.faces;
  const faces = [...photos.keys()];
  const log: Decision[] = [];
  const turns: Turn[] = [];

  function ask(people: People): Turn['request'] | undefined {
    if (people.list.length === 0) return undefined;
    const person = oneOf(people.list);
    const other = oneOf(people.list);
    const face = oneOf(person.faceIds);
    const kind = oneOf(kinds);
    switch (kind) {
      case 'name':
        return { kind, person: person.id, name: oneOf(['', 'Ana', 'Bo', 'Cleo']) };
      case 'confirm':
        return { kind, person: person.id, faces: some([...person.faceIds, ...some(other.faceIds, 0.3)], 0.4) };
      case 'reject':
      case 'split':
        return { kind, person: person.id, faces: some(person.faceIds, 0.3) };
      case 'same':
        return { kind, a: face, b: oneOf(other.faceIds) };
      case 'different': {
        const others = oneOf([undefined, some(oneOf(people.list).faceIds, 0.2).filter((id) => id !== face)]);
        const b = oneOf([oneOf(person.faceIds), oneOf(other.faceIds)]);
        return b === face ? undefined : { kind, a: face, b, others };
      }
      case 'merge':
        return { kind, into: person.id, from: other.id };
      case 'not-a-face':
      case 'ignore':
        return { kind, faces: [face] };
      case 'ignore-person':
        return { kind, person: person.id };
      case 'restore': {
        const aside = [...people.aside.keys()];
        return aside.length === 0 ? undefined : { kind, faces: some(aside, 0.5) };
      }
      case 'hide':
        return { kind, person: person.id, hidden: random() < 0.5 };
      case 'cover':
        return { kind, person: person.id, face };
      case 'birth':
        return { kind, person: person.id, date: oneOf([null, '0000-00-04', '0000-00-07']) };
      case 'same-photo': {
        const inPhoto = faces.filter((id) => photos[id] === photos[face]);
        return inPhoto.length < 2 ? undefined : { kind, faces: inPhoto };
      }
    }
  }

  function meant(request: Turn['request'], people: People): NewStatement | undefined {
    if (request.kind === 'name') return decideName(people.byId.get(request.person)!, request.name);
    try {
      return interpret(request, { people, photoOf: (face) => photos[face], facesOfPhoto: () => [] });
    } catch {
      return undefined;
    }
  }

  let before = library.people(log);
  while (turns.length < length) {
    const request = ask(before);
    if (!request && before.list.length === 0) break;
    const wanted = request && meant(request, before);
    if (!request || !wanted) continue;
    const { standing } = readLog(log);
    let { statement, conflict } = checkStatement(standing, wanted);
    if (conflict && random() < 0.5) continue;
    if (conflict) ({ statement, conflict } = checkStatement(standing, { ...wanted, instead: conflict.entries }));
    if (conflict) throw new Error('taking back what stands in the way makes no room');
    const entry: Statement = { ...statement, id: log.length + 1, at: '2024-05-01T10:00:00.000Z' };
    log.push(entry);
    const after = library.people(log);
    turns.push({ request, statement: entry, before, after });
    before = after;
  }
  return { log, turns };
}
