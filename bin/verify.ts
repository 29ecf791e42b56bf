import { checkArchitecture } from './verify/architecture.ts';
import { type CheckResult, runTool } from './verify/run-tool.ts';

const root = import.meta.dirname.replace(/[/\\]bin$/, '');

const checks: Record<string, () => Promise<CheckResult>> = {
  'format and lint': () =>
    runTool(root, '@biomejs/biome/bin/biome', [
      'ci',
      '--error-on-warnings',
      '--max-diagnostics=200',
      '--colors=off',
    ]),
  types: () => runTool(root, 'typescript/bin/tsc', ['--noEmit']),
  architecture: () => checkArchitecture(root),
  'dead code': () => runTool(root, 'knip/bin/knip.js', ['--no-progress']),
};

// .ci/run counts these lines.
async function report(name: string, check: () => Promise<CheckResult>): Promise<boolean> {
  const startedAt = performance.now();
  const { passed, output } = await check();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);

  console.log(`verify: ${passed ? 'passed' : 'FAILED'}: ${name} (${seconds} s)`);
  if (!passed) console.log(output);
  return passed;
}

const outcomes = await Promise.all(Object.entries(checks).map((check) => report(...check)));
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
