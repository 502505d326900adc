import type { PhotoDetail } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import { mediaPaths } from '../../../app/contract/wire.ts';
import type { Client } from '../../client/client.ts';
import { refresher } from '../../refresher.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';
import type { DecisionsState } from '../decisions/decisions.svelte.ts';
import { FaceEdits } from './face-edits.svelte.ts';

const facesKey = 'kindred.showFaces';
const infoKey = 'kindred.showInfo';

/** The photo that is open, and the ones beside it, loaded before they are asked for. */
export class PhotoState {
  detail = $state.raw<PhotoDetail | null>(null);
  problem = $state<string | null>(null);
  readonly edits: FaceEdits;
  #showFaces = $state(localStorage.getItem(facesKey) !== 'no');
  /** Faces that were ignored or said to be none; not kept, because few want to see them all the time. */
  showAside = $state(false);
  #showInfo = $state(localStorage.getItem(infoKey) === 'yes');
  readonly #client: Client;
  readonly #known = new Map<number, PhotoDetail>();
  readonly #pictures = new Map<number, HTMLImageElement>();
  #id: number | null = null;

  constructor(client: Client, toasts: Toasts, decisions: DecisionsState) {
    this.#client = client;
    this.edits = new FaceEdits(client, toasts, decisions);
    const reload = refresher(600, () => this.reload());
    client.on('people.changed', () => void reload());
  }

  get showFaces(): boolean {
    return this.#showFaces;
  }
  set showFaces(show: boolean) {
    this.#showFaces = show;
    localStorage.setItem(facesKey, show ? 'yes' : 'no');
  }

  get showInfo(): boolean {
    return this.#showInfo;
  }
  set showInfo(show: boolean) {
    this.#showInfo = show;
    localStorage.setItem(infoKey, show ? 'yes' : 'no');
  }

  /** Shows a photo; `beside` are the ones that the arrow keys lead to. */
  open(id: number, beside: readonly number[]): void {
    if (this.#id !== id) this.edits.cancel();
    this.#id = id;
    this.detail = this.#known.get(id) ?? null;
    this.problem = null;
    void this.#load(id).then(() => {
      if (this.#id === id) for (const other of beside) this.#preload(other);
    });
    for (const kept of this.#pictures.keys()) if (kept !== id && !beside.includes(kept)) this.#pictures.delete(kept);
  }

  close(): void {
    this.#id = null;
    this.edits.cancel();
    this.#known.clear();
    this.#pictures.clear();
  }

  /** Reads the open photo again: who is on it may have changed. */
  async reload(): Promise<void> {
    this.#known.clear();
    if (this.#id !== null) await this.#load(this.#id);
  }

  async #load(id: number): Promise<void> {
    try {
      const detail = await this.#client.call('library.photo', { id });
      this.#known.set(id, detail);
      if (this.#id === id) [this.detail, this.problem] = [detail, null];
    } catch (error) {
      if (this.#id === id) this.problem = toErrorData(error).message;
    }
  }

  #preload(id: number): void {
    if (!this.#known.has(id)) void this.#load(id);
    if (this.#pictures.has(id)) return;
    const picture = new Image();
    picture.decoding = 'async';
    picture.src = mediaPaths.photo(id);
    this.#pictures.set(id, picture);
  }
}
