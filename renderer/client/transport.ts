import type { RequestMessage, ServerMessage } from '../../app/contract/wire.ts';

/** `connecting` before the first connection, `lost` while a broken one is being tried again. */
export type ConnectionState = 'connecting' | 'open' | 'lost';

export interface TransportListener {
  message(message: ServerMessage): void;
  state(state: ConnectionState): void;
}

/** A two-way road to the service. Messages may be sent only while the state is `open`. */
export interface Transport {
  send(message: RequestMessage): void;
}

/** Opens the road and keeps it open; tells the listener about both messages and its own state. */
export type OpenTransport = (listener: TransportListener) => Transport;
