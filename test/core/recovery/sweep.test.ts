import { expect } from 'vitest';
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
import { type CrashScenario, crashStates } from './crash-states.ts';
import { type CrashWorld, minuteMs } from './crash-world.ts';
import { Process } from './process.ts';

const sweeps = ({ doomed }: CrashWorld) => sweep(doomed.deps);

const isCompleted: CrashScenario<Run>['recovered'] = async (world, run) => {
  expect(await now(world, run)).toMatchObject({ status: 'COMPLETED' });
};

/** A run that was approved, of which the workflow has not heard. */
async function anUnsentDecision(world: CrashWorld): Promise<Run> {
  const run = await aSettledRun(world, 'guarded');
  await decide(withoutWorkflow(world.deps), run);
  return run;
}

await crashStates('ringing again for a queued run', {
  knownChanges: 2,
  arrange: async (world) => {
    const run = await aStoredRun(world, 'safe');
    await world.pass(minuteMs);
    return run;
  },
  act: sweeps,
  recovered: isCompleted,
});

await crashStates('starting again what was not started', {
  knownChanges: 2,
  arrange: async (world) => {
    const run = await aDispatchedRun(world, 'safe');
    await world.pass(minuteMs);
    return run;
  },
  act: sweeps,
  recovered: isCompleted,
});

await crashStates('sending again a decision that was not sent', {
  knownChanges: 3,
  arrange: async (world) => {
    const run = await anUnsentDecision(world);
    await world.pass(minuteMs);
    return run;
  },
  act: sweeps,
  recovered: async (world, run, changes) => {
    await isCompleted(world, run, changes);
    expect(world.effects).toHaveLength(1);
  },
});

await crashStates('replacing an execution that waits for a decision that was made', {
  knownChanges: 3,
  arrange: async (world) => {
    const run = await anUnsentDecision(world);
    await world.pass(minuteMs);
    await sweep(withoutWorkflow(world.deps));
    await world.pass(minuteMs);
    return run;
  },
  act: sweeps,
  recovered: async (world, run, changes) => {
    await isCompleted(world, run, changes);
    expect(world.effects).toHaveLength(1);
  },
});

await crashStates('replacing an execution whose segment has died', {
  knownChanges: 3,
  arrange: async (world) => {
    const run = await aDispatchedRun(world, 'safe');
    const dead = new Process(world);
    world.duty.assign(dead);
    dead.life.dieAfter(2);
    await world.workflow.start(executionOf(run));
    await world.quiet();
    await world.pass(minuteMs);
    await sweep(world.deps);
    await world.pass(minuteMs);
    return run;
  },
  act: sweeps,
  recovered: isCompleted,
});

await crashStates('ringing for who waits behind a run that has failed', {
  knownChanges: 3,
  approval: { onExpiry: 'fail' },
  arrange: async (world) => {
    const run = await aSettledRun(world, 'guarded', { sessionId });
    const first = new Process(world);
    await world.pass(8 * 24 * 3600_000);
    first.life.dieAfter(1);
    await Promise.race([sweep(first.deps), first.life.death]);
    return { run, next: await aStoredRun(world, 'safe', { sessionId }) };
  },
  act: sweeps,
  recovered: async (world, { run, next }, changes) => {
    expect(await now(world, run)).toMatchObject({ status: 'FAILED', executionOpen: false });
    await isCompleted(world, next, changes);
  },
});
