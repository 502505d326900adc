import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KindredError } from '../../contract/errors.ts';

/** A program that is still running by then has started well. */
const startedAfterMs = 2000;

interface DesktopCommand {
  program: string;
  args: string[];
  /** Explorer says 1 when all went well. */
  ignoresExit?: boolean;
  verbatim?: boolean;
}

/**
 * Opens a file in the program that is set for it.
 *
 * @param path absolute
 * @throws KindredError `invalid-input` where this computer has no way to
 */
export async function openFile(path: string): Promise<void> {
  await firstThatRuns(openCommands(process.platform, path), 'No program for photos was found on this computer.');
}

/**
 * Shows a file in the file manager.
 *
 * @param path absolute
 * @throws KindredError `invalid-input` where this computer has no way to
 */
export async function revealFile(path: string): Promise<void> {
  await firstThatRuns(revealCommands(process.platform, path), 'No file manager was found on this computer.');
}

export function openCommands(platform: NodeJS.Platform, path: string): DesktopCommand[] {
  switch (platform) {
    case 'darwin':
      return [{ program: 'open', args: [path] }];
    case 'win32':
      return [{ program: 'explorer.exe', args: [`"${path}"`], ignoresExit: true, verbatim: true }];
    default:
      return [{ program: 'xdg-open', args: [path] }];
  }
}

export function revealCommands(platform: NodeJS.Platform, path: string): DesktopCommand[] {
  switch (platform) {
    case 'darwin':
      return [{ program: 'open', args: ['-R', path] }];
    case 'win32':
      // Explorer reads its own line: a path with blanks must be quoted after the comma, and can hold no quote itself.
      return [{ program: 'explorer.exe', args: [`/select,"${path}"`], ignoresExit: true, verbatim: true }];
    default: {
      // dbus-send takes a comma for the end of an item.
      const url = pathToFileURL(path).href.replaceAll(',', '%2C');
      const manager = 'org.freedesktop.FileManager1';
      return [
        {
          program: 'dbus-send',
          args: [
            '--session',
            '--print-reply',
            `--dest=${manager}`,
            '/org/freedesktop/FileManager1',
            `${manager}.ShowItems`,
            `array:string:${url}`,
            'string:',
          ],
        },
        // Without marking the file.
        { program: 'xdg-open', args: [dirname(path)] },
      ];
    }
  }
}

async function firstThatRuns(commands: readonly DesktopCommand[], otherwise: string): Promise<void> {
  const { platform, env } = process;
  const hasDesktop = ['darwin', 'win32'].includes(platform) || 'DISPLAY' in env || 'WAYLAND_DISPLAY' in env;
  if (hasDesktop) for (const command of commands) if (await runs(command)) return;
  throw new KindredError('invalid-input', otherwise);
}

/** Without a shell, which would read meaning into file names. */
function runs({ program, args, ignoresExit = false, verbatim = false }: DesktopCommand): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: 'ignore',
      detached: true,
      shell: false,
      windowsVerbatimArguments: verbatim,
    });
    const timer = setTimeout(() => resolve(true), startedAfterMs);
    const end = (value: boolean): void => {
      clearTimeout(timer);
      resolve(value);
    };
    child.on('error', () => end(false));
    child.on('exit', (code) => end(ignoresExit || code === 0));
    child.unref();
  });
}
