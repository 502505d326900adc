import { toErrorData } from '../../../app/contract/errors.ts';
import type { FaceMatch, FaceSearchResult, QueryImage } from '../../../app/contract/search.ts';
import type { RelativeBox } from '../../../app/contract/dto.ts';
import type { Client } from '../../client/client.ts';
import { refresher } from '../../refresher.ts';
import { addresses, type Router } from '../../router.svelte.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';
import type { DecisionsState } from '../decisions/decisions.svelte.ts';
import { findFromQuery, findToQuery, mostFaces, type FindQuery } from './find-address.ts';
import { sendImage } from './receive.ts';

/** Finding everybody who looks like a face. The faces are in the address; this holds what they lead to. */
export class FindState {
  query = $state.raw<FindQuery | null>(null);
  /** The image from outside that is open, once it has been looked at. */
  image = $state.raw<QueryImage | null>(null);
  result = $state.raw<FaceSearchResult | null>(null);
  /** Why nothing can be shown, in plain words. */
  problem = $state<string | null>(null);
  /** Whether trying again may help. */
  retryable = $state(false);
  /** An image is on its way to the service. */
  sending = $state(false);
  /** A face is being marked by hand. */
  marking = $state(false);
  /** Said here about faces, until the answer to the search knows of it. */
  said = $state.raw<ReadonlyMap<number, 'confirm' | 'reject'>>(new Map());
  readonly #client: Client;
  readonly #toasts: Toasts;
  readonly #decisions: DecisionsState;
  readonly #router: Router;
  readonly #refresh: () => Promise<void>;
  #address: string | null = null;
  #loads = 0;
  #watchers = 0;

  constructor(client: Client, toasts: Toasts, decisions: DecisionsState, router: Router) {
    this.#client = client;
    this.#toasts = toasts;
    this.#decisions = decisions;
    this.#router = router;
    this.#refresh = refresher(500, () => this.#search());
    const changed = (): void => {
      if (this.#watchers > 0) void this.#refresh();
    };
    client.on('people.changed', changed);
    client.on('library.changed', changed);
  }

  /** The photos found, each once, in the order in which they are ranked. */
  readonly photoIds: readonly number[] = $derived([
    ...new Set((this.result?.matches ?? []).map(({ photoId }) => photoId)),
  ]);

  /** Those of them that are likely to show the person. */
  readonly likelyPhotoIds: readonly number[] = $derived([
    ...new Set((this.result?.matches ?? []).slice(0, this.result?.within ?? 0).map(({ photoId }) => photoId)),
  ]);

  /** Searches by faces of the library. */
  byFaces(faces: readonly number[]): void {
    this.#router.go(addresses.find(findToQuery({ faces: faces.slice(0, mostFaces) })));
  }

  /** Searches by an image from outside. */
  async byImage(file: Blob): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    const before = this.image?.id;
    try {
      const image = await sendImage(file);
      if (before !== undefined) void this.#forget(before);
      this.#router.go(addresses.find(findToQuery({ image, chosen: [] })));
    } catch (error) {
      this.#toasts.fail(error instanceof Error ? error.message : 'This file could not be looked at.');
    } finally {
      this.sending = false;
    }
  }

  /** Shows what an address says. */
  show(address: string): void {
    if (address === this.#address && this.problem === null) return;
    const before = this.query;
    const query = findFromQuery(address);
    this.#address = address;
    this.query = query;
    this.retryable = false;
    this.problem = query === null ? 'This address does not say whom to look for.' : null;
    this.marking = false;
    this.said = new Map();
    // What another face led to must not be taken for what this one leads to.
    this.result = null;
    const sameImage = before && query && 'image' in before && 'image' in query && before.image === query.image;
    if (!sameImage) this.image = null;
    if (query) void this.#open();
  }

  /** Keeps what is shown true while the screen is open. @returns a function that ends it */
  watch(): () => void {
    this.#watchers++;
    // It may have changed while nobody was looking; what is only being looked for now has not.
    if (this.result !== null) void this.#refresh();
    return () => {
      this.#watchers--;
    };
  }

  /** Tries again after something went wrong, or the connection was lost. */
  async reload(): Promise<void> {
    if (this.#watchers > 0 && this.query) await this.#open();
  }

  /** Searches by other faces of the image that is open. */
  choose(chosen: readonly number[]): void {
    if (!this.image) return;
    const query = findToQuery({ image: this.image.id, chosen: chosen.slice(0, mostFaces) });
    this.#router.go(addresses.find(query), { replace: true });
  }

  /** Adds a face that was not found, and searches by it. @returns whether that was possible */
  async mark(box: RelativeBox): Promise<boolean> {
    const { image } = this;
    if (!image) return false;
    const known = new Set(image.faces.map(({ index }) => index));
    try {
      const after = await this.#client.call('search.markFace', { image: image.id, box });
      // Somebody who has gone on to something else is not to be called back.
      if (this.image !== image || this.#watchers === 0) return false;
      this.image = after;
      this.marking = false;
      const marked = after.faces.find(({ index }) => !known.has(index));
      if (marked) this.choose([marked.index]);
      return true;
    } catch (error) {
      this.#toasts.error(error);
      return false;
    }
  }

  /** Whom a match is confirmed or rejected to be: who the face that is searched for is, else who the match is taken for. */
  target({ query, personId, personName }: FaceMatch): { id: string; name: string } | null {
    return this.result?.people[query] ?? (personName === '' ? null : { id: personId, name: personName });
  }

  /** Says of some matches that they are, or are not, the person. */
  async judge(matches: readonly FaceMatch[], verdict: 'confirm' | 'reject'): Promise<void> {
    const byPerson = new Map<string, number[]>();
    for (const match of matches) {
      const person = this.target(match);
      if (person) byPerson.set(person.id, [...(byPerson.get(person.id) ?? []), match.faceId]);
    }
    const before = this.said;
    this.said = new Map([...before, ...[...byPerson.values()].flat().map((face) => [face, verdict] as const)]);
    for (const [person, faces] of byPerson) {
      const result = await this.#decisions.decide({ kind: verdict, person, faces });
      if (!result) this.said = new Map([...this.said].filter(([face]) => !faces.includes(face) || before.has(face)));
    }
    await this.#search();
    // What was confirmed says so itself now, and no longer after an undo.
    this.said = new Map([...this.said].filter(([, said]) => said === 'reject'));
  }

  /** Whether a match was said not to be the person: at any time, or here where nobody knows who is searched for. */
  isRejected(match: FaceMatch): boolean {
    if (this.result?.people[match.query]) return match.behind;
    return this.said.get(match.faceId) === 'reject' && this.target(match)?.id !== match.personId;
  }

  /** Whether a match was said, at any time, to be the person. */
  isConfirmed(match: FaceMatch): boolean {
    return this.said.get(match.faceId) === 'confirm' || (match.confirmed && this.target(match)?.id === match.personId);
  }

  /** Ends the marking of a face, or else the search. */
  stepBack(): void {
    if (this.marking) this.marking = false;
    else this.leave();
  }

  /** Closes the search for good: an image from outside is forgotten. */
  leave(): void {
    const image = this.query && 'image' in this.query ? this.query.image : null;
    this.#address = null;
    // An answer that still comes is to nobody.
    this.query = null;
    if (image !== null) void this.#forget(image);
    this.#router.leave(addresses.search());
  }

  async #open(): Promise<void> {
    const { query } = this;
    if (query && 'image' in query && this.image?.id !== query.image) {
      try {
        const image = await this.#client.call('search.image', { image: query.image });
        if (this.query !== query) return;
        if (this.#watchers === 0) {
          // Somebody who has gone elsewhere is not to be called back; it is opened when they come again.
          this.#address = null;
          return;
        }
        this.image = image;
        this.problem = null;
        // With one face there is nothing to choose.
        if (query.chosen.length === 0 && image.faces.length === 1) this.choose([image.faces[0]!.index]);
      } catch (error) {
        this.#fail(query, error);
        return;
      }
    }
    await this.#search();
  }

  async #search(): Promise<void> {
    const { query } = this;
    if (!query || ('image' in query && query.chosen.length === 0)) return;
    const load = ++this.#loads;
    try {
      const result =
        'faces' in query
          ? await this.#client.call('search.byFaces', { faces: [...query.faces] })
          : await this.#client.call('search.byImage', { image: query.image, faces: [...query.chosen] });
      if (load !== this.#loads || this.query !== query) return;
      [this.result, this.problem] = [result, null];
    } catch (error) {
      if (load === this.#loads) this.#fail(query, error);
    }
  }

  #fail(query: FindQuery, error: unknown): void {
    if (this.query !== query) return;
    const { kind, message } = toErrorData(error);
    // A lost connection has its own banner; what is shown stays until it is back.
    if (kind === 'disconnected' && this.result) return;
    [this.result, this.problem, this.retryable] = [null, message, kind !== 'not-found'];
  }

  async #forget(image: string): Promise<void> {
    try {
      await this.#client.call('search.closeImage', { image });
    } catch {
      // The service forgets it by itself in time.
    }
  }
}
