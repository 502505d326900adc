import { resolve } from 'node:path';
import { openService } from '../../service/service.ts';
import type { Service } from '../../service/service-types.ts';
import { exitCodes } from './exit-codes.ts';
import { interruptible } from './interrupt.ts';
import { showProgress } from './progress.ts';

export interface LibraryOptions {
  library: string;
  json?: true;
}

/**
 * Opens the library, shows progress, and closes it again. Ctrl-C rejects with an `AbortError`.
 *
 * @param stopped what to tell people then
 * @param mustExist makes no library where there is none
 */
export async function withService(
  { library }: LibraryOptions,
  stopped: string,
  work: (service: Service, signal: AbortSignal) => Promise<void>,
  { mustExist = false }: { mustExist?: boolean } = {},
): Promise<void> {
  const service = await openService({ libraryPath: resolve(library), mustExist, host: 'cli' });
  const hideProgress = showProgress(service);
  try {
    await interruptible((signal) =>
      work(service, signal).catch((error: unknown) => {
        hideProgress();
        if (!signal.aborted) throw error;
        process.stderr.write(`${stopped}\n`);
        process.exitCode = exitCodes.interrupted;
      }),
    );
  } finally {
    hideProgress();
    await service.close();
  }
}

/** JSON where it is asked for, text for people otherwise. */
export function print({ json }: Pick<LibraryOptions, 'json'>, value: object, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text}\n`);
}
