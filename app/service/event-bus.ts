import type { EventListener, EventName, Events } from '../contract/events.ts';

/** Passes the service's events on to whoever listens. */
export interface EventBus {
  emit<Name extends EventName>(name: Name, payload: Events[Name]): void;
  subscribe(listener: EventListener): () => void;
}

export function createEventBus(): EventBus {
  const listeners = new Set<EventListener>();
  return {
    emit(name, payload) {
      for (const listener of listeners) listener(name, payload);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
