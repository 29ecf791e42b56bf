import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const program = join(import.meta.dirname, '../../.ci/count.mjs');
const allPassed = 'verify: passed: types (1.0 s)\nverify: passed: dead code (1.0 s)\n';
const report = (counts: object) => JSON.stringify({ testResults: [], ...counts });

interface Run {
  readonly tests?: string;
  readonly testsCode?: number;
  readonly verify?: string;
  readonly verifyCode?: number;
}

function count({ tests, testsCode = 0, verify = allPassed, verifyCode = 0 }: Run) {
  const folder = mkdtempSync(join(tmpdir(), 'longrun-count-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (tests) writeFileSync(join(folder, 'tests.json'), tests);
  writeFileSync(join(folder, 'verify.log'), verify);

  const args = [program, folder, String(testsCode), String(verifyCode)];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { line: stdout.trim(), status };
}

describe('the count of a CI run', () => {
  it('adds up tests and checks', () => {
    const counted = count({ tests: report({ numPassedTests: 40, numPendingTests: 2 }) });

    expect(counted).toEqual({ line: '42 passed, 0 failed, 2 skipped', status: 0 });
  });

  it.each<[string, Run, string]>([
    [
      'a test',
      { tests: report({ numPassedTests: 4, numFailedTests: 1 }), testsCode: 1 },
      '6 passed, 1 failed, 0 skipped',
    ],
    [
      'a file that cannot be loaded',
      {
        tests: report({
          numPassedTests: 4,
          testResults: [
            { status: 'failed', assertionResults: [] },
            { status: 'failed', assertionResults: [] },
          ],
        }),
        testsCode: 1,
      },
      '6 passed, 2 failed, 0 skipped',
    ],
    [
      'an error between tests',
      { tests: report({ numPassedTests: 4 }), testsCode: 1 },
      '6 passed, 1 failed, 0 skipped',
    ],
    ['all of vitest', { testsCode: 139 }, '2 passed, 1 failed, 0 skipped'],
    ['half a report', { tests: '{"numPassed', testsCode: 1 }, '2 passed, 1 failed, 0 skipped'],
    [
      'a check',
      {
        tests: report({ numPassedTests: 4 }),
        verify: `${allPassed}verify: FAILED: architecture (1.0 s)\n`,
        verifyCode: 1,
      },
      '6 passed, 1 failed, 0 skipped',
    ],
    [
      'all of verify',
      { tests: report({ numPassedTests: 4 }), verify: '', verifyCode: 1 },
      '4 passed, 1 failed, 0 skipped',
    ],
  ])('fails with %s', (_, run, line) => {
    expect(count(run)).toEqual({ line, status: 1 });
  });

  it('fails if no test ran', () => {
    expect(count({ tests: report({}) })).toEqual({
      line: '2 passed, 0 failed, 0 skipped',
      status: 1,
    });
  });
});
