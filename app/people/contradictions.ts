import type { NewStatement, Statement } from './decisions.ts';
import { gatherKnown, type Known } from './known-people.ts';

/** What stands in the way of a new statement. */
export interface Conflict {
  /** Entries that must be taken back to make room for it, ascending. */
  entries: number[];
  /** Faces that would have to be one person and two at the same time. */
  faces: number[];
}

/**
 * Finds what a new statement contradicts: faces that are one person by what was said, directly or by way of others, and two
 * people by something else that was said. What is said of single faces outranks what was said of a whole group that they
 * were in; then the face leaves the group, and nothing need be asked.
 *
 * @returns the statement with what it releases, and the conflict with what remains; null where there is none
 */
export function checkStatement(
  standing: readonly Statement[],
  statement: NewStatement,
): { statement: NewStatement; conflict: Conflict | null } {
  const taken = new Set<number>();
  const faces = new Set<number>();
  let current = statement;
  for (;;) {
    const entry = (standing.at(-1)?.id ?? 0) + 1;
    const before = standing.filter(({ id }) => !taken.has(id) && !statement.instead?.includes(id));
    const violation = findViolation(gatherKnown([...before, { ...current, id: entry, at: '' }]));
    if (!violation) break;
    const release = releasable(before, current, violation.ties);
    if (release !== undefined) {
      current = { ...current, releases: [...(current.releases ?? []), release] };
      continue;
    }
    // The log itself may have been contradictory, as when an undo brought something back; then the new is not to blame.
    const earlier = [...violation.ties, violation.negative].filter((id) => id !== entry && id !== 0);
    const toTake = violation.negative !== entry && violation.negative !== 0 ? violation.negative : Math.max(...earlier);
    if (!Number.isFinite(toTake)) break;
    taken.add(toTake);
    for (const face of violation.faces) faces.add(face);
  }
  if (taken.size === 0) return { statement: current, conflict: null };
  return { statement, conflict: { entries: [...taken].sort((a, b) => a - b), faces: [...faces] } };
}

/** A group among the ties that the statement's own faces may simply leave. */
function releasable(
  before: readonly Statement[],
  statement: NewStatement,
  ties: readonly number[],
): number | undefined {
  if (
    statement.kind !== 'is' &&
    statement.kind !== 'is-not' &&
    statement.kind !== 'leave' &&
    statement.kind !== 'split'
  )
    return undefined;
  const speaking = new Set(statement.faces);
  return ties.find((id) => {
    const entry = before.find((other) => other.id === id);
    if (entry?.kind !== 'together' && entry?.kind !== 'split') return false;
    return (
      !statement.releases?.includes(id) &&
      entry.faces.some((face) => speaking.has(face)) &&
      !entry.faces.every((face) => speaking.has(face))
    );
  });
}

interface Violation {
  /** Entries by which the two are one person. */
  ties: number[];
  /** The entry by which they are two; 0 where two known people are different by being known. */
  negative: number;
  faces: number[];
}

/** Faces are positive nodes, people negative ones. */
type Node = number;

interface Edge {
  to: Node;
  entry: number;
}

function findViolation(known: Known): Violation | undefined {
  const edges = new Map<Node, Edge[]>();
  const connect = (a: Node, b: Node, entry: number): void => {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const list = edges.get(from) ?? [];
      list.push({ to, entry });
      edges.set(from, list);
    }
  };
  const apart: { a: Node; b: Node; entry: number }[] = [];
  const nodeOf = new Map(known.people.map(({ id }, i) => [id, -(i + 1)]));
  for (const person of known.people) {
    const node = nodeOf.get(person.id)!;
    for (const face of person.confirmed) connect(node, face, person.entryOf.get(face)!);
    for (const face of person.rejected) apart.push({ a: node, b: face, entry: person.rejectedBy.get(face)! });
  }
  for (const { entry, faces } of known.same) for (const face of faces.slice(1)) connect(faces[0]!, face, entry);
  for (const { entry, faces } of [...known.different, ...known.leaves]) {
    for (const face of faces.slice(1)) apart.push({ a: faces[0]!, b: face, entry });
  }

  const component = componentsOf(edges);
  for (const { a, b, entry } of apart) {
    if (component.get(a) === undefined || component.get(a) !== component.get(b)) continue;
    const path = findPath(edges, a, (node) => node === b)!;
    return { ties: path.entries, negative: entry, faces: facesOnly(path.nodes) };
  }
  // Two known people must not be tied together either.
  const personIn = new Map<Node, Node>();
  for (const node of nodeOf.values()) {
    const root = component.get(node);
    if (root === undefined) continue;
    const other = personIn.get(root);
    personIn.set(root, node);
    if (other === undefined) continue;
    const path = findPath(edges, other, (goal) => goal === node)!;
    return { ties: path.entries, negative: 0, faces: facesOnly(path.nodes) };
  }
  return undefined;
}

/** Per node, one fixed node of all that hang together with it. */
function componentsOf(edges: ReadonlyMap<Node, readonly Edge[]>): Map<Node, Node> {
  const component = new Map<Node, Node>();
  for (const start of edges.keys()) {
    if (component.has(start)) continue;
    component.set(start, start);
    const waiting = [start];
    for (const node of waiting) {
      for (const { to } of edges.get(node)!) {
        if (component.has(to)) continue;
        component.set(to, start);
        waiting.push(to);
      }
    }
  }
  return component;
}

/** The shortest way along the edges. */
function findPath(
  edges: ReadonlyMap<Node, readonly Edge[]>,
  start: Node,
  isGoal: (node: Node) => boolean,
): { entries: number[]; nodes: Node[] } | undefined {
  const cameBy = new Map<Node, { from: Node; entry: number } | null>([[start, null]]);
  const waiting = [start];
  for (const node of waiting) {
    if (node !== start && isGoal(node)) {
      const entries = new Set<number>();
      const nodes = [node];
      for (let step = cameBy.get(node); step; step = cameBy.get(step.from)) {
        entries.add(step.entry);
        nodes.push(step.from);
      }
      return { entries: [...entries], nodes };
    }
    for (const { to, entry } of edges.get(node) ?? []) {
      if (cameBy.has(to)) continue;
      cameBy.set(to, { from: node, entry });
      waiting.push(to);
    }
  }
  return undefined;
}

function facesOnly(nodes: readonly Node[]): number[] {
  return nodes.filter((node) => node >= 0);
}
