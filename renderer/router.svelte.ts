export type ScreenName =
  'library' | 'search' | 'find' | 'people' | 'person' | 'folders' | 'review' | 'history' | 'learning' | 'settings';

export interface Route {
  screen: ScreenName;
  /** Set on the person screen. */
  personId: string | null;
  /** The photo open in front of the screen; the arrow keys walk through the screen's photos. */
  photoId: number | null;
  /** What stands behind the question mark: what is searched for, on the screens that search; '' elsewhere. */
  query: string;
}

/** Addresses inside the window. A photo's address says which photos stand beside it. */
export const addresses = {
  library: '#/library',
  /** A filter, as `filterToQuery` writes it. */
  search: (query = ''): string => `#/search${query && `?${query}`}`,
  /** Faces to search by, as `findToQuery` writes them. */
  find: (query: string): string => `#/find?${query}`,
  people: '#/people',
  folders: '#/folders',
  review: '#/review',
  history: '#/history',
  learning: '#/learning',
  settings: '#/settings',
  person: (personId: string): string => `#/person/${personId}`,
  photo: (photoId: number): string => `#/photo/${photoId}`,
  personPhoto: (personId: string, photoId: number): string => `#/person/${personId}/photo/${photoId}`,
} as const;

/** The address of a photo that stands beside the others of a screen. */
export function photoAddress({ screen, personId, query }: Route, photoId: number): string {
  if (personId !== null) return addresses.personPhoto(personId, photoId);
  if (screen === 'search' || screen === 'find') return `#/${screen}/photo/${photoId}${query && `?${query}`}`;
  return addresses.photo(photoId);
}

/** The address of the screen behind a photo. */
export function screenAddress({ screen, personId, query }: Route): string {
  if (personId !== null) return addresses.person(personId);
  if (screen === 'search') return addresses.search(query);
  return screen === 'find' ? addresses.find(query) : addresses.library;
}

/** Reads an address; one that makes no sense leads to the library. */
export function parseAddress(hash: string): Route {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#\/?/, ''), '?');
  const parts = path.split('/');
  const number = (text: string | undefined): number | null => (/^\d+$/.test(text ?? '') ? Number(text) : null);
  const nothing = { personId: null, photoId: null, query: '' };
  switch (parts[0]) {
    case 'people':
    case 'folders':
    case 'review':
    case 'history':
    case 'learning':
    case 'settings':
      return { ...nothing, screen: parts[0] };
    case 'search':
    case 'find':
      return { ...nothing, screen: parts[0], photoId: parts[1] === 'photo' ? number(parts[2]) : null, query };
    case 'person':
      if (!/^[pf]\d+$/.test(parts[1] ?? '')) break;
      return {
        ...nothing,
        screen: 'person',
        personId: parts[1] ?? '',
        photoId: parts[2] === 'photo' ? number(parts[3]) : null,
      };
    case 'photo':
      return { ...nothing, screen: 'library', photoId: number(parts[1]) };
  }
  return { ...nothing, screen: 'library' };
}

function splitOnce(text: string, at: string): string[] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

/** Where the window is, kept in the address, so that Back, Forward and reload do what they say. */
export class Router {
  route = $state.raw<Route>(parseAddress(location.hash));
  /** What had the focus when the address last changed, for giving it back. */
  opener: HTMLElement | null = null;
  /** Whether the last change was made by Back or Forward. */
  cameBack = false;

  constructor() {
    if (history.state === null) history.replaceState({ inside: false }, '');
    window.addEventListener('popstate', () => {
      // A link inside the window makes an entry without state; entries with state were visited before.
      this.cameBack = history.state !== null;
      if (history.state === null) history.replaceState({ inside: true }, '');
      this.#read();
    });
  }

  /** Goes to an address; `replace` leaves no entry for Back. */
  go(address: string, { replace = false } = {}): void {
    this.cameBack = false;
    if (replace) history.replaceState(history.state, '', address);
    else history.pushState({ inside: true }, '', address);
    this.#read();
  }

  /** Back, where the entry before is ours; else to the given address. */
  leave(fallback: string): void {
    if ((history.state as { inside?: boolean } | null)?.inside === true) history.back();
    else this.go(fallback, { replace: true });
  }

  #read(): void {
    const next = parseAddress(location.hash);
    if (next.photoId !== null && this.route.photoId === null) {
      this.opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    }
    this.route = next;
  }
}
