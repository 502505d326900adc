/**
 * The keyboard side of a list of options under a text field: the focus stays in the field, the arrow keys say which
 * option is meant.
 */
export class Combobox<Option> {
  /** Position of the option that Enter takes; -1 for what is typed. */
  active = $state(-1);
  readonly #options: () => readonly Option[];
  readonly #choose: (option: Option) => void;

  constructor(options: () => readonly Option[], choose: (option: Option) => void) {
    this.#options = options;
    this.#choose = choose;
  }

  /** @returns whether the key was meant for the options */
  onkeydown(event: KeyboardEvent): boolean {
    const options = this.#options();
    if (options.length === 0 || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const option = options[this.active];
    if (event.key === 'ArrowDown') this.active = this.active + 1 < options.length ? this.active + 1 : -1;
    else if (event.key === 'ArrowUp') this.active = this.active >= 0 ? this.active - 1 : options.length - 1;
    else if (event.key === 'Enter' && option !== undefined) this.#choose(option);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
