import { resolve } from 'node:path';
import type { Contradiction, DecisionResult } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import type { DecisionRequest } from '../../contract/procedures.ts';
import type { Service } from '../../service/service-types.ts';

export interface DecideOptions {
  library: string;
  json?: true;
  instead?: number[];
}

type Operation = (service: Service, args: readonly string[], options: DecideOptions) => Promise<DecisionResult>;

interface Verb {
  /** What comes after the verb. */
  usage: string;
  run: Operation;
}

/** Everything that can be said, by the word for it. Persons are `p7` or `f12`, faces and photos are numbers. */
const verbs: Record<string, Verb> = {
  name: {
    usage: '<person> <name>',
    run: async (service, [id = '', name = '']) => {
      const person = await service.call('people.name', { id, name });
      const { undo } = await service.call('history.list', undefined);
      return { entry: null, text: undo ?? '', settled: person.faceCount, personId: person.id };
    },
  },
  confirm: said('<person> <face...>', ([person = '', ...faces]) => ({ kind: 'confirm', person, faces: ids(faces) })),
  reject: said('<person> <face...>', ([person = '', ...faces]) => ({ kind: 'reject', person, faces: ids(faces) })),
  same: said('<face> <face>', (args) => {
    const [a, b] = ids(args) as [number, number];
    return { kind: 'same', a, b };
  }),
  different: said('<face> <face...>', (args) => {
    const [a, b, ...others] = ids(args) as [number, number, ...number[]];
    return { kind: 'different', a, b, ...(others.length > 0 && { others }) };
  }),
  merge: said('<into person> <from person>', ([into = '', from = '']) => ({ kind: 'merge', into, from })),
  split: said('<person> <face...>', ([person = '', ...faces]) => ({ kind: 'split', person, faces: ids(faces) })),
  'not-a-face': said('<face...>', (faces) => ({ kind: 'not-a-face', faces: ids(faces) })),
  ignore: said('<face...>', (faces) => ({ kind: 'ignore', faces: ids(faces) })),
  'ignore-person': said('<person>', ([person = '']) => ({ kind: 'ignore-person', person })),
  'ignore-rare': said('<photos>', (args) => ({ kind: 'ignore-rare', photos: ids(args)[0]! })),
  'ignore-others': said('<photo>', (args) => ({ kind: 'ignore-others', photo: ids(args)[0]! })),
  restore: said('<face...>', (faces) => ({ kind: 'restore', faces: ids(faces) })),
  hide: said('<person>', ([person = '']) => ({ kind: 'hide', person, hidden: true })),
  show: said('<person>', ([person = '']) => ({ kind: 'hide', person, hidden: false })),
  cover: said('<person> <face>', ([person = '', ...face]) => ({ kind: 'cover', person, face: ids(face)[0]! })),
  birth: said('<person> <YYYY-MM-DD|none>', ([person = '', date = '']) => {
    return { kind: 'birth', person, date: date === 'none' ? null : date };
  }),
  'same-photo': said('<face...>', (faces) => ({ kind: 'same-photo', faces: ids(faces) })),
  draw: {
    usage: '<photo> <x> <y> <width> <height>',
    run: (service, args) => {
      const [photo, ...box] = numbers(args) as [number, ...number[]];
      return service.call('faces.draw', { photo, box: box as [number, number, number, number] });
    },
  },
  move: {
    usage: '<face> <x> <y> <width> <height>',
    run: (service, args) => {
      const [face, ...box] = numbers(args) as [number, ...number[]];
      return service.call('faces.move', { face, box: box as [number, number, number, number] });
    },
  },
  undo: {
    usage: '[entry]',
    run: (service, args) => service.call('history.undo', args.length > 0 ? { entry: ids(args)[0]! } : undefined),
  },
  redo: { usage: '', run: (service) => service.call('history.redo', undefined) },
  jump: { usage: '<entry>', run: (service, args) => service.call('history.jump', { entry: ids(args)[0]! }) },
};

/** A verb that is one decision. */
function said(usage: string, toDecision: (args: readonly string[]) => DecisionRequest): Verb {
  return {
    usage,
    run: (service, args, { instead = [] }) =>
      service.call('people.decide', { decision: toDecision(args), ...(instead.length > 0 && { instead }) }),
  };
}

function numbers(args: readonly string[]): number[] {
  const wrong = args.find((text) => text.trim() === '' || !Number.isFinite(Number(text)));
  if (wrong !== undefined) throw new KindredError('invalid-input', `${JSON.stringify(wrong)} is not a number.`);
  return args.map(Number);
}

function ids(args: readonly string[]): number[] {
  const wrong = args.find((text) => !/^\d+$/.test(text));
  if (wrong !== undefined) {
    throw new KindredError('invalid-input', `${JSON.stringify(wrong)} is not the number of a face, photo or entry.`);
  }
  return args.map(Number);
}

/** One line per verb, for `--help`. */
export function decideUsage(): string {
  return Object.entries(verbs)
    .map(([verb, { usage }]) => `  ${verb} ${usage}`.trimEnd())
    .join('\n');
}

/**
 * `kindred decide <verb> …`: what the window does with a click.
 *
 * @throws KindredError `invalid-input` for a verb that is none or the wrong arguments, and what the decision itself throws
 */
export async function runDecide(verb: string, args: readonly string[], options: DecideOptions): Promise<void> {
  const { usage, run } = verbs[verb] ?? { usage: '', run: undefined };
  if (!run) throw new KindredError('invalid-input', `There is no decision "${verb}". There are:\n${decideUsage()}`);
  checkCount(verb, usage, args.length);
  const service = await open(options.library);
  try {
    const result = await run(service, args, options);
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else
      process.stdout.write(
        result.text === ''
          ? 'Nothing to do.\n'
          : `${result.text}. (${result.settled} ${result.settled === 1 ? 'face' : 'faces'})\n`,
      );
  } catch (error) {
    if (error instanceof KindredError && error.kind === 'contradiction') tellContradiction(error, options);
    throw error;
  } finally {
    await service.close();
  }
}

/** The service is loaded here only: `kindred decide --help` tells the verbs without it. */
async function open(library: string): Promise<Service> {
  const { openService } = await import('../../service/service.ts');
  return openService({ libraryPath: resolve(library), host: 'cli' });
}

function checkCount(verb: string, usage: string, given: number): void {
  const words = usage === '' ? [] : (usage.match(/<[^>]+>|\[[^\]]+\]/g) ?? []);
  const least = words.filter((word) => word.startsWith('<')).length;
  const most = words.some((word) => word.includes('...')) ? Infinity : words.length;
  if (given < least || given > most) {
    throw new KindredError('invalid-input', `Usage: kindred decide ${verb} ${usage}`.trimEnd());
  }
}

/** What stands in the way, and how to say that the new holds. */
function tellContradiction(error: KindredError, options: DecideOptions): void {
  const { entries } = error.details as unknown as Contradiction;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ error: error.toData() })}\n`);
    return;
  }
  for (const { id, at, text } of entries) process.stderr.write(`  entry ${id}, ${at}: ${text}\n`);
  process.stderr.write(`To take that back and decide this: --instead ${entries.map(({ id }) => id).join(',')}\n`);
}

/** `kindred history`: everything that was decided, newest first. */
export async function runHistory(options: { library: string; json?: true }): Promise<void> {
  const service = await open(options.library);
  try {
    const history = await service.call('history.list', undefined);
    if (options.json) process.stdout.write(`${JSON.stringify(history)}\n`);
    else if (history.entries.length === 0) process.stdout.write('Nothing has been decided yet.\n');
    else {
      for (const { id, at, text, active } of history.entries) {
        process.stdout.write(`${String(id).padStart(6)}  ${at}  ${JSON.stringify(text)}${active ? '' : ' (undone)'}\n`);
      }
    }
  } finally {
    await service.close();
  }
}

/** `kindred review`: the question whose answer settles most, to be answered with `kindred decide`. */
export async function runReview(options: { library: string; json?: true; skip?: string[] }): Promise<void> {
  const service = await open(options.library);
  try {
    const review = await service.call('review.next', { skip: options.skip ?? [] });
    if (options.json) {
      process.stdout.write(`${JSON.stringify(review)}\n`);
      return;
    }
    const { question, remaining } = review;
    if (!question) {
      process.stdout.write('Nothing left to ask.\n');
      return;
    }
    const { a, b, candidates } = question;
    const who = ({ name, personId }: { name: string; personId: string }): string =>
      name === '' ? personId : `${JSON.stringify(name)} (${personId})`;
    process.stdout.write(
      `Are face ${a.faceId} of ${who(a)} and face ${b.faceId} of ${who(b)} the same person? ${remaining} questions are open.\n` +
        candidates
          .slice(1)
          .map(({ id, name, coverFaceId }) => `  or face ${coverFaceId} of ${who({ name, personId: id })}?\n`)
          .join('') +
        `  yes:  kindred decide same ${a.faceId} ${b.faceId}\n` +
        `  no:   kindred decide different ${b.faceId} ${(candidates.length > 0 ? candidates.map(({ coverFaceId }) => coverFaceId) : [a.faceId]).join(' ')}\n` +
        `  skip: kindred review --skip ${question.id}\n`,
    );
  } finally {
    await service.close();
  }
}
