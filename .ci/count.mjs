// Sums up a run: node .ci/count.mjs <folder with tests.json and verify.log> <exit code of each>
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, testsCode, verifyCode] = process.argv.slice(2);

function countTests() {
  const report = readReport();
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = report;
  // A file that cannot be loaded has no tests to fail.
  const unloadable = (report.testResults ?? []).filter(
    (file) =>
      file.status === 'failed' && file.assertionResults.every((it) => it.status !== 'failed'),
  );
  return {
    passed: numPassedTests,
    failed: atLeastOneIf(testsCode !== '0', numFailedTests + unloadable.length),
    skipped: numPendingTests + numTodoTests,
  };
}

function countChecks() {
  const outcomes = [...read('verify.log').matchAll(/^verify: (passed|FAILED): /gm)];
  const failed = outcomes.filter(([, outcome]) => outcome === 'FAILED').length;
  return {
    passed: outcomes.length - failed,
    failed: atLeastOneIf(verifyCode !== '0' || outcomes.length === 0, failed),
    skipped: 0,
  };
}

// What crashes counts nothing, yet must not pass.
const atLeastOneIf = (crashed, count) => (crashed ? Math.max(1, count) : count);

function readReport() {
  try {
    return JSON.parse(read('tests.json'));
  } catch {
    return {};
  }
}

function read(name) {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return '';
  }
}

const tests = countTests();
const checks = countChecks();
const failed = tests.failed + checks.failed;
const ran = tests.passed + tests.failed;

console.log(
  `${tests.passed + checks.passed} passed, ${failed} failed, ${tests.skipped + checks.skipped} skipped`,
);
process.exitCode = failed === 0 && ran > 0 ? 0 : 1;
