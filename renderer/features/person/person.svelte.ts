import type { PersonDetail, PersonFace, PersonSummary } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import type { Client } from '../../client/client.ts';
import { refresher } from '../../refresher.ts';

/** The person whose page is open. */
export class PersonState {
  /** The one asked for, once they are loaded. */
  person = $state.raw<PersonDetail | null>(null);
  problem = $state<string | null>(null);
  /** Counts the people opened, so that a page begins afresh for another person, and not for another id of the same one. */
  visit = $state(0);
  /** Where each person's page was left. */
  readonly scrollTops = new Map<string, number>();
  readonly client: Client;
  readonly refresh: () => Promise<void>;
  #id: string | null = null;
  /** Decisions on their way; what is loaded meanwhile may not know of them. */
  #pending = 0;
  #loads = 0;

  constructor(client: Client) {
    this.client = client;
    this.refresh = refresher(1000, () => this.#load());
    client.on('people.changed', () => void this.refresh());
  }

  /** Shows another person. */
  open(id: string): void {
    if (this.#id === id && this.person) return;
    this.#id = id;
    this.person = null;
    this.problem = null;
    this.visit++;
    void this.#load();
  }

  /** Takes up the id that the same person has now. */
  follow(id: string): void {
    this.#id = id;
  }

  /** Takes up a new name, and the id that came with it, without loading anything. */
  renamed(named: PersonSummary): void {
    if (!this.person) return;
    this.#id = named.id;
    this.person = { ...this.person, ...named };
  }

  /**
   * Shows at once what a decision about faces will come to, and loads the truth when it has been made.
   *
   * @param change what becomes of each of these faces; null where it goes away
   * @param decide resolves with false when nothing was decided after all
   */
  async expect<Result>(
    faces: readonly number[],
    change: (face: PersonFace) => PersonFace | null,
    decide: () => Promise<Result>,
  ): Promise<Result> {
    const meant = new Set(faces);
    const before = this.person;
    if (before) {
      const after = before.faces.flatMap((face) => (meant.has(face.id) ? (change(face) ?? []) : face));
      const confirmed = after.filter((face) => face.confirmed);
      this.person = {
        ...before,
        faces: [...after.filter((face) => !face.confirmed), ...confirmed],
        faceCount: after.length,
        confirmedCount: confirmed.length,
      };
    }
    this.#pending++;
    try {
      return await decide();
    } finally {
      this.#pending--;
    }
  }

  /** Loads the person anew, at once. */
  async reload(): Promise<void> {
    await this.#load();
  }

  async #load(): Promise<void> {
    const id = this.#id;
    // The last decision on its way loads them again.
    if (id === null || this.#pending > 0) return;
    const load = ++this.#loads;
    const current = (): boolean => this.#id === id && load === this.#loads && this.#pending === 0;
    try {
      const person = await this.#find(id);
      if (current()) [this.person, this.problem] = [person, null];
    } catch (error) {
      if (current()) [this.person, this.problem] = [null, toErrorData(error).message];
    }
  }

  /** An id that came with a decision goes when that is undone; who was on the page is still there, by their face. */
  async #find(id: string): Promise<PersonDetail> {
    const face = this.person?.coverFaceId;
    try {
      return await this.client.call('people.person', { id });
    } catch (error) {
      if (face === undefined || toErrorData(error).kind !== 'not-found') throw error;
      return await this.client.call('people.person', { id: `f${face}` });
    }
  }
}
