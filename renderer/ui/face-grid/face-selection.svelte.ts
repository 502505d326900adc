/**
 * Which faces of a list are selected, and on which one the keyboard is. Lists change under it: what is gone is no longer
 * selected, and the keyboard stays on its face, or, after that face was decided on, at its place.
 */
export class FaceSelection {
  selected = $state.raw<ReadonlySet<number>>(new Set());
  /** Position of the keyboard in the list; -1 where the list is empty. */
  active = $state(-1);
  #list = $state.raw<readonly number[]>([]);
  /** Where a range begins. */
  #anchor: number | null = null;
  /** The face that `active` is on; null while the place counts and not the face. */
  #activeId: number | null = null;

  get list(): readonly number[] {
    return this.#list;
  }

  /** What something said now is about: the selected faces in their order, else the one that the keyboard is on. */
  get targets(): number[] {
    if (this.selected.size > 0) return this.#list.filter((id) => this.selected.has(id));
    const id = this.#list[this.active];
    return id === undefined ? [] : [id];
  }

  /** Takes up the list as it is now. */
  show(list: readonly number[]): void {
    const followed = this.#activeId === null ? -1 : list.indexOf(this.#activeId);
    const place = Math.min(Math.max(this.active, 0), list.length - 1);
    this.#list = list;
    this.#setActive(followed >= 0 ? followed : place);
    if (this.selected.size === 0) return;
    const present = new Set(list);
    const kept = [...this.selected].filter((id) => present.has(id));
    if (kept.length < this.selected.size) this.selected = new Set(kept);
  }

  /** @param how `toggle` adds or takes away one face, `range` goes on from where the last selection began */
  choose(index: number, how: { toggle?: boolean; range?: boolean } = {}): void {
    const id = this.#list[index];
    if (id === undefined) return;
    this.#setActive(index);
    if (how.range) {
      this.selected = new Set([...(how.toggle ? this.selected : []), ...this.#range(index)]);
      return;
    }
    this.#anchor = id;
    if (!how.toggle) this.selected = new Set([id]);
    else if (this.selected.has(id)) this.selected = new Set([...this.selected].filter((other) => other !== id));
    else this.selected = new Set([...this.selected, id]);
  }

  /** Moves the keyboard, and with `extend` the end of the range. */
  move(index: number, extend: boolean): void {
    if (extend && this.selected.size === 0) this.#anchor = this.#list[this.active] ?? null;
    this.#setActive(index);
    if (extend) this.selected = new Set(this.#range(index));
  }

  chooseAll(): void {
    this.selected = new Set(this.#list);
  }

  clear(): void {
    this.selected = new Set();
  }

  /** Call when something was decided about the targets: the next face will come to where the first of them was. */
  settle(): void {
    const first = this.targets[0];
    if (first !== undefined) this.active = this.#list.indexOf(first);
    this.#activeId = this.#anchor = null;
    this.clear();
  }

  #setActive(index: number): void {
    this.active = index;
    this.#activeId = this.#list[index] ?? null;
  }

  #range(to: number): readonly number[] {
    const anchor = this.#anchor === null ? -1 : this.#list.indexOf(this.#anchor);
    const from = anchor < 0 ? to : anchor;
    return this.#list.slice(Math.min(from, to), Math.max(from, to) + 1);
  }
}
