import type { Contradiction, DecisionResult } from '../../../app/contract/dto.ts';
import { KindredError } from '../../../app/contract/errors.ts';
import type { DecisionRequest } from '../../../app/contract/procedures.ts';
import type { Client } from '../../client/client.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';

/** A decision that cannot be true together with earlier ones, waiting for the user to choose. */
export interface OpenContradiction extends Contradiction {
  /** What happened, in plain words. */
  message: string;
  /** Takes back the earlier decisions and makes the new one. */
  replace: () => void;
  /** Leaves everything as it was. */
  keep: () => void;
}

/** Saying something about people, and taking it back. */
export class DecisionsState {
  /** Shown as a dialog while it is set. */
  contradiction = $state.raw<OpenContradiction | null>(null);
  readonly #client: Client;
  readonly #toasts: Toasts;

  readonly #changed: () => void;
  /** Messages that offer to undo. */
  #offers: number[] = [];
  #last: Promise<unknown> = Promise.resolve();

  /** @param changed called when something was taken back or brought back, for what is on the screen to follow at once */
  constructor(client: Client, toasts: Toasts, changed: () => void) {
    this.#client = client;
    this.#toasts = toasts;
    this.#changed = changed;
  }

  /**
   * Makes a decision and offers to undo it. A contradiction is put before the user first.
   *
   * @param quiet without a toast, where the screen itself shows what happened
   * @returns null when it failed or the user thought better of it
   */
  async decide(decision: DecisionRequest, { quiet = false } = {}): Promise<DecisionResult | null> {
    const result = await this.#attempt(decision);
    if (result && !quiet) this.#tell(result);
    return result;
  }

  /**
   * @param entry the decision to take back; without it, the last one that stands
   * @param quiet without a toast, where the screen itself shows what happened
   * @returns null when there was nothing to undo or it failed
   */
  async undo(entry?: number, { quiet = false } = {}): Promise<DecisionResult | null> {
    return this.#step(() => this.#client.call('history.undo', entry === undefined ? undefined : { entry }), quiet);
  }

  /** @returns null when there was nothing to redo or it failed */
  async redo(): Promise<DecisionResult | null> {
    return this.#step(() => this.#client.call('history.redo'));
  }

  async #attempt(decision: DecisionRequest, instead: number[] = []): Promise<DecisionResult | null> {
    try {
      return await this.#inOrder(() => this.#client.call('people.decide', { decision, instead }));
    } catch (error) {
      if (!(error instanceof KindredError) || error.kind !== 'contradiction') {
        this.#toasts.error(error);
        return null;
      }
      const details = error.details as unknown as Contradiction;
      const replace = await new Promise<boolean>((choose) => {
        this.contradiction = {
          ...details,
          message: error.message,
          replace: () => choose(true),
          keep: () => choose(false),
        };
      });
      this.contradiction = null;
      if (!replace) return null;
      return this.#attempt(decision, [...instead, ...details.entries.map(({ id }) => id)]);
    }
  }

  async #step(call: () => Promise<DecisionResult>, quiet = false): Promise<DecisionResult | null> {
    try {
      const result = await this.#inOrder(call);
      if (result.entry === null) return null;
      this.#changed();
      // What they offer may just have happened.
      for (const offer of this.#offers.splice(0)) this.#toasts.dismiss(offer);
      if (!quiet) this.#toasts.show(`${result.text}.`);
      return result;
    } catch (error) {
      this.#toasts.error(error);
      return null;
    }
  }

  /** One after the other: an undo pressed right after a decision is about that one, though it is still being made. */
  #inOrder<Result>(call: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(call);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #tell({ text, entry }: DecisionResult): void {
    if (entry === null) return;
    const undo = { label: 'Undo', run: () => void this.undo(entry) };
    this.#offers = [...this.#offers.slice(-2), this.#toasts.show(`${text}.`, undo)];
  }
}
