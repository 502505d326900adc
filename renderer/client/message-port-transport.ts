import type { RequestMessage, ServerMessage } from '../../app/contract/wire.ts';
import type { OpenTransport } from './transport.ts';

/**
 * Structured clones over a MessagePort, for Electron. The preload script hands the port over with a window message of
 * type `kindred:port`; when the service had to be started again, it hands over a new one the same way.
 */
export function messagePortTransport(): OpenTransport {
  return (listener) => {
    let port: MessagePort | null = null;
    listener.state('connecting');

    window.addEventListener('message', (event: MessageEvent<{ type?: unknown } | null>) => {
      const arrived = event.ports[0];
      if (event.source !== window || event.data?.type !== 'kindred:port' || arrived === undefined) return;
      if (port) {
        // What was asked over the old port will not be answered any more.
        port.close();
        listener.state('lost');
      }
      port = arrived;
      arrived.onmessage = ({ data }: MessageEvent<ServerMessage>) => listener.message(data);
      // 'close' tells that the other end is gone; the DOM types do not know it yet.
      arrived.addEventListener('close', () => {
        if (port !== arrived) return;
        port = null;
        listener.state('lost');
      });
      arrived.start();
      listener.state('open');
    });

    return { send: (message: RequestMessage) => port?.postMessage(message) };
  };
}
