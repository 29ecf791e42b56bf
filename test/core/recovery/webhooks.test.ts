import { expect } from 'vitest';
import type { Run } from '#core/run/run.ts';
import { sweep } from '#core/run/sweep.ts';
import { deliver } from '#core/webhook/deliver.ts';
import { deliveryId } from '#core/webhook/delivery.ts';
import { listRunDeliveries } from '#core/webhook/manage-deliveries.ts';
import { aSettledRun, now } from './arrange.ts';
import { crashStates } from './crash-states.ts';
import { type CrashWorld, minuteMs } from './crash-world.ts';

const webhook = { url: 'https://receiver.example/', dialect: 'longrun' };
const never = new AbortController().signal;

const deliveriesOf = (world: CrashWorld, { orgId, id: runId }: Run) =>
  listRunDeliveries(world.deps, { orgId, runId });

/** Its end is told: one delivery of it, made at least once and under one name. */
async function expectTold(world: CrashWorld, run: Run): Promise<void> {
  const deliveries = await deliveriesOf(world, run);
  const { lastSeq } = await now(world, run);
  expect(deliveries).toMatchObject([{ state: 'delivered', seq: lastSeq, type: 'run.completed' }]);
  expect([...new Set(world.received)]).toEqual(deliveries.map(deliveryId));
}

await crashStates('making a delivery of what was written to the outbox', {
  knownChanges: 4,
  arrange: async (world) => {
    world.bellRings = false;
    const run = await aSettledRun(world, 'safe', { webhook });
    await world.pass(minuteMs);
    return run;
  },
  act: ({ doomed }) => sweep(doomed.deps),
  recovered: (world, run) => expectTold(world, run),
});

await crashStates('delivering', {
  knownChanges: 4,
  arrange: async (world) => {
    world.bellRings = false;
    const run = await aSettledRun(world, 'safe', { webhook });
    await world.pass(minuteMs);
    await sweep(world.deps);
    world.rings.length = 0;
    return run;
  },
  act: async (world, run) => {
    const [delivery] = await deliveriesOf(world, run);
    if (delivery) await deliver(world.doomed.delivering, delivery, never);
  },
  recovered: (world, run) => expectTold(world, run),
});
