import { createContext } from 'svelte';
import type { AppInfo } from '../app/contract/dto.ts';
import { toErrorData } from '../app/contract/errors.ts';
import type { Client } from './client/client.ts';
import type { ConnectionState } from './client/transport.ts';
import { DecisionsState } from './features/decisions/decisions.svelte.ts';
import { FilesState } from './features/files/files.svelte.ts';
import { FindState } from './features/find/find.svelte.ts';
import { FoldersState } from './features/folders/folders.svelte.ts';
import { HistoryState } from './features/history/history.svelte.ts';
import { LearningState } from './features/learning/learning.svelte.ts';
import { LibraryState } from './features/library/library.svelte.ts';
import { PeopleState } from './features/people/people.svelte.ts';
import { PersonState } from './features/person/person.svelte.ts';
import { PhotoState } from './features/photo/photo.svelte.ts';
import { ReviewState } from './features/review/review.svelte.ts';
import { ScanState } from './features/scan/scan.svelte.ts';
import { AlbumsState } from './features/albums/albums.svelte.ts';
import { SearchState } from './features/search/search.svelte.ts';
import { ModelsState } from './features/settings/models.svelte.ts';
import { Router } from './router.svelte.ts';
import { Toasts } from './ui/toasts.svelte.ts';

/** Everything that the window knows, built once around one client. */
export class AppState {
  readonly router = new Router();
  readonly toasts = new Toasts();
  readonly library: LibraryState;
  readonly people: PeopleState;
  readonly person: PersonState;
  readonly photo: PhotoState;
  readonly search: SearchState;
  readonly albums: AlbumsState;
  readonly find: FindState;
  readonly files: FilesState;
  readonly scan: ScanState;
  readonly models: ModelsState;
  readonly folders: FoldersState;
  readonly decisions: DecisionsState;
  readonly review: ReviewState;
  readonly history: HistoryState;
  readonly learning: LearningState;
  connection = $state<ConnectionState>('connecting');
  info = $state.raw<AppInfo | null>(null);
  /** Why the library cannot be shown at all. */
  problem = $state<string | null>(null);
  readonly #client: Client;

  constructor(client: Client) {
    this.decisions = new DecisionsState(client, this.toasts, () => {
      void this.people.refresh();
      void this.person.reload();
    });
    this.review = new ReviewState(client, this.toasts, this.decisions);
    this.history = new HistoryState(client, this.toasts, this.decisions);
    this.library = new LibraryState(client);
    this.people = new PeopleState(client, this.toasts);
    this.person = new PersonState(client);
    this.photo = new PhotoState(client, this.toasts, this.decisions);
    this.search = new SearchState(client, this.library, this.people);
    this.albums = new AlbumsState(client, this.toasts);
    this.find = new FindState(client, this.toasts, this.decisions, this.router);
    this.files = new FilesState(client, this.toasts);
    this.scan = new ScanState(client, this.toasts);
    this.learning = new LearningState(client, this.toasts);
    this.models = new ModelsState(client, this.toasts);
    this.folders = new FoldersState(client, this.toasts, () => void this.library.refresh());

    this.#client = client;
    client.onConnection((state) => {
      if (state === 'open' && this.connection === 'lost') this.load();
      this.connection = state;
    });
    this.load();
  }

  /** Loads everything that is shown, anew. */
  load(): void {
    void this.library.refresh();
    void this.people.refresh();
    void this.person.refresh();
    void this.photo.reload();
    void this.review.refresh();
    void this.albums.refresh();
    void this.search.reload();
    void this.find.reload();
    void this.scan.refresh();
    void this.models.refresh();
    void this.learning.refresh();
    void this.#loadInfo();
  }

  async #loadInfo(): Promise<void> {
    try {
      this.info = await this.#client.call('app.info');
      this.problem = null;
    } catch (error) {
      const { kind, message } = toErrorData(error);
      // A lost connection has its own banner, and everything is loaded again after it.
      this.problem = kind === 'disconnected' ? null : message;
    }
  }
}

export const [getApp, setApp] = createContext<AppState>();
