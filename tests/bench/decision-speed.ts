import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewStatement } from '../../app/people/decisions.ts';
import { appendDecision } from '../../app/people/decisions.store.ts';
import { applyDecisions } from '../../app/people/apply-decisions.ts';
import { clusterFaces } from '../../app/people/cluster.ts';
import type { FacePair } from '../../app/people/constraints.ts';
import { Dendrogram } from '../../app/people/dendrogram.ts';
import type { Statements } from '../../app/people/ties.ts';
import { NeighbourGraph } from '../../app/people/neighbours.ts';
import { openService } from '../../app/service/service.ts';
import type { Service } from '../../app/service/service-types.ts';
import { makePeopleLibrary } from '../support/people-library.ts';
import { createRandom } from '../support/random.ts';
import type { SyntheticFaces } from '../support/synthetic-faces.ts';
import { crowd, threshold } from './crowd.ts';

interface Times {
  medianMs: number;
  worstMs: number;
}

/** A person answers; the service has it written, folded and told, and looks for the next question. */
export interface AnswerTimes {
  faces: number;
  /** Entries of the history before the first answer. */
  decisions: number;
  /** A whole `people.decide`. */
  decide: Times;
  next: Times;
  list: Times;
  history: Times;
  photo: Times;
}

/** How long the service takes over truthful answers to Review's questions, in a library where much has been said before. */
export async function timeAnswers(count: number, decisions: number): Promise<AnswerTimes> {
  const faces = crowd(count);
  const folder = await mkdtemp(join(tmpdir(), 'kindred-answers-'));
  try {
    makePeopleLibrary(join(folder, 'library'), faces, (db) => {
      for (const statement of truths(faces, decisions)) appendDecision(db, statement, new Date());
    });
    const service = await openService({ libraryPath: join(folder, 'library'), host: 'cli' });
    try {
      return await answer(service, faces, decisions);
    } finally {
      await service.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function answer(service: Service, faces: SyntheticFaces, decisions: number): Promise<AnswerTimes> {
  const personOf = (face: number): number => faces.truth[face - 1]!;
  const times: Record<'decide' | 'next' | 'list' | 'history' | 'photo', number[]> = {
    decide: [],
    next: [],
    list: [],
    history: [],
    photo: [],
  };
  const timed = async <Value>(name: keyof typeof times, work: () => Promise<Value>): Promise<Value> => {
    const start = performance.now();
    const value = await work();
    times[name].push(performance.now() - start);
    return value;
  };
  // The grouping thread looks up who is near whom when the first question is asked.
  await service.call('review.next', {});
  for (let i = 0; i < 40; i++) {
    const { question } = await timed('next', () => service.call('review.next', {}));
    if (!question) break;
    const { a, b, candidates } = question;
    const options = candidates.length > 0 ? candidates.map((option) => option.coverFaceId) : [a.faceId];
    const found = options.find((face) => personOf(face) === personOf(b.faceId));
    const [first, ...others] = options as [number, ...number[]];
    await timed('decide', () =>
      service.call('people.decide', {
        decision:
          found === undefined
            ? { kind: 'different', a: b.faceId, b: first, ...(others.length > 0 && { others }) }
            : { kind: 'same', a: found, b: b.faceId },
      }),
    );
    await timed('list', () => service.call('people.list', undefined));
    await timed('history', () => service.call('history.list', undefined));
    await timed('photo', () => service.call('library.photo', { id: b.faceId }));
  }
  const of = (values: number[]): Times => {
    values.sort((x, y) => x - y);
    return { medianMs: values[values.length >> 1] ?? 0, worstMs: values.at(-1) ?? 0 };
  };
  console.log(
    `Through the service, ${faces.truth.length} made-up faces and ${decisions} decisions, median and worst in ms`,
  );
  for (const [name, values] of Object.entries(times)) {
    const { medianMs, worstMs } = of(values);
    console.log(`  ${titles[name as keyof typeof times].padEnd(18)} ${medianMs.toFixed(0)} / ${worstMs.toFixed(0)}`);
  }
  const { decide, next, list, history, photo } = times;
  return {
    faces: faces.truth.length,
    decisions,
    decide: of(decide),
    next: of(next),
    list: of(list),
    history: of(history),
    photo: of(photo),
  };
}

const titles = {
  decide: 'an answer',
  next: 'the next question',
  list: 'people.list',
  history: 'history.list',
  photo: 'library.photo',
};

/** What somebody who knows everybody may have said: names, who is who, who is not whom. */
function truths({ truth }: SyntheticFaces, count: number): NewStatement[] {
  const random = createRandom(7);
  const draw = (faces: readonly number[]): number => faces[Math.floor(random() * faces.length)]!;
  const all = [...truth.keys()];
  const people = [...Map.groupBy(all, (face) => truth[face]!).values()]
    .filter((faces) => faces.length > 3)
    .sort((a, b) => b.length - a.length)
    .slice(0, Math.min(200, count / 10));
  const said = people.map((faces, i): NewStatement => {
    return { kind: 'name', person: null, face: faces[0]! + 1, name: `Person ${i + 1}` };
  });
  while (said.length < count) {
    const i = Math.floor(random() * people.length);
    const own = people[i]!;
    const [face, other] = [draw(own), draw(random() < 0.5 ? own : all)];
    const isSame = truth[face] === truth[other];
    if (face === other) continue;
    const person = `p${i + 1}`;
    if (isSame) said.push({ kind: 'is', person, face: own[0]! + 1, faces: [other + 1] });
    else if (random() < 0.5) said.push({ kind: 'is-not', person, faces: [other + 1] });
    else said.push({ kind: 'different', face: face + 1, faces: [other + 1], people: [] });
  }
  return said;
}

/**
 * Time of grouping with thousands of decisions over that of grouping without any. Both work on the same neighbours, whose
 * comparison takes far longer than either and would only hide the difference.
 */
export function timeFold(count: number): {
  faces: number;
  plainSeconds: number;
  decidedSeconds: number;
  ratio: number;
} {
  const faces = crowd(count);
  const graph = new NeighbourGraph({ dimension: faces.dimension, radius: threshold });
  graph.add(faces.embeddings);
  const neighbours = graph.within(threshold);
  const random = createRandom(1);
  const byPerson = Map.groupBy(faces.truth.keys(), (face) => faces.truth[face]!);
  const pick = (from: { length: number }): number => Math.floor(random() * from.length);
  const pairs = Array.from({ length: Math.ceil(count / 20) }, (_, i): FacePair => {
    const face = pick(faces.truth);
    const own = byPerson.get(faces.truth[face]!)!;
    return [face, i % 2 === 0 ? own[pick(own)]! : pick(faces.truth)];
  });
  const isSame = ([a, b]: FacePair): boolean => faces.truth[a] === faces.truth[b];
  const statements: Statements = {
    people: [],
    same: pairs.filter(isSame),
    different: pairs.filter((pair) => !isSame(pair)),
    leaves: [],
    samePhoto: [],
    away: [],
  };
  const seconds = (work: () => void): number => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  };
  const plain: number[] = [];
  const decided: number[] = [];
  // In turns, as the machine's speed drifts.
  for (let round = 0; round < 3; round++) {
    plain.push(seconds(() => void clusterFaces(faces, neighbours, { threshold })));
    decided.push(
      seconds(() => {
        const { labels, merges } = clusterFaces(faces, neighbours, { threshold });
        applyDecisions({
          faces,
          base: labels,
          dendrogram: new Dendrogram(count, merges),
          neighbours,
          statements,
          days: new Int32Array(count),
          threshold,
        });
      }),
    );
  }
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[1]!;
  const [plainSeconds, decidedSeconds] = [middle(plain), middle(decided)];
  const ratio = decidedSeconds / plainSeconds;
  console.log(
    `Grouping ${count} made-up faces, neighbours known: ${plainSeconds.toFixed(1)} s; with ${pairs.length} decisions ${decidedSeconds.toFixed(1)} s, ratio ${ratio.toFixed(2)}`,
  );
  return { faces: count, plainSeconds, decidedSeconds, ratio };
}
