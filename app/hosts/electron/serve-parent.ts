import { KindredError, toErrorData } from '../../contract/errors.ts';
import { servePort, type ServicePort } from '../../service/port-transport.ts';
import type { Service } from '../../service/service-types.ts';
import { showProgress } from '../cli/progress.ts';
import { reportText, scanAndWait } from '../cli/scan.ts';
import type { FromService, ToService } from './service-messages.ts';

/** The part of Electron's `ParentPort` that the service process needs. Messages wait until somebody listens. */
export interface ParentPort {
  postMessage(message: FromService): void;
  on(event: 'message', listener: (event: { data: ToService; ports: ServicePort[] }) => void): unknown;
}

export interface ServiceProcess {
  open(): Promise<Service>;
  exit(code: number): void;
}

/** Opens the service, tells the main process, and then does what that asks for until it says `close`. */
export async function serveParent(parent: ParentPort, { open, exit }: ServiceProcess): Promise<void> {
  let service: Service;
  try {
    service = await open();
  } catch (error) {
    parent.postMessage({ type: 'failed', error: toErrorData(error) });
    return;
  }
  const hideProgress = showProgress(service);

  const receive = async (message: ToService, ports: ServicePort[]): Promise<void> => {
    switch (message.type) {
      case 'page':
        for (const port of ports) servePort(service, port);
        break;
      case 'media':
        try {
          parent.postMessage({ type: 'media', id: message.id, file: await service.media(message.path) });
        } catch (error) {
          parent.postMessage({ type: 'media', id: message.id, error: toErrorData(error) });
        }
        break;
      case 'image':
        try {
          parent.postMessage({ type: 'image', id: message.id, image: await service.receiveImage(message.path) });
        } catch (error) {
          parent.postMessage({ type: 'image', id: message.id, error: toErrorData(error) });
        }
        break;
      case 'add-folder':
        await addFolder(service, message.path);
        break;
      case 'close':
        hideProgress();
        await service.close();
        exit(0);
    }
  };
  parent.on('message', (event) => void receive(event.data, event.ports));
  parent.postMessage({ type: 'ready' });
}

/** The window shows the scan; whoever started Kindred in a terminal reads its result there. */
async function addFolder(service: Service, path: string): Promise<void> {
  try {
    const { report } = await scanAndWait(service, () => service.call('library.addFolder', { path }));
    process.stdout.write(`${reportText(report)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof KindredError ? error.message : String(error)}\n`);
  }
}
