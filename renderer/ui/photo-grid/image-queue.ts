/** As many as a browser asks one host for at a time over HTTP/1.1, and as many to follow at once. */
const atOnce = 12;

/** Where pictures are wanted most. */
export interface Focus {
  /** Height, in the pixels of the grid. */
  y: number;
  /** Pixels by which a picture's rank sets it back: 0 at rest, more the faster the view moves. */
  spread: number;
}

interface Waiting {
  src: string;
  /** Middle of the picture, in the pixels of the grid. */
  y: () => number;
  rank: number;
}

/**
 * Loads pictures a few at a time, always the one next to where the view is about to be. Left to itself, a browser loads
 * them in the order in which they came: in a fast scroll it then always loads what has just scrolled away. Where not
 * all of them can come in time, ranks see to it that there are some everywhere instead of all here and none there.
 */
export class ImageQueue {
  readonly #waiting = new Map<HTMLImageElement, Waiting>();
  readonly #focus: () => Focus;
  #loading = 0;

  /** @param focus asked for each time a picture is chosen */
  constructor(focus: () => Focus) {
    this.#focus = focus;
  }

  /**
   * @param y middle of the picture, asked for each time one is chosen
   * @param rank 0, 1, 2 …: those of rank 0 come first while the view moves fast
   * @returns a function for when the picture is not wanted any more; a load under way is not broken off
   */
  add(image: HTMLImageElement, src: string, y: () => number, rank: number): () => void {
    this.#waiting.set(image, { src, y, rank });
    // Pictures come many at a time: choose when all of them are here.
    queueMicrotask(() => this.#fill());
    return () => this.#waiting.delete(image);
  }

  #fill(): void {
    while (this.#loading < atOnce) {
      const chosen = this.#nearest();
      if (chosen === null) return;
      const [image, { src }] = chosen;
      this.#waiting.delete(image);
      this.#loading++;
      const settled = (): void => {
        image.removeEventListener('load', settled);
        image.removeEventListener('error', settled);
        this.#loading--;
        this.#fill();
      };
      image.addEventListener('load', settled);
      image.addEventListener('error', settled);
      image.src = src;
    }
  }

  #nearest(): [HTMLImageElement, Waiting] | null {
    const { y, spread } = this.#focus();
    let best: [HTMLImageElement, Waiting] | null = null;
    let bestDistance = Infinity;
    for (const [image, waiting] of this.#waiting) {
      const distance = Math.abs(waiting.y() - y) + waiting.rank * spread;
      if (distance < bestDistance) [best, bestDistance] = [[image, waiting], distance];
    }
    return best;
  }
}
