import type { PhotoPool } from '../faces/photo-pool.ts';

/** The pool of a library, whose threads may be taken over by others with other models. */
export interface SwitchablePool extends PhotoPool {
  /**
   * From now on these threads work; those of before end what they have in hand, and are closed.
   *
   * @returns when they are
   */
  use(next: PhotoPool): Promise<void>;
}

interface Entry {
  pool: PhotoPool;
  /** Tasks under way. */
  inHand: number;
  /** Called with the closing of the threads once others have taken over and nothing is under way. */
  retire: ((closed: Promise<void>) => void) | null;
}

export function createSwitchablePool(first: PhotoPool): SwitchablePool {
  let current: Entry = { pool: first, inHand: 0, retire: null };
  const closing = new Set<Promise<void>>();

  function closeWhenIdle({ pool, inHand, retire }: Entry): void {
    if (retire && inHand === 0) retire(pool.close());
  }

  async function run<Result>(task: (pool: PhotoPool) => Promise<Result>): Promise<Result> {
    const entry = current;
    entry.inHand += 1;
    try {
      return await task(entry.pool);
    } finally {
      entry.inHand -= 1;
      closeWhenIdle(entry);
    }
  }

  return {
    get threads() {
      return current.pool.threads;
    },
    use(next) {
      const before = current;
      current = { pool: next, inHand: 0, retire: null };
      const closed = new Promise<void>((resolve) => (before.retire = resolve));
      closing.add(closed);
      closeWhenIdle(before);
      return closed.finally(() => closing.delete(closed));
    },
    probe: () => run((pool) => pool.probe()),
    identify: (path) => run((pool) => pool.identify(path)),
    index: (path) => run((pool) => pool.index(path)),
    inspect: (...task) => run((pool) => pool.inspect(...task)),
    embedCentre: (path) => run((pool) => pool.embedCentre(path)),
    centralChip: (...task) => run((pool) => pool.centralChip(...task)),
    embedFromPicture: (...task) => run((pool) => pool.embedFromPicture(...task)),
    describe: (...task) => run((pool) => pool.describe(...task)),
    reread: (...task) => run((pool) => pool.reread(...task)),
    makeThumbnail: (...task) => run((pool) => pool.makeThumbnail(...task)),
    makePreview: (...task) => run((pool) => pool.makePreview(...task)),
    makeCrop: (...task) => run((pool) => pool.makeCrop(...task)),
    async close() {
      await current.pool.close();
      await Promise.all(closing);
    },
  };
}
