import { expect } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import { LeasedRun } from '#core/run/leased-run.ts';
import type { Run } from '#core/run/run.ts';
import { executionOf, keyOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import { aDispatchedRun, aSettledRun, aStoredRun, now, sessionId } from './arrange.ts';
import { crashStates } from './crash-states.ts';
import { type CrashWorld, minuteMs } from './crash-world.ts';
import { anInvocation } from './process.ts';

interface Queue {
  readonly run: Run;
  /** Behind it in its session. */
  readonly next: Run;
}

const cancel = ({ doomed }: CrashWorld, { run }: Queue) => cancelRun(doomed.deps, keyOf(run), 'x');

async function behind(world: CrashWorld, run: Run): Promise<Queue> {
  return { run, next: await aStoredRun(world, 'safe', { sessionId }) };
}

/** What its caller was told of, or may have been, holds; else nothing has happened. */
const isCancelled =
  (otherwise: Run['status']) =>
  async (world: CrashWorld, { run, next }: Queue, changes: readonly string[]) => {
    const status = changes.length > 0 ? 'CANCELLED' : otherwise;
    expect(await now(world, run)).toMatchObject({ status });
    const free = status !== 'PAUSED';
    expect(await now(world, next)).toMatchObject({ status: free ? 'COMPLETED' : 'QUEUED' });
  };

/** A run in the middle of a tool that goes on until it is aborted. */
async function aWorkingRun(world: CrashWorld): Promise<Queue> {
  world.tool = (_, { signal }) =>
    new Promise((resolve) => void signal.addEventListener('abort', () => resolve()));
  const run = await aDispatchedRun(world, 'safe', { sessionId });
  await world.workflow.start(executionOf(run));
  await world.activity.quiet();
  world.tool = async () => undefined;
  return behind(world, run);
}

await crashStates('cancelling a queued run', {
  knownChanges: 2,
  arrange: async (world) => behind(world, await aStoredRun(world, 'safe', { sessionId })),
  act: cancel,
  recovered: isCancelled('COMPLETED'),
});

await crashStates('cancelling a run that no segment has taken yet', {
  knownChanges: 4,
  arrange: async (world) => behind(world, await aDispatchedRun(world, 'safe', { sessionId })),
  act: cancel,
  recovered: isCancelled('COMPLETED'),
});

await crashStates('cancelling a paused run', {
  knownChanges: 4,
  arrange: async (world) => behind(world, await aSettledRun(world, 'guarded', { sessionId })),
  act: cancel,
  recovered: isCancelled('PAUSED'),
});

await crashStates('cancelling a run that another process works on', {
  knownChanges: 1,
  arrange: aWorkingRun,
  act: cancel,
  recovered: isCancelled('COMPLETED'),
});

await crashStates('giving back what a cancelled run of its own holds', {
  knownChanges: 2,
  arrange: async (world) => {
    world.duty.assign(world.doomed);
    return aWorkingRun(world);
  },
  act: async (world, { run }) => {
    await cancelRun(world.deps, keyOf(run), 'test');
    await world.activity.quiet();
  },
  recovered: async (world, { run, next }) => {
    expect(await now(world, run)).toMatchObject({ status: 'CANCELLED', slot: null });
    expect(await now(world, next)).toMatchObject({ status: 'COMPLETED' });
  },
});

await crashStates('sweeping up a cancelled run whose worker is dead', {
  knownChanges: 6,
  arrange: async (world) => {
    const run = await aDispatchedRun(world, 'safe', { sessionId });
    await LeasedRun.take(world.deps, executionOf(run), anInvocation('dead'));
    const { next } = await behind(world, run);
    await cancelRun(world.deps, keyOf(run), 'test');
    world.clock.advance(minuteMs);
    return { run, next };
  },
  act: ({ doomed }) => sweep(doomed.deps),
  recovered: async (world, { run, next }) => {
    expect(await now(world, run)).toMatchObject({ slot: null, executionOpen: false });
    expect(await now(world, next)).toMatchObject({ status: 'COMPLETED' });
  },
});
