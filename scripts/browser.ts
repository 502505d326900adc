import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'msedge',
  'microsoft-edge',
];

const installed: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [process.env['ProgramFiles'], process.env['ProgramFiles(x86)'], process.env['LOCALAPPDATA']]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]),
};

/** Finds a Chromium, Chrome or Edge: `KINDRED_CHROMIUM`, the system's, or Playwright's own. Null where there is none. */
export function findBrowser(): string | null {
  const given = process.env['KINDRED_CHROMIUM'];
  if (given) {
    if (!existsSync(given)) throw new Error(`KINDRED_CHROMIUM names ${given}, which does not exist.`);
    return given;
  }
  const onPath = names.flatMap((name) =>
    (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)),
  );
  const candidates = [...onPath, ...(installed[process.platform] ?? []), chromium.executablePath()];
  return candidates.find(isExecutable) ?? null;
}

/** Installs Debian's `chromium` where that may be done without asking. @returns whether there is one now */
export function installBrowser(): boolean {
  const prefix = rightToInstall();
  if (prefix === null) return false;
  process.stderr.write('No browser found: installing Debian’s chromium for the end-to-end tests …\n');
  const options = { stdio: ['ignore', 2, 2] as (number | 'ignore')[] };
  for (const args of [
    ['update', '-q'],
    ['install', '-y', '-q', 'chromium'],
  ]) {
    const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args] as [string];
    if (spawnSync(program, rest, options).status !== 0) return false;
  }
  return true;
}

/** What to put before a command that installs; null where this is no Debian or asking would be needed. */
function rightToInstall(): string[] | null {
  if (!existsSync('/etc/os-release') || !/^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))) return null;
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
