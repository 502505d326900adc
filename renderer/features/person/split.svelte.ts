import type { DecisionResult } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import type { AppState } from '../../app-state.svelte.ts';
import { FaceSelection } from '../../ui/face-grid/face-selection.svelte.ts';
import type { PersonActions } from './person-actions.svelte.ts';

export interface Strip {
  faces: { id: number }[];
  /** Faces picked by hand. */
  selection: FaceSelection;
}

/** Taking somebody else's faces out of a person: what is proposed, what is picked, and what was done last. */
export class SplitState {
  /** Null while they are looked for. */
  strips = $state.raw<Strip[] | null>(null);
  problem = $state<string | null>(null);
  done = $state.raw<DecisionResult | null>(null);
  busy = $state(false);
  readonly picked = $derived(
    (this.strips ?? []).flatMap(({ selection }) => (selection.selected.size > 0 ? selection.targets : [])),
  );
  readonly #app: AppState;
  readonly #actions: PersonActions;

  constructor(app: AppState, actions: PersonActions) {
    this.#app = app;
    this.#actions = actions;
    void this.load();
  }

  async load(): Promise<void> {
    const { person, client } = this.#app.person;
    if (!person) return;
    try {
      const { strips } = await client.call('people.proposeSplit', { id: person.id });
      this.strips = strips.map((ids) => ({ faces: ids.map((id) => ({ id })), selection: new FaceSelection() }));
      this.problem = null;
    } catch (error) {
      this.problem = toErrorData(error).message;
    }
  }

  /** These faces are somebody else, all the same one. */
  async take(faces: readonly number[]): Promise<void> {
    const { person } = this.#app.person;
    if (!person || faces.length === 0) return;
    await this.#step(() =>
      this.#app.decisions.decide({ kind: 'split', person: person.id, faces: [...faces] }, { quiet: true }),
    );
  }

  async undo(): Promise<void> {
    const entry = this.done?.entry ?? undefined;
    await this.#step(async () => {
      const result = await this.#app.decisions.undo(entry);
      // What is undone cannot be undone again.
      return result && { ...result, entry: null };
    });
  }

  clear(): void {
    for (const { selection } of this.strips ?? []) selection.clear();
  }

  async #step(act: () => Promise<DecisionResult | null>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const result = await act();
    if (result) {
      this.done = result;
      await this.#actions.follow(result);
      await this.load();
    }
    this.busy = false;
  }
}
