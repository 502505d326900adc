import { beforeEach, expect, test, vi } from 'vitest';
import type { DecisionResult, ReviewQuestion, ReviewSide } from '../../../app/contract/dto.ts';
import type { DecisionRequest } from '../../../app/contract/procedures.ts';
import type { Client } from '../../../renderer/client/client.ts';
import type { DecisionsState } from '../../../renderer/features/decisions/decisions.svelte.ts';
import { ReviewState } from '../../../renderer/features/review/review.svelte.ts';
import type { Toasts } from '../../../renderer/ui/toasts.svelte.ts';

beforeEach(() => {
  vi.stubGlobal('Image', EventTarget);
  return () => vi.unstubAllGlobals();
});

const side = (faceId: number, personId: string): ReviewSide => ({
  faceId,
  personId,
  name: '',
  faceCount: 1,
  faceIds: [faceId],
});

/** Is face `a` the same person as face `b`? Who they are follows from the faces, unless it is said. */
const ask = (a: number, b: number, people = [`f${a}`, `f${b}`]): ReviewQuestion => ({
  id: `${a}-${b}`,
  kind: 'between',
  a: side(a, people[0]!),
  b: side(b, people[1]!),
  distance: 0.1,
  probability: 0.5,
  candidates: [],
});

const same = ({ a, b }: ReviewQuestion): DecisionRequest => ({ kind: 'same', a: a.faceId, b: b.faceId });

/** A service with a list of questions, which an answer takes one off, and answers that wait to be let through. */
function setUp(questions: ReviewQuestion[]) {
  const open = new Set(questions);
  const asked: string[][] = [];
  const gates: ((result: DecisionResult | null) => void)[] = [];
  const undone: (number | undefined)[] = [];
  let entries = 0;
  const client = {
    on: () => () => undefined,
    call: (_: string, { skip = [] }: { skip?: string[] }) => {
      asked.push(skip);
      const left = [...open].filter(({ id }) => !skip.includes(id));
      return Promise.resolve({ question: left[0] ?? null, remaining: open.size });
    },
  } as unknown as Client;
  const decisions = {
    decide: async (decision: DecisionRequest) => {
      const result = await new Promise<DecisionResult | null>((resolve) => gates.push(resolve));
      const question = questions.find((other) => decision.kind === 'same' && other.a.faceId === decision.a);
      if (result && question) open.delete(question);
      return result;
    },
    undo: (entry?: number) => {
      undone.push(entry);
      return Promise.resolve({ entry: 99, text: '', settled: 1, personId: null });
    },
  } as unknown as DecisionsState;
  const review = new ReviewState(client, {} as Toasts, decisions);
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  /** Lets the oldest answer on its way through; null for one that failed or was thought better of. */
  const finish = async (faces: number | null): Promise<void> => {
    gates.shift()?.(faces === null ? null : { entry: ++entries, text: '', settled: faces, personId: null });
    await settled();
  };
  return { review, asked, undone, settled, finish };
}

test('a fetched question about other people is there at once; the answer is taken in meanwhile', async () => {
  const [first, second, third] = [ask(1, 2), ask(3, 4), ask(5, 6)];
  const { review, settled, finish } = setUp([first, second, third]);
  review.open();
  await settled();
  expect(review.question).toBe(first);

  review.answer(same(first));
  expect(review.question).toBe(second);
  expect(review.waiting).toBe(false);
  await settled();
  await finish(12);
  expect([review.lastSettled, review.answered, review.settled]).toEqual([12, 1, 12]);
  review.answer(same(second));
  expect(review.question).toBe(third);
});

test('a fetched question about the same people waits until the answer is taken in', async () => {
  const [first, second] = [ask(1, 2, ['p1', 'f2']), ask(3, 4, ['p1', 'f4'])];
  const { review, settled, finish } = setUp([first, second]);
  review.open();
  await settled();
  review.answer(same(first));
  expect([review.question, review.waiting]).toEqual([first, true]);
  // Keys pressed meanwhile answer nothing.
  review.answer(same(first));
  review.skip();
  await settled();
  await finish(1);
  expect([review.question, review.waiting, review.answered, review.skipped]).toEqual([second, false, 1, 0]);
});

test('quick answers are taken in one after the other, and only then the next one is asked for', async () => {
  const questions = [ask(1, 2), ask(3, 4), ask(5, 6)];
  const { review, asked, settled, finish } = setUp(questions);
  review.open();
  await settled();
  review.answer(same(questions[0]!));
  review.answer(same(questions[1]!));
  expect(review.waiting).toBe(true);
  await settled();
  const before = asked.length;
  await finish(1);
  expect(asked.length).toBe(before);
  await finish(1);
  expect(review.question).toBe(questions[2]);
});

test('an answer that was not taken comes back as a question', async () => {
  const [first, second] = [ask(1, 2), ask(3, 4)];
  const { review, settled, finish } = setUp([first, second]);
  review.open();
  await settled();
  review.answer(same(first));
  expect(review.question).toBe(second);
  await settled();
  await finish(null);
  expect([review.question, review.answered, review.waiting]).toEqual([first, 0, false]);
});

test('undo asks again, newest first, skipped ones too', async () => {
  const questions = [ask(1, 2), ask(3, 4), ask(5, 6)];
  const { review, undone, settled, finish } = setUp(questions);
  review.open();
  await settled();
  review.answer(same(questions[0]!));
  await settled();
  await finish(4);
  review.skip();
  await settled();
  expect([review.question, review.skipped]).toEqual([questions[2], 1]);

  review.undo();
  await settled();
  expect([review.question, review.skipped, undone]).toEqual([questions[1], 0, []]);
  review.undo();
  await settled();
  expect([review.question, review.answered, undone]).toEqual([questions[0], 0, [1]]);
  expect([review.canUndo, review.lastSettled]).toEqual([false, null]);
});

test('skipped questions are not asked again until that is wished for', async () => {
  const [first, second] = [ask(1, 2), ask(3, 4)];
  const { review, settled } = setUp([first, second]);
  review.open();
  await settled();
  review.skip();
  await settled();
  review.skip();
  await settled();
  expect([review.question, review.waiting, review.skipped]).toEqual([null, false, 2]);
  review.askSkipped();
  await settled();
  expect([review.question, review.skipped]).toEqual([first, 0]);
});
