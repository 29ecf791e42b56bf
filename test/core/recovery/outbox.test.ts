import { expect } from 'vitest';
import { sweep } from '#core/run/sweep.ts';
import { aSettledRun } from './arrange.ts';
import { crashStates } from './crash-states.ts';
import { minuteMs } from './crash-world.ts';

await crashStates('announcing what was not announced', {
  knownChanges: 2,
  arrange: async (world) => {
    world.bellRings = false;
    const run = await aSettledRun(world, 'safe');
    await world.pass(minuteMs);
    return run;
  },
  act: ({ doomed }) => sweep(doomed.deps),
  recovered: async ({ told }, run) => {
    const statuses = told.filter(({ runId }) => runId === run.id).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(['QUEUED', 'RUNNING', 'COMPLETED']));
  },
});
