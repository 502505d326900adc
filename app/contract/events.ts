import type { FetchProgress, ScanStatus, SwitchStatus } from './dto.ts';
import type { LearningEvents } from './learning.ts';
import type { SearchEvents } from './search.ts';

/** Every event that the service sends by itself, with its payload. */
export interface Events extends LearningEvents, SearchEvents {
  /** At most a few times a second while a scan runs, and at every change of phase. */
  'scan.progress': ScanStatus;
  /** Photos came or went. */
  'library.changed': null;
  /** Groups or names changed. */
  'people.changed': null;
  /** Model packs came or went, or others are chosen or in use. */
  'models.changed': null;
  /** At most a few times a second while photos are read with other models, and at every change of phase. */
  'models.progress': SwitchStatus;
  /** At most a few times a second while a model pack is downloaded. */
  'models.fetching': FetchProgress;
}

export type EventName = keyof Events;
export type EventListener = <Name extends EventName>(name: Name, payload: Events[Name]) => void;
