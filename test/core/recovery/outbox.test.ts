import { expect } from 'vitest';
import { isOfBatch } from '#core/outbox/outbox-event.ts';
import type { Run } from '#core/run/run.ts';
import { sweep } from '#core/run/sweep.ts';
import { aSettledRun, decide } from './arrange.ts';
import { type CrashScenario, crashStates } from './crash-states.ts';
import { type CrashWorld, minuteMs } from './crash-world.ts';

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

/** Each number up to the last one was told, at least once, and the same thing each time. */
const hasHeard =
  (...kinds: string[]): CrashScenario<Run>['recovered'] =>
  async ({ heard }, { id }) => {
    const own = heard.filter((event) => !isOfBatch(event)).filter(({ runId }) => runId === id);
    const byChange = new Map(own.map((event) => [event.change, event]));
    expect([...byChange.keys()].toSorted((a, b) => a - b)).toEqual(kinds.map((_, i) => i + 1));
    expect(kinds.map((_, i) => byChange.get(i + 1)?.type)).toEqual(kinds);
    for (const event of own) expect(event).toEqual(byChange.get(event.change));
  };

const status = 'Agent Run Status Changed';
const asked = [status, status, 'Approval Requested', status];

const unheard = async (world: CrashWorld) => {
  world.bellRings = false;
  return aSettledRun(world, 'guarded');
};

await crashStates('telling that a decision is asked for', {
  knownChanges: 2,
  arrange: async (world) => {
    const run = await unheard(world);
    await world.pass(minuteMs);
    return run;
  },
  act: ({ doomed }) => sweep(doomed.deps),
  recovered: hasHeard(...asked),
});

await crashStates('telling what was decided', {
  knownChanges: 2,
  arrange: async (world) => {
    const run = await unheard(world);
    await decide(world.deps, run);
    await world.quiet();
    await world.pass(minuteMs);
    return run;
  },
  act: ({ doomed }) => sweep(doomed.deps),
  recovered: hasHeard(...asked, 'Approval Decided', status, status),
});

await crashStates('reminding of a decision', {
  knownChanges: 1,
  approval: { remindAfterSeconds: 3600 },
  arrange: async (world) => {
    const run = await aSettledRun(world, 'guarded');
    await world.pass(3600_000);
    return run;
  },
  act: ({ doomed }) => sweep(doomed.deps),
  recovered: hasHeard(...asked, 'Approval Reminder'),
});

for (const onExpiry of ['reject', 'cancel', 'fail'] as const)
  await crashStates(`telling that nobody decided, by the policy ${onExpiry}`, {
    knownChanges: 2,
    approval: { onExpiry, expiresAfterSeconds: 3600 },
    arrange: async (world) => {
      const run = await aSettledRun(world, 'guarded');
      await world.pass(3600_000);
      return run;
    },
    act: ({ doomed }) => sweep(doomed.deps),
    recovered: async (world, run, changes) => {
      const after = onExpiry === 'reject' ? [status, status] : [status];
      await hasHeard(...asked, 'Approval Decided', ...after)(world, run, changes);
      expect(world.heard.find(({ type }) => type === 'Approval Decided')).toMatchObject({
        ...{ decision: 'REJECT', by: 'system:expiry' },
      });
    },
  });
