import type { PhotoDetail, ReviewQuestion, ReviewState as Next } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import type { DecisionRequest } from '../../../app/contract/procedures.ts';
import { mediaPaths } from '../../../app/contract/wire.ts';
import type { Client } from '../../client/client.ts';
import { refresher } from '../../refresher.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';
import type { DecisionsState } from '../decisions/decisions.svelte.ts';

/** A question that was answered or skipped in this session, for taking it back. */
interface Step {
  question: ReviewQuestion;
  /** Entry of the history; null where it was skipped, or there was nothing to write down. */
  entry: number | null;
  skipped: boolean;
  settled: number;
}

/** A face in its photo, seen larger. */
export interface FaceLook {
  faceId: number;
  /** Null until it is loaded. */
  photo: PhotoDetail | null;
}

/**
 * One question after the other. While somebody looks at one, the next is fetched with its pictures. An answer may change
 * what there is to ask about the people in it: the fetched question is shown at once only where it is about others;
 * else the service is asked anew, after it has taken the answer in.
 */
export class ReviewState {
  question = $state.raw<ReviewQuestion | null>(null);
  /** The question on the screen has been answered, and the next one is not there yet. */
  waiting = $state(true);
  problem = $state<string | null>(null);
  /** Questions whose answers would change something; null until it is known. */
  remaining = $state<number | null>(null);
  /** Faces that the last answer settled; null before the first and after Undo. */
  lastSettled = $state<number | null>(null);
  looking = $state.raw<FaceLook | null>(null);
  #steps = $state.raw<readonly Step[]>([]);
  readonly answered = $derived(this.#steps.filter(({ skipped }) => !skipped).length);
  readonly skipped = $derived(this.#steps.filter(({ skipped }) => skipped).length);
  readonly settled = $derived(this.#steps.reduce((sum, step) => sum + step.settled, 0));
  readonly canUndo = $derived(this.#steps.length > 0);
  /** Keeps the number of remaining questions right while the screen is not open. */
  readonly refresh: () => Promise<void>;
  readonly #client: Client;
  readonly #toasts: Toasts;
  readonly #decisions: DecisionsState;
  readonly #pictures = new Map<number, HTMLImageElement>();
  /** Decisions on their way, one after the other, and how many they are. */
  #work: Promise<void> = Promise.resolve();
  #pending = 0;
  #next: ReviewQuestion | null = null;
  /** Counts up whenever what is being fetched will be out of date. */
  #version = 0;
  #open = false;

  constructor(client: Client, toasts: Toasts, decisions: DecisionsState) {
    this.#client = client;
    this.#toasts = toasts;
    this.#decisions = decisions;
    this.refresh = refresher(2500, () => this.#recount());
    client.on('people.changed', () => void this.refresh());
  }

  /** Shows the screen. @returns what is to be done when it is left */
  open(): () => void {
    this.#open = true;
    // People may have changed since the screen was left.
    this.question = null;
    this.lastSettled = null;
    void this.load();
    return () => {
      this.#open = false;
      this.looking = null;
      this.#pictures.clear();
    };
  }

  /** Asks for the question whose answer settles most. */
  async load(): Promise<void> {
    const version = this.#outdate();
    this.waiting = true;
    this.problem = null;
    try {
      const next = await this.#ask([]);
      // Other answers may have settled what was skipped.
      const moot = next.question === null && this.skipped > 0 && (await this.#isNothingLeft());
      if (version !== this.#version) return;
      if (moot) this.#steps = this.#steps.filter(({ skipped }) => !skipped);
      this.remaining = next.remaining;
      this.#show(next.question);
      await this.#prefetch();
    } catch (error) {
      if (version === this.#version) this.problem = toErrorData(error).message;
    }
  }

  /** Answers the question on the screen. */
  answer(decision: DecisionRequest): void {
    const asked = this.question;
    if (!asked || this.waiting) return;
    const next = this.#next;
    this.#outdate();
    if (next && isAboutOthers(next, asked)) this.#show(next);
    else this.waiting = true;
    this.#queue(() => this.#decide(asked, decision));
  }

  skip(): void {
    const asked = this.question;
    if (!asked || this.waiting) return;
    this.#steps = [...this.#steps, { question: asked, entry: null, skipped: true, settled: 0 }];
    const next = this.#next;
    this.#outdate();
    // The next one was fetched without the one that is skipped, so it stands whoever it is about.
    if (next) this.#show(next);
    else this.waiting = true;
    this.#queue(() => Promise.resolve());
  }

  /** Takes back the last answer, or skip, of this session and asks again. */
  undo(): void {
    this.#queue(async () => {
      const step = this.#steps.at(-1);
      if (!step) return;
      const undone = step.entry === null || (await this.#decisions.undo(step.entry, { quiet: true })) !== null;
      this.#steps = this.#steps.slice(0, -1);
      this.lastSettled = null;
      this.#outdate();
      if (undone) this.#show(step.question);
      // It was taken back elsewhere: what there is to ask now, the service knows.
      else this.waiting = true;
    });
  }

  /** Asks the skipped questions after all. */
  askSkipped(): void {
    this.#steps = this.#steps.filter(({ skipped }) => !skipped);
    void this.load();
  }

  /** Opens a face's photo in front of the question. */
  async look(faceId: number, personId: string): Promise<void> {
    this.looking = { faceId, photo: null };
    try {
      const { faces } = await this.#client.call('people.person', { id: personId });
      const id = faces.find((face) => face.id === faceId)?.photoId;
      const photo = id === undefined ? null : await this.#client.call('library.photo', { id });
      if (this.looking?.faceId === faceId) this.looking = photo && { faceId, photo };
    } catch (error) {
      this.looking = null;
      this.#toasts.error(error);
    }
  }

  /** Does one thing after the other, and then sees to what comes next. */
  #queue(job: () => Promise<void>): void {
    this.#pending++;
    this.#work = this.#work.then(job).then(() => {
      this.#pending--;
      // What is asked next depends on every answer, also on those still on their way.
      if (this.#pending > 0) return;
      return this.waiting ? this.load() : this.#prefetch();
    });
  }

  async #decide(asked: ReviewQuestion, decision: DecisionRequest): Promise<void> {
    const result = await this.#decisions.decide(decision, { quiet: true });
    if (result) {
      const { entry, settled } = result;
      this.#steps = [...this.#steps, { question: asked, entry, skipped: false, settled }];
      this.lastSettled = settled;
    } else {
      // It failed, or was thought better of: the question stands.
      this.#outdate();
      this.#show(asked);
    }
  }

  #show(question: ReviewQuestion | null): void {
    this.question = question;
    this.waiting = false;
    if (question) this.#loadPictures(question);
  }

  async #prefetch(): Promise<void> {
    const version = this.#outdate();
    if (!this.question) return;
    try {
      const next = await this.#ask([this.question.id]);
      if (version !== this.#version) return;
      this.remaining = next.remaining;
      this.#next = next.question;
      if (next.question) this.#loadPictures(next.question);
    } catch {
      // It is asked for again when it is needed.
    }
  }

  /** Forgets what was fetched, and what is being fetched. */
  #outdate(): number {
    this.#next = null;
    return ++this.#version;
  }

  #ask(besides: readonly string[]): Promise<Next> {
    const skipped = this.#steps.filter((step) => step.skipped).map(({ question }) => question.id);
    return this.#client.call('review.next', { skip: [...skipped, ...besides] });
  }

  async #isNothingLeft(): Promise<boolean> {
    return (await this.#client.call('review.next', {})).question === null;
  }

  async #recount(): Promise<void> {
    if (this.#open) {
      // A scan or an undo elsewhere may have brought something to ask.
      if (this.question === null && !this.waiting) await this.load();
      return;
    }
    try {
      this.remaining = (await this.#client.call('review.next', {})).remaining;
    } catch {
      // Only a number in the sidebar.
    }
  }

  #loadPictures({ a, b, candidates }: ReviewQuestion): void {
    for (const id of [...a.faceIds, ...b.faceIds, ...candidates.map(({ coverFaceId }) => coverFaceId)]) {
      if (this.#pictures.has(id)) continue;
      const picture = new Image();
      picture.src = mediaPaths.face(id);
      this.#pictures.set(id, picture);
    }
  }
}

/** Whether no answer to one question can change the other. */
function isAboutOthers(question: ReviewQuestion, answered: ReviewQuestion): boolean {
  const people = ({ a, b, candidates }: ReviewQuestion): string[] => [
    a.personId,
    b.personId,
    ...candidates.map(({ id }) => id),
  ];
  const touched = people(answered);
  return !people(question).some((id) => touched.includes(id));
}
