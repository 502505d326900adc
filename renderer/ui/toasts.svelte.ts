import { KindredError } from '../../app/contract/errors.ts';

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'error';
  action: { label: string; run: () => void } | null;
}

const shownFor = { plain: 7000, error: 12000 };

/** Short messages at the foot of the window; at most three at a time. */
export class Toasts {
  list = $state.raw<Toast[]>([]);
  #nextId = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** @returns its number, to dismiss it by */
  show(text: string, action: Toast['action'] = null): number {
    const id = this.#nextId++;
    this.#add({ id, text, tone: 'plain', action });
    return id;
  }

  /** Shows what went wrong, in the service's own plain words. */
  error(error: unknown): void {
    const text = error instanceof KindredError ? error.message : 'Something went wrong in the window. Try again.';
    if (!(error instanceof KindredError)) console.error(error);
    this.fail(text);
  }

  /** Shows what went wrong, once, in plain words. */
  fail(text: string): void {
    if (this.list.some((toast) => toast.text === text)) return;
    this.#add({ id: this.#nextId++, text, tone: 'error', action: null });
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
    this.hold(id);
  }

  /** Dismisses everything but what went wrong. */
  clear(): void {
    for (const { id, tone } of this.list) if (tone === 'plain') this.dismiss(id);
  }

  /** Keeps a toast while the pointer or the focus is on it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  release(toast: Toast): void {
    this.hold(toast.id);
    this.#timers.set(
      toast.id,
      setTimeout(() => this.dismiss(toast.id), shownFor[toast.tone]),
    );
  }

  #add(toast: Toast): void {
    for (const old of this.list.slice(0, -2)) this.hold(old.id);
    this.list = [...this.list.slice(-2), toast];
    this.release(toast);
  }
}
