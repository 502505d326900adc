import type { RequestMessage, ServerMessage } from '../../app/contract/wire.ts';
import type { OpenTransport } from './transport.ts';

const firstDelay = 400;
const longestDelay = 4000;

/**
 * JSON messages over a WebSocket, for the web host. A broken connection is tried again for ever, each time after a
 * longer pause (0.4 s up to 4 s), and at once when the window is shown again or the machine is back online.
 */
export function webSocketTransport(url: string): OpenTransport {
  return (listener) => {
    let socket: WebSocket | null = null;
    let delay = firstDelay;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const connect = (): void => {
      clearTimeout(timer);
      const opening = new WebSocket(url);
      socket = opening;
      opening.onopen = () => {
        delay = firstDelay;
        listener.state('open');
      };
      opening.onmessage = (event) => listener.message(JSON.parse(String(event.data)) as ServerMessage);
      opening.onclose = () => {
        if (socket !== opening) return;
        socket = null;
        listener.state('lost');
        timer = setTimeout(connect, delay);
        delay = Math.min(delay * 1.7, longestDelay);
      };
    };

    const retryNow = (): void => {
      if (socket === null && document.visibilityState === 'visible') connect();
    };
    document.addEventListener('visibilitychange', retryNow);
    window.addEventListener('online', retryNow);
    listener.state('connecting');
    connect();

    return { send: (message: RequestMessage) => socket?.send(JSON.stringify(message)) };
  };
}
