/**
 * `npm test [-- [unit] [integration] [e2e] [filter …]]`: builds the window, runs vitest and then Playwright, and ends
 * with one line of counts over both. Everything else on the command line narrows both by file name.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser, installBrowser } from './browser.ts';
import {
  countPlaywright,
  countVitest,
  summary,
  type PlaywrightReport,
  type TestCount,
  type VitestReport,
} from './test-report.ts';

const root = join(import.meta.dirname, '..');
const tiers = ['unit', 'integration', 'e2e'];

const args = process.argv.slice(2);
const filters = args.filter((arg) => !tiers.includes(arg));
const chosen = tiers.filter((tier) => args.includes(tier));
const wanted = chosen.length > 0 ? chosen : tiers;

const reports = mkdtempSync(join(tmpdir(), 'kindred-test-'));
try {
  process.exitCode = main();
} finally {
  rmSync(reports, { recursive: true, force: true });
}

function main(): number {
  const e2e = wanted.includes('e2e');
  const browser = e2e ? browserForTests() : null;
  if (e2e && browser === null) {
    process.stderr.write(
      'The end-to-end tests need a Chromium, Chrome or Edge, and none was found or could be installed.\n' +
        'Install one, or name one in KINDRED_CHROMIUM. Without one: npm test -- unit integration\n',
    );
    return 1;
  }
  if (wanted.some((tier) => tier !== 'unit') && runNode(['scripts/build.ts', 'renderer', '--if-stale']) !== 0) return 1;

  const counts: TestCount[] = [];
  const projects = wanted.filter((tier) => tier !== 'e2e');
  if (projects.length > 0) counts.push(runVitest(projects));
  if (browser !== null) counts.push(runPlaywright(browser));

  process.stdout.write(`\n${summary(counts)}\n`);
  const any = counts.some((count) => count.passed + count.failed + count.skipped.length > 0);
  return any && counts.every((count) => count.failed === 0) ? 0 : 1;
}

function browserForTests(): string | null {
  return findBrowser() ?? (installBrowser() ? findBrowser() : null);
}

function runVitest(projects: string[]): TestCount {
  const report = join(reports, 'vitest.json');
  const code = runNode([
    'node_modules/vitest/vitest.mjs',
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--passWithNoTests',
    ...filters,
  ]);
  return count(code, report, (json) => countVitest(json as VitestReport));
}

function runPlaywright(browser: string): TestCount {
  const report = join(reports, 'playwright.json');
  const code = runNode(
    ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json', '--pass-with-no-tests', ...filters],
    { KINDRED_CHROMIUM: browser, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  );
  return count(code, report, (json) => countPlaywright(json as PlaywrightReport));
}

/** Reads a runner's report; a runner that failed without naming a failed test counts as one failure. */
function count(code: number, report: string, read: (json: unknown) => TestCount): TestCount {
  const found = existsSync(report)
    ? read(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 0, skipped: [] };
  return code !== 0 && found.failed === 0 ? { ...found, failed: 1 } : found;
}

function runNode(args: string[], env: Record<string, string> = {}): number {
  return (
    spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1
  );
}
