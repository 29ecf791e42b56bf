import { expect } from 'vitest';
import { registerPause } from '#core/approval/register-pause.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import type { Run } from '#core/run/run.ts';
import { executionOf, keyOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import { aDispatchedRun, aSettledRun, aStoredRun, decide, now, sessionId } from './arrange.ts';
import { crashStates } from './crash-states.ts';
import type { CrashWorld } from './crash-world.ts';

const dayMs = 24 * 3600_000;
const aKey = { idempotency: { route: 'continue', key: 'k', fingerprint: 'f' } };
const toolRan = (world: CrashWorld) => world.effects.map(({ tool }) => tool);

/** A paused run, and one behind it. */
async function aPausedRun(world: CrashWorld) {
  const run = await aSettledRun(world, 'guarded', { sessionId });
  return { run, next: await aStoredRun(world, 'safe', { sessionId }) };
}

/** A paused run whose wait nobody has registered yet. */
async function anUnregisteredPause(world: CrashWorld): Promise<Run> {
  const run = await aDispatchedRun(world, 'guarded');
  world.duty.hold(['register-pause']);
  await world.workflow.start(executionOf(run));
  await world.quiet();
  return now(world, run);
}

async function doTasks(world: CrashWorld): Promise<void> {
  world.duty.assign(world.doomed);
  await world.activity.quiet();
}

const isCompleted = async (world: CrashWorld, run: Run) => {
  expect(await now(world, run)).toMatchObject({ status: 'COMPLETED' });
};

await crashStates('registering the wait of a run that was decided meanwhile', {
  knownChanges: 5,
  arrange: async (world) => {
    const run = await anUnregisteredPause(world);
    await decide(world.deps, run, { decision: 'REJECT' });
    return run;
  },
  act: doTasks,
  recovered: isCompleted,
});

await crashStates('registering the wait of a run that was cancelled meanwhile', {
  knownChanges: 1,
  arrange: async (world) => {
    const run = await anUnregisteredPause(world);
    await cancelRun(world.deps, keyOf(run), 'test');
    return run;
  },
  act: doTasks,
  recovered: async (world, run) => {
    expect(await now(world, run)).toMatchObject({ status: 'CANCELLED', executionOpen: false });
  },
});

await crashStates('registering a wait anew', {
  knownChanges: 1,
  arrange: (world) => aSettledRun(world, 'guarded'),
  act: ({ doomed }, run) =>
    registerPause(doomed.deps, {
      ...keyOf(run),
      approvalId: `${run.id}-1`,
      taskToken: 'of an attempt that nobody waits behind',
    }),
  recovered: async (world, run) => {
    await decide(world.deps, run);
    await world.quiet();
    await world.sweepTwice();
    await isCompleted(world, run);
    expect(toolRan(world)).toEqual(['guarded']);
  },
});

for (const decision of ['APPROVE', 'REJECT'] as const)
  await crashStates(`deciding ${decision} for a caller that asks again with its key`, {
    knownChanges: 2,
    arrange: aPausedRun,
    act: ({ doomed }, { run }) => decide(doomed.deps, run, { ...aKey, decision }),
    recovered: async (world, { run, next }, changes) => {
      const again = await decide(world.deps, run, { ...aKey, decision });
      await world.quiet();

      expect(again.replayed).toBe(changes.length > 0);
      expect(toolRan(world).filter((tool) => tool === 'guarded')).toHaveLength(
        decision === 'APPROVE' ? 1 : 0,
      );
      await isCompleted(world, run);
      await isCompleted(world, next);
    },
  });

for (const [onExpiry, knownChanges, status] of [
  ['reject', 4, 'COMPLETED'],
  ['cancel', 6, 'CANCELLED'],
  ['fail', 6, 'FAILED'],
] as const)
  await crashStates(`expiring an approval that says ${onExpiry}`, {
    knownChanges,
    approval: { onExpiry },
    arrange: async (world) => {
      const paused = await aPausedRun(world);
      await world.pass(8 * dayMs);
      return paused;
    },
    act: ({ doomed }) => sweep(doomed.deps),
    recovered: async (world, { run, next }) => {
      expect(await now(world, run)).toMatchObject({ status });
      await isCompleted(world, next);
      expect(toolRan(world)).toEqual(['safe']);
    },
  });

const longestWaitEnds = async (world: CrashWorld) => {
  world.workflow.expireWaits();
  await doTasks(world);
};

for (const [onExpiry, knownChanges, status] of [
  ['reject', 4, 'COMPLETED'],
  ['cancel', 1, 'CANCELLED'],
  ['fail', 1, 'FAILED'],
] as const)
  await crashStates(`ending the longest wait of all, with an approval that says ${onExpiry}`, {
    knownChanges,
    approval: { onExpiry },
    arrange: async (world) => {
      const run = await aSettledRun(world, 'guarded');
      await world.pass(361 * dayMs);
      return run;
    },
    act: longestWaitEnds,
    recovered: async (world, run) => {
      // The first sweeps may have been the ones that expired the approval.
      await world.sweepTwice();
      expect(await now(world, run)).toMatchObject({ status });
      expect(toolRan(world)).toEqual([]);
    },
  });

await crashStates('ending the longest wait of all, with an approval that might last longer', {
  knownChanges: 1,
  approval: { expiresAfterSeconds: 400 * 24 * 3600 },
  arrange: async (world) => {
    const run = await aSettledRun(world, 'guarded');
    await world.pass(361 * dayMs);
    return run;
  },
  act: longestWaitEnds,
  recovered: async (world, run) => {
    // No sweeper ends it before its approval expires: it waits for the workflow to try again.
    await world.retryHanging();
    expect(await now(world, run)).toMatchObject({ error: { code: 'infrastructure' } });
    expect(toolRan(world)).toEqual([]);
  },
});
