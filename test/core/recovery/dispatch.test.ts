import { expect } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { aDispatchedRun, aSettledRun, aStoredRun, now } from './arrange.ts';
import { crashStates } from './crash-states.ts';

await crashStates('dispatching a run', {
  knownChanges: 2,
  arrange: (world) => aStoredRun(world, 'safe'),
  act: ({ doomed }, run) => dispatchRun(doomed.deps, keyOf(run)),
  recovered: async (world, run) => {
    expect(await now(world, run)).toMatchObject({ status: 'COMPLETED', deaths: 0 });
  },
});

await crashStates('dispatching a run that was dispatched and not started', {
  knownChanges: 1,
  arrange: (world) => aDispatchedRun(world, 'safe'),
  act: ({ doomed }, run) => dispatchRun(doomed.deps, keyOf(run)),
  recovered: async (world, run) => {
    expect(await now(world, run)).toMatchObject({ status: 'COMPLETED' });
  },
});

await crashStates('marking a run as waiting for a slot', {
  knownChanges: 1,
  settings: { slotsPerTenant: 1 },
  arrange: async (world) => {
    const holder = await aSettledRun(world, 'guarded');
    return { holder, waiting: await aStoredRun(world, 'safe') };
  },
  act: ({ doomed }, { waiting }) => dispatchRun(doomed.deps, keyOf(waiting)),
  recovered: async (world, { holder, waiting }) => {
    expect(await now(world, waiting)).toMatchObject({ status: 'QUEUED', waitsForSlot: true });
    await cancelRun(world.deps, keyOf(holder), 'test');
    await world.quiet();
    expect(await now(world, waiting)).toMatchObject({ status: 'COMPLETED' });
  },
});

await crashStates('handing on a message to a run that waits for the slot', {
  knownChanges: 1,
  settings: { slotsPerTenant: 1 },
  arrange: async (world) => {
    const holder = await aSettledRun(world, 'guarded');
    const waiting = await aSettledRun(world, 'safe');
    const { queue } = world.deps;
    // Its own ring is lost.
    await cancelRun({ ...world.deps, queue: { send: async () => undefined } }, keyOf(holder), '');
    return { holder, waiting, queue };
  },
  act: ({ doomed }, { holder }) => dispatchRun(doomed.deps, keyOf(holder)),
  recovered: async (world, { waiting }) => {
    expect(await now(world, waiting)).toMatchObject({ status: 'COMPLETED' });
  },
});
