import { obstacleAt } from './conformance/check-target.ts';
import { readCommand, UsageError, usage } from './conformance/command-line.ts';
import { runSuite } from './conformance/run-suite.ts';
import { describeSummary, hasPassed } from './conformance/summary.ts';

const named = (lines: string) => lines.replace(/^/gm, 'conformance: ');

/** @returns the exit code. @throws UsageError */
async function main(): Promise<number> {
  const command = readCommand(process.argv.slice(2), process.env);
  if (command === 'help') {
    console.log(usage);
    return 0;
  }
  const { target, environment } = command;
  const obstacle = await obstacleAt(target);
  if (obstacle) {
    console.error(named(obstacle));
    return 1;
  }
  Object.assign(process.env, environment);
  const startedAt = performance.now();
  const summary = await runSuite(target.skip);
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(named(describeSummary(target.url, summary, seconds).join('\n')));
  return hasPassed(summary) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(named(`${error.message}\nwith --help it says more`));
  process.exitCode = 2;
}
