import type { ComponentProps } from 'svelte';
import type Icon from './Icon.svelte';

/** A line of an `OptionList`. */
export interface Option {
  key: string;
  title: string;
  detail: string;
  /** Crop to show beside it; null for what is not a person yet. */
  faceId: number | null;
  /** Where there is no crop; a plus by default. */
  icon?: ComponentProps<typeof Icon>['name'];
}
