export type ScreenName = 'library' | 'people' | 'person' | 'folders' | 'review' | 'history' | 'learning' | 'settings';

export interface Route {
  screen: ScreenName;
  /** Set on the person screen. */
  personId: string | null;
  /** The photo open in front of the screen; the arrow keys walk through the screen's photos. */
  photoId: number | null;
}

/** Addresses inside the window. A photo's address says which photos stand beside it. */
export const addresses = {
  library: '#/library',
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

/** Reads an address; one that makes no sense leads to the library. */
export function parseAddress(hash: string): Route {
  const parts = hash.replace(/^#\/?/, '').split('/');
  const number = (text: string | undefined): number | null => (/^\d+$/.test(text ?? '') ? Number(text) : null);
  switch (parts[0]) {
    case 'people':
    case 'folders':
    case 'review':
    case 'history':
    case 'learning':
    case 'settings':
      return { screen: parts[0], personId: null, photoId: null };
    case 'person':
      if (!/^[pf]\d+$/.test(parts[1] ?? '')) break;
      return { screen: 'person', personId: parts[1] ?? '', photoId: parts[2] === 'photo' ? number(parts[3]) : null };
    case 'photo':
      return { screen: 'library', personId: null, photoId: number(parts[1]) };
  }
  return { screen: 'library', personId: null, photoId: null };
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
