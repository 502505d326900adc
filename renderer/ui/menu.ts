import type { ComponentProps } from 'svelte';
import type Icon from './Icon.svelte';

/** One line of a menu. */
export interface MenuItem {
  label: string;
  /** What follows, where the label alone does not say it. */
  detail?: string;
  icon?: ComponentProps<typeof Icon>['name'];
  /** Key that does the same without the menu. */
  keys?: string;
  disabled?: boolean;
  /** Set for something that is on or off. */
  checked?: boolean;
  /** Apart from the items above it. */
  apart?: boolean;
  run: () => void;
}
