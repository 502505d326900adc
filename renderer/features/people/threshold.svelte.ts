import type { ThresholdInfo, ThresholdPreview } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import type { Client } from '../../client/client.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';

/** How long the slider must rest before its people are counted, in ms. */
const rest = 90;

/** Choosing how alike faces must be to become one person, seeing first what it would give. */
export class ThresholdChoice {
  info = $state.raw<ThresholdInfo | null>(null);
  /** What the slider says. */
  value = $state(0);
  /** What there is now. */
  now = $state.raw<ThresholdPreview | null>(null);
  /** What `value` would give; of an older value while `counting`. */
  then = $state.raw<ThresholdPreview | null>(null);
  counting = $state(false);
  applying = $state(false);
  problem = $state<string | null>(null);
  readonly changed = $derived(this.info !== null && this.value !== this.info.threshold);
  readonly #client: Client;
  readonly #toasts: Toasts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = false;

  constructor(client: Client, toasts: Toasts) {
    this.#client = client;
    this.#toasts = toasts;
  }

  async load(): Promise<void> {
    try {
      const info = await this.#client.call('people.threshold');
      this.info = info;
      this.value = info.threshold;
      this.now = this.then = await this.#client.call('people.previewThreshold', { threshold: info.threshold });
      this.problem = null;
    } catch (error) {
      this.problem = toErrorData(error).message;
    }
  }

  choose(value: number): void {
    this.value = value;
    this.counting = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#count(), rest);
  }

  /** @returns whether it was applied */
  async apply(): Promise<boolean> {
    const before = this.info?.threshold;
    if (before === undefined) return false;
    this.applying = true;
    const done = await this.#set(this.value);
    this.applying = false;
    if (done) {
      this.#toasts.show('Everybody was grouped anew. Nothing that you said has changed.', {
        label: 'Undo',
        run: () => void this.#set(before),
      });
    }
    return done;
  }

  async #set(threshold: number): Promise<boolean> {
    try {
      await this.#client.call('people.setThreshold', { threshold });
      return true;
    } catch (error) {
      this.#toasts.error(error);
      return false;
    }
  }

  /** Counts one value at a time; while the slider goes on, the next one asked for is the one it is at then. */
  async #count(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      do {
        this.then = await this.#client.call('people.previewThreshold', { threshold: this.value });
      } while (this.then.threshold !== this.value);
      this.problem = null;
    } catch (error) {
      this.problem = toErrorData(error).message;
    } finally {
      this.#asked = this.counting = false;
    }
  }
}
