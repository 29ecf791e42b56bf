import { expect, it } from 'vitest';
import { registerPause } from '#core/approval/register-pause.ts';
import { executionOf, keyOf } from '#core/run/run-repository.ts';
import { aDispatchedRun, decide, now } from './arrange.ts';
import { CrashWorld } from './crash-world.ts';

it('sends a decision to the newest of the waits that a run has entered, at once', async () => {
  const world = new CrashWorld({ rest: 'kept' });
  const run = await aDispatchedRun(world, 'guarded');
  world.duty.hold(['register-pause']);
  await world.workflow.start(executionOf(run));
  await world.quiet();
  const wait = { ...keyOf(run), approvalId: `${run.id}-1` };
  await registerPause(world.deps, { ...wait, taskToken: 'of an attempt that was given up' });
  world.letWork();
  await world.quiet();

  await decide(world.deps, await now(world, run));
  await world.quiet();

  expect(await now(world, run)).toMatchObject({ status: 'COMPLETED' });
  await world.close();
});
