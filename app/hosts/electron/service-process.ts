/** Entry of the Electron utility process: one service, talking to the main process and, by MessagePorts, to the pages. */
import { parseArguments } from './arguments.ts';
import { openService } from '../../service/service.ts';
import { serveParent } from './serve-parent.ts';

// Ctrl-C reaches every process of a terminal; the main process ends this one in order.
process.on('SIGINT', () => undefined);

await serveParent(process.parentPort, {
  open: () => openService({ libraryPath: parseArguments(process.argv, true).library, host: 'electron' }),
  exit: (code) => process.exit(code),
});
