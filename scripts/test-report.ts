/** What one test runner found. */
export interface TestCount {
  passed: number;
  failed: number;
  /** Full names, with the reason where one was given. */
  skipped: string[];
}

/** The part of vitest's JSON report that is read here. */
export interface VitestReport {
  testResults: {
    name: string;
    status: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

interface PlaywrightSuite {
  title: string;
  suites?: PlaywrightSuite[];
  specs?: {
    title: string;
    tests: { status: string; annotations: { type: string; description?: string }[] }[];
  }[];
}

/** The part of Playwright's JSON report that is read here. */
export interface PlaywrightReport {
  suites: PlaywrightSuite[];
  /** What went wrong outside any test. */
  errors: unknown[];
}

/** Counts vitest's results; a file that failed before its first test counts as one failure. */
export function countVitest(report: VitestReport): TestCount {
  const count: TestCount = { passed: 0, failed: 0, skipped: [] };
  for (const file of report.testResults) {
    const failedBefore = count.failed;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') count.passed += 1;
      else if (test.status === 'failed') count.failed += 1;
      else count.skipped.push(test.fullName);
    }
    if (file.status === 'failed' && count.failed === failedBefore) count.failed += 1;
  }
  return count;
}

/** Counts Playwright's results; an error outside any test counts as a failure. */
export function countPlaywright(report: PlaywrightReport): TestCount {
  const count: TestCount = { passed: 0, failed: report.errors.length, skipped: [] };
  const visit = (suite: PlaywrightSuite, path: string[]): void => {
    const here = [...path, suite.title];
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'skipped') count.skipped.push([...here, spec.title, ...reasons(test)].join(' › '));
        else if (test.status === 'unexpected') count.failed += 1;
        else count.passed += 1;
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, here);
  };
  for (const suite of report.suites) visit(suite, []);
  return count;
}

function reasons(test: { annotations: { type: string; description?: string }[] }): string[] {
  return test.annotations.flatMap(({ type, description }) => (type === 'skip' && description ? [description] : []));
}

/** The list of what was skipped and, as the last line, the sum over all runners. */
export function summary(counts: readonly TestCount[]): string {
  const sum = (pick: (count: TestCount) => number): number => counts.reduce((total, count) => total + pick(count), 0);
  const skipped = counts.flatMap((count) => count.skipped);
  return [
    ...skipped.map((name) => `skipped: ${name.replace(/\s+/g, ' ')}`),
    `${sum((count) => count.passed)} passed, ${sum((count) => count.failed)} failed, ${skipped.length} skipped`,
  ].join('\n');
}
