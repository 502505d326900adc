import type { ScanStatus } from './dto.ts';

/** Every event that the service sends by itself, with its payload. */
export interface Events {
  /** At most a few times a second while a scan runs, and at every change of phase. */
  'scan.progress': ScanStatus;
  /** Photos came or went. */
  'library.changed': null;
  /** Groups or names changed. */
  'people.changed': null;
}

export type EventName = keyof Events;
export type EventListener = <Name extends EventName>(name: Name, payload: Events[Name]) => void;
