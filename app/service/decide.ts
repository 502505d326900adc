import type { Contradiction, DecisionResult, History } from '../contract/dto.ts';
import { KindredError } from '../contract/errors.ts';
import type { DecisionRequest } from '../contract/procedures.ts';
import { checkStatement } from '../people/contradictions.ts';
import type { NewDecision, NewStatement } from '../people/decisions.ts';
import { interpret, type Meaning } from '../people/interpret.ts';
import { findPerson, type People } from '../people/people.ts';
import type { DecisionHistory } from './decision-history.ts';
import type { Grouping } from './grouping.ts';

/** Saying something about people, and taking it back. */
export interface Decider {
  /** @throws KindredError `not-found`, `invalid-input`, `contradiction` */
  decide(request: DecisionRequest, instead: readonly number[]): Promise<DecisionResult>;
  /** Writes a statement that has been put in terms of faces already. */
  state(statement: NewStatement, personId: string | null): Promise<DecisionResult>;
  /** @param entry the one to take back; without it the last one that stands */
  undo(entry?: number): Promise<DecisionResult>;
  redo(): Promise<DecisionResult>;
  /** Takes back everything after an entry; 0 for everything. */
  jump(entry: number): Promise<DecisionResult>;
  history(): History;
}

export interface DeciderParts {
  history: DecisionHistory;
  grouping: Grouping;
  facesOfPhoto: (photo: number) => number[];
}

const nothing: DecisionResult = { entry: null, text: '', settled: 0, personId: null };

export function createDecider({ history, grouping, facesOfPhoto }: DeciderParts): Decider {
  const meaning = (): Meaning => ({
    people: grouping.people(),
    photoOf: (face) => grouping.faces().get(face)?.photoId,
    facesOfPhoto,
  });

  async function write(decision: NewDecision, text: (entry: number) => string, about: string | null, face?: number) {
    const before = grouping.people();
    const { id } = history.append(decision);
    grouping.decided();
    await grouping.refresh();
    const after = grouping.people();
    const person =
      (face === undefined ? undefined : after.byFace.get(face)) ??
      (about === null ? undefined : (findPerson(after, about) ?? after.byId.get(`p${id}`)));
    return { entry: id, text: text(id), settled: countSettled(before, after), personId: person?.id ?? null };
  }

  function check(statement: NewStatement): NewStatement {
    const checked = checkStatement(history.log().standing, statement);
    if (!checked.conflict) return checked.statement;
    const { entries, faces } = checked.conflict;
    const details: Contradiction = {
      entries: entries.flatMap((id) => history.entry(id) ?? []),
      faceIds: faces,
    };
    throw new KindredError(
      'contradiction',
      entries.length === 1
        ? 'This cannot be true together with something that was said before.'
        : `This cannot be true together with ${entries.length} things that were said before.`,
      { ...details },
    );
  }

  const state: Decider['state'] = (statement, personId) => {
    return write(check(statement), (id) => history.entry(id)?.text ?? '', personId, faceAtHand(statement));
  };

  return {
    async decide(request, instead) {
      const meant = interpret(request, meaning());
      if (!meant) return { ...nothing, personId: personIn(request) };
      const statement = instead.length > 0 ? { ...meant, instead: [...instead] } : meant;
      return state(statement, personIn(request) ?? personOfFace(request, grouping.people()));
    },
    state,
    async undo(entry) {
      const { undoable } = history.log();
      const id = entry ?? undoable.at(-1);
      if (id === undefined || (entry !== undefined && !undoable.includes(entry))) return nothing;
      const text = history.entry(id)!.text;
      return write({ kind: 'undo', entries: [id] }, () => `Undone: ${lowerFirst(text)}`, null);
    },
    async redo() {
      const entries = history.log().redoable.at(-1);
      if (!entries) return nothing;
      const text = describe(entries);
      return write({ kind: 'redo', entries }, () => `Done again: ${lowerFirst(text)}`, null);
    },
    async jump(entry) {
      const { undoable, statements } = history.log();
      if (entry !== 0 && !statements.some(({ id }) => id === entry)) {
        throw new KindredError('not-found', 'That entry is not in the history.');
      }
      const entries = undoable.filter((id) => id > entry);
      if (entries.length === 0) return nothing;
      return write({ kind: 'undo', entries }, () => `Took back ${describe(entries)}`, null);
    },
    history() {
      const { undoable, redoable } = history.log();
      const entries = history.entries();
      const last = entries.find(({ id }) => id === undoable.at(-1));
      const next = redoable.at(-1);
      return { entries: entries.toReversed(), undo: last?.text ?? null, redo: next ? describe(next) : null };
    },
  };

  function describe(entries: readonly number[]): string {
    const [only] = entries;
    return entries.length === 1 ? (history.entry(only!)?.text ?? '') : `${entries.length} decisions`;
  }
}

/** How many faces have another person now, or are newly certain. */
function countSettled(before: People, after: People): number {
  const certain = (people: People): Set<number> => {
    const faces = new Set<number>();
    for (const { known } of people.list) for (const face of known?.confirmed ?? []) faces.add(face);
    return faces;
  };
  const [certainBefore, certainAfter] = [certain(before), certain(after)];
  let settled = 0;
  for (const [face, { id }] of after.byFace) {
    if (id !== before.byFace.get(face)?.id || (certainAfter.has(face) && !certainBefore.has(face))) settled += 1;
  }
  for (const face of before.byFace.keys()) if (!after.byFace.has(face)) settled += 1;
  return settled;
}

/** A face of the person at hand, whoever leaves with the statement: the id of a stranger may be that of a face that does. */
function faceAtHand(statement: NewStatement): number | undefined {
  if (statement.kind === 'move') return statement.to;
  if (statement.kind === 'leave' || statement.kind === 'split') return statement.from;
  return 'face' in statement && statement.kind !== 'different' ? statement.face : undefined;
}

function personIn(request: DecisionRequest): string | null {
  if (request.kind === 'merge') return request.into;
  return 'person' in request ? request.person : null;
}

function personOfFace(request: DecisionRequest, people: People): string | null {
  return 'a' in request ? (people.byFace.get(request.a)?.id ?? null) : null;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
