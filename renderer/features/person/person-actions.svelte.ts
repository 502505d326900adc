import type { DecisionResult, PersonFace } from '../../../app/contract/dto.ts';
import type { DecisionRequest } from '../../../app/contract/procedures.ts';
import type { AppState } from '../../app-state.svelte.ts';
import { addresses } from '../../router.svelte.ts';

export type FaceVerdict = 'confirm' | 'reject' | 'not-a-face' | 'ignore';

/** What a person's page lets one say, about single faces and about the person as a whole. */
export class PersonActions {
  /** The dialog that is open. */
  dialog = $state.raw<{ name: 'split' | 'merge' | 'birth' } | { name: 'why'; faceId: number } | null>(null);
  readonly #app: AppState;

  constructor(app: AppState) {
    this.#app = app;
  }

  /** Says the same about some faces of the person on the page. */
  async judge(faces: readonly number[], verdict: FaceVerdict): Promise<void> {
    const person = this.#app.person.person;
    if (!person || faces.length === 0) return;
    const list = [...faces];
    const decision: DecisionRequest =
      verdict === 'confirm' || verdict === 'reject'
        ? { kind: verdict, person: person.id, faces: list }
        : { kind: verdict, faces: list };
    const change = (face: PersonFace): PersonFace | null =>
      verdict === 'confirm' ? { ...face, confirmed: true } : null;
    const result = await this.#app.person.expect(list, change, () => this.#app.decisions.decide(decision));
    if (result) await this.follow(result);
    else await this.#app.person.reload();
  }

  /** Says something about the person as a whole. */
  async decide(decision: DecisionRequest): Promise<DecisionResult | null> {
    const result = await this.#app.decisions.decide(decision);
    if (result) await this.follow(result);
    return result;
  }

  /** Nobody of interest: their page goes with them. */
  async ignorePerson(): Promise<void> {
    const { person, decisions } = this.#app;
    if (!person.person) return;
    const result = await decisions.decide({ kind: 'ignore-person', person: person.person.id });
    if (result) this.#leave();
  }

  /** Goes where the person is now: to another id, or back to everybody where they are no more. */
  async follow(result: Pick<DecisionResult, 'personId'>): Promise<void> {
    const { person, router, people } = this.#app;
    void people.refresh();
    if (router.route.screen !== 'person') return;
    const id = result.personId ?? this.#heir();
    if (id === null) {
      this.#leave();
      return;
    }
    this.move(id);
    await person.reload();
  }

  /** Gives the page the id that its person has now. */
  move(id: string): void {
    const { person, router } = this.#app;
    if (router.route.screen !== 'person' || router.route.personId === id) return;
    person.follow(id);
    router.go(addresses.person(id), { replace: true });
  }

  /** A decision about faces alone does not say whose they were: somebody without a name is found by a face they still have. */
  #heir(): string | null {
    const { person } = this.#app.person;
    const face = person?.faces[0];
    if (!person || !face) return null;
    return person.name === '' ? `f${face.id}` : person.id;
  }

  #leave(): void {
    const { router, people } = this.#app;
    void people.refresh();
    if (router.route.screen !== 'person') return;
    router.go(addresses.people, { replace: true });
    document.querySelector<HTMLElement>('main')?.focus();
  }
}
