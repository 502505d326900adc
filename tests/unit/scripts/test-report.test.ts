import { describe, expect, it } from 'vitest';
import { countPlaywright, countVitest, summary } from '../../../scripts/test-report.ts';

describe('countVitest', () => {
  it('counts tests by their status and names the skipped ones', () => {
    const assertionResults = [
      { fullName: 'a', status: 'passed' },
      { fullName: 'b', status: 'failed' },
      { fullName: 'c', status: 'skipped' },
      { fullName: 'd', status: 'todo' },
      { fullName: 'e', status: 'pending' },
    ];
    expect(countVitest({ testResults: [{ name: 'x', status: 'failed', assertionResults }] })).toEqual({
      passed: 1,
      failed: 1,
      skipped: ['c', 'd', 'e'],
    });
  });

  it('counts a file that cannot even be loaded', () => {
    const report = { testResults: [{ name: 'x', status: 'failed', assertionResults: [] }] };
    expect(countVitest(report).failed).toBe(1);
  });
});

describe('countPlaywright', () => {
  const spec = (title: string, status: string, reason?: string) => ({
    title,
    tests: [{ status, annotations: reason === undefined ? [] : [{ type: 'skip', description: reason }] }],
  });

  it('counts through nested suites; a flaky test passed in the end', () => {
    const report = {
      suites: [
        {
          title: 'file',
          specs: [spec('a', 'expected'), spec('b', 'unexpected')],
          suites: [{ title: 'inner', specs: [spec('c', 'flaky'), spec('d', 'skipped', 'no Electron binary')] }],
        },
      ],
      errors: [],
    };
    expect(countPlaywright(report)).toEqual({
      passed: 2,
      failed: 1,
      skipped: ['file › inner › d › no Electron binary'],
    });
  });

  it('counts what went wrong outside any test', () => {
    expect(countPlaywright({ suites: [], errors: [{}] }).failed).toBe(1);
  });
});

describe('summary', () => {
  it('ends with the sums, in one line', () => {
    const lines = summary([
      { passed: 2, failed: 0, skipped: ['a\nb'] },
      { passed: 3, failed: 1, skipped: [] },
    ]).split('\n');
    expect(lines).toEqual(['skipped: a b', '5 passed, 1 failed, 1 skipped']);
  });
});
