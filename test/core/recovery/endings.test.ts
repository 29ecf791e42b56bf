import { expect, it } from 'vitest';
import { finalizeRun } from '#core/run/finalize-run.ts';
import { reconcileExecution } from '#core/run/reconcile-execution.ts';
import type { Run } from '#core/run/run.ts';
import { executionOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import {
  aDispatchedRun,
  aSettledRun,
  aStoredRun,
  decide,
  now,
  sessionId,
  withoutWorkflow,
} from './arrange.ts';
import { crashStates } from './crash-states.ts';
import { CrashWorld, minuteMs } from './crash-world.ts';

async function withNext(world: CrashWorld, run: Run) {
  return { run, next: await aStoredRun(world, 'safe', { sessionId }) };
}

await crashStates('finalizing a run of which the workflow knows no more', {
  knownChanges: 2,
  arrange: async (world) => withNext(world, await aDispatchedRun(world, 'safe', { sessionId })),
  act: ({ doomed }, { run }) => finalizeRun(doomed.deps, executionOf(run), 'test'),
  recovered: async (world, { run, next }, changes) => {
    const status = changes.length > 0 ? 'FAILED' : 'COMPLETED';
    expect(await now(world, run)).toMatchObject({ status });
    expect(await now(world, next)).toMatchObject({ status: 'COMPLETED' });
  },
});

for (const [end, status] of [
  ['aborted', { status: 'CANCELLED', reason: 'execution_aborted' }],
  ['timed_out', { status: 'FAILED', error: { code: 'timeout' } }],
] as const) {
  await crashStates(`ending a running run whose execution was ${end}`, {
    knownChanges: 2,
    arrange: async (world) => {
      const run = await aDispatchedRun(world, 'safe', { sessionId });
      await world.endExecution(executionOf(run), end);
      return withNext(world, run);
    },
    act: ({ doomed }, { run }) => reconcileExecution(doomed.deps, executionOf(run), end),
    recovered: async (world, { run, next }) => {
      expect(await now(world, run)).toMatchObject(status);
      expect(await now(world, next)).toMatchObject({ status: 'COMPLETED' });
    },
  });

  await crashStates(`ending a paused run whose execution was ${end}`, {
    knownChanges: 2,
    arrange: async (world) => {
      const run = await aSettledRun(world, 'guarded', { sessionId });
      await world.endExecution(executionOf(run), end);
      return withNext(world, run);
    },
    act: ({ doomed }, { run }) => reconcileExecution(doomed.deps, executionOf(run), end),
    recovered: async (world, { run, next }, changes) => {
      // Nobody asks how the execution of a run stands that waits for a person.
      if (changes.length === 0) await decide(world.deps, run);
      await world.sweepTwice();
      expect(await now(world, run)).toMatchObject(status);
      expect(await now(world, next)).toMatchObject({ status: 'COMPLETED' });
    },
  });
}

await crashStates('ending a run whose execution failed', {
  knownChanges: 2,
  arrange: async (world) => {
    const run = await aDispatchedRun(world, 'safe', { sessionId });
    await world.endExecution(executionOf(run), 'failed');
    return withNext(world, run);
  },
  act: ({ doomed }, { run }) => reconcileExecution(doomed.deps, executionOf(run), 'failed'),
  recovered: async (world, { run, next }, changes) => {
    // A run that nobody ended is worth another execution.
    const status = changes.length > 0 ? 'FAILED' : 'COMPLETED';
    expect(await now(world, run)).toMatchObject({ status });
    expect(await now(world, next)).toMatchObject({ status: 'COMPLETED' });
  },
});

it('leaves a run alone that goes on in a later execution, whatever becomes of the earlier one', async () => {
  const world = new CrashWorld({ rest: 'lost' });
  const run = await aDispatchedRun(world, 'safe');
  await world.pass(minuteMs);
  await sweep(withoutWorkflow(world.deps));
  await world.pass(minuteMs);
  await sweep(withoutWorkflow(world.deps));
  expect(await now(world, run)).toMatchObject({ epoch: 2 });

  await finalizeRun(world.deps, executionOf(run), 'test');
  await reconcileExecution(world.deps, executionOf(run), 'aborted');

  await world.sweepTwice();
  expect(await now(world, run)).toMatchObject({ status: 'COMPLETED' });
  await world.close();
});
