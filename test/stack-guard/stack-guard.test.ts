import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RanModule, StackGuard, type TestRun } from './stack-guard.ts';

const exitCode = process.exitCode;

beforeEach(() => {
  process.exitCode = undefined;
});
afterEach(() => {
  process.exitCode = exitCode;
});

const aModule = (project: string, ...names: string[]): RanModule => ({
  project: { name: project },
  relativeModuleId: 'test/conformance/runs.test.ts',
  children: {
    allTests: () =>
      names.map((fullName) => ({
        fullName,
        result: () => ({ state: 'passed', errors: undefined }),
      })),
  },
});

interface Ended {
  readonly projects?: readonly string[];
  readonly shard?: unknown;
  readonly reason?: string;
}

/** A run in which the stacks were asked for less than the service on one machine. */
function aPoorRun({
  projects = ['unit', 'conformance', 'stack'],
  shard,
  reason = 'passed',
}: Ended) {
  const said: string[] = [];
  const guard = new StackGuard([]);
  const run: TestRun = {
    projects: projects.map((name) => ({ name })),
    config: { shard },
    logger: { error: (message) => void said.push(message) },
  };
  guard.onInit(run);
  guard.onTestRunEnd(
    [aModule('conformance', 'runs', 'pauses'), aModule('stack', 'runs')],
    [],
    reason,
  );
  return { said, exitCode: process.exitCode };
}

it('fails a run of all projects that leaves out a case on the stacks, and names it', () => {
  const { said, exitCode } = aPoorRun({});

  expect(exitCode).toBe(1);
  expect(said).toEqual([expect.stringContaining('test/conformance/runs.test.ts > pauses')]);
});

const partial: [string, Ended][] = [
  ['without the stacks', { projects: ['unit', 'conformance'] }],
  ['of the stacks alone', { projects: ['stack'] }],
  ['of a share of the files', { shard: { index: 1, count: 2 } }],
  ['that was broken off', { reason: 'interrupted' }],
];

it.each(partial)('says nothing about a run %s', (_, run) => {
  const { said, exitCode } = aPoorRun(run);

  expect(exitCode).toBeUndefined();
  expect(said).toEqual([]);
});
