import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Caller } from './caller.ts';
import { Hold, untilAttempted } from './hold.ts';
import { Ledger } from './ledger.ts';
import { aPlan } from './plan.ts';
import { aService } from './service.ts';

const slots = 2;
const env = { LONGRUN_SLOTS_PER_TENANT: String(slots) };

it.each([
  ['as soon as it has answered', undefined],
  ['while it is being asked', 2],
])('leaves a cancelled run cancelled that the process was killed with, %s', async (_, killMs) => {
  const service = await aService({ env });
  const caller = new Caller(service);
  await service.start();
  const hold = new Hold(service);
  const sessionId = randomUUID();
  const plan = aPlan('cancelled', { tool: 'record', holdFile: hold.file });
  const id = await caller.submit(plan, { sessionId });
  const next = await caller.submit(aPlan('next', 'record'), { sessionId });
  await untilAttempted(service, 'cancelled');

  const cancelling = caller.cancel(id);
  await (killMs === undefined ? cancelling : sleep(killMs));
  await service.kill();
  const attempts = new Ledger(service.dataDir).attempts('cancelled').length;
  await service.start();
  const { status } = await cancelling;

  await caller.untilIs(next, 'COMPLETED');
  const events = await caller.events(id);
  expect(status === 204 || status === 409).toBe(true);
  expect((await caller.run(id)).status).toBe('CANCELLED');
  expect(events.at(-1)?.type).toBe('run.cancelled');
  if (killMs === undefined)
    expect(new Ledger(service.dataDir).attempts('cancelled')).toHaveLength(attempts);
});

it('leaks no slot when it is killed with runs that were just cancelled', async () => {
  const service = await aService({ env });
  const caller = new Caller(service);
  await service.start();
  const hold = new Hold(service);
  for (let round = 1; round <= 3; round += 1) {
    const held = await Promise.all(
      Array.from({ length: slots }, (_, i) =>
        caller.submit(aPlan(`${round}-${i}`, { tool: 'record', holdFile: hold.file })),
      ),
    );
    const waiting = await caller.submit(aPlan(`${round} waits`, 'record'));
    await Promise.all(held.map((id) => caller.untilIs(id, 'RUNNING')));
    await Promise.all(held.map((id) => caller.cancel(id)));
    await service.kill();
    await service.start();
    await caller.untilIs(waiting, 'COMPLETED');
  }

  const last = await Promise.all(
    Array.from({ length: slots }, (_, i) =>
      caller.submit(aPlan(`last ${i}`, { tool: 'record', holdFile: hold.file })),
    ),
  );

  await Promise.all(last.map((id) => caller.untilIs(id, 'RUNNING')));
  hold.release();
  await Promise.all(last.map((id) => caller.untilIs(id, 'COMPLETED')));
});

it('never takes up a run that was cancelled while it waited for a decision', async () => {
  const service = await aService({ env });
  const caller = new Caller(service);
  await service.start();
  const id = await caller.submit(aPlan('unpaid', 'pay'));
  const { sessionId } = await caller.untilIs(id, 'PAUSED');
  const next = await caller.submit(aPlan('next', 'record'), { sessionId });
  await caller.cancel(id);
  await service.kill();
  await service.start();

  const late = await caller.decide(id, 'APPROVE', randomUUID());

  await caller.untilIs(next, 'COMPLETED');
  expect(late.status).toBe(409);
  expect(new Ledger(service.dataDir).attempts('unpaid')).toEqual([]);
});
