import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Caller } from './caller.ts';
import { eventually } from './eventually.ts';
import { Hold, untilAttempted } from './hold.ts';
import { Ledger } from './ledger.ts';
import { aPlan } from './plan.ts';
import { aService } from './service.ts';

describe('a run that waits for a decision', () => {
  it('outlives the process, and an approval executes the call that was shown, once', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const id = await caller.submit(aPlan('paid', 'record', 'pay', 'record'));
    const shown = await caller.untilIs(id, 'PAUSED');

    await service.kill();
    await service.start();
    const stillShown = await caller.run(id);
    await caller.decideSurely(id, 'APPROVE', randomUUID());

    await caller.untilIs(id, 'COMPLETED');
    const paid = new Ledger(service.dataDir).attempts('paid').filter(({ tool }) => tool === 'pay');
    expect(stillShown).toEqual(shown);
    expect(paid).toMatchObject([{ item: 2 }]);
    expect(shown.pendingApproval?.arguments).toMatchObject({ label: 'paid', item: 2 });
  });

  it('asks again when the approved call was interrupted and must not be repeated', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const hold = new Hold(service);
    const id = await caller.submit(aPlan('cut off', { tool: 'pay', holdFile: hold.file }));
    await caller.untilIs(id, 'PAUSED');
    const approving = caller.decide(id, 'APPROVE', randomUUID()).catch(() => undefined);
    await untilAttempted(service, 'cut off');

    await service.kill();
    await approving;
    hold.release();
    await service.start();

    const run = await caller.untilIs(id, 'PAUSED');
    expect(run.pendingApproval?.reason).toMatch(/interrupted/);
    expect(new Ledger(service.dataDir).attempts('cut off')).toHaveLength(1);
  });

  it('is decided once, also when the decision comes again after a restart', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const id = await caller.submit(aPlan('refused', 'pay'));
    await caller.untilIs(id, 'PAUSED');
    const key = randomUUID();
    await caller.decideSurely(id, 'REJECT', key);
    await service.kill();
    await service.start();

    const replay = await caller.decide(id, 'REJECT', key);
    const other = await caller.decide(id, 'APPROVE', randomUUID());

    await caller.untilIs(id, 'COMPLETED');
    expect(replay).toMatchObject({ status: 200, replayed: true });
    expect(other.status).toBe(409);
    expect(JSON.parse(other.text)).toMatchObject({ decided: { decision: 'REJECT' } });
    expect(new Ledger(service.dataDir).attempts('refused')).toEqual([]);
  });

  it('keeps every decision that was made around the moment of a kill', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const rounds = [0, 5, 10, 20, 40];
    const outcomes = [];
    for (const killMs of rounds) {
      const runs = await pausedRuns(caller, `after ${killMs} ms`);
      const decisions = runs.map(({ id, action }) => caller.decideSurely(id, action, `${id} key`));
      await sleep(killMs);
      await service.kill();
      await service.start();
      await Promise.all(decisions);
      outcomes.push(...runs);
    }
    const ledger = new Ledger(service.dataDir);
    await Promise.all(outcomes.map(({ id, label }) => settle(caller, ledger, id, label)));

    const wrong = outcomes.filter(
      ({ label, action }) => ledger.effects(label).length !== (action === 'APPROVE' ? 1 : 0),
    );
    expect(wrong).toEqual([]);
  });
});

async function pausedRuns(caller: Caller, round: string) {
  const runs = Array.from({ length: 6 }, async (_, i) => {
    const label = `${round}, ${i}`;
    const action = i % 3 === 2 ? ('REJECT' as const) : ('APPROVE' as const);
    const id = await caller.submit(aPlan(label, { tool: 'pay', ms: 20 }));
    await caller.untilIs(id, 'PAUSED');
    return { id, label, action };
  });
  return Promise.all(runs);
}

/** Decides on a call that was interrupted as a person does who looks first whether it was done. */
async function settle(caller: Caller, ledger: Ledger, id: string, label: string): Promise<void> {
  await eventually(`${label} has ended`, async () => {
    const { status, pendingApproval } = await caller.run(id);
    if (status === 'PAUSED' && pendingApproval) {
      const action = ledger.effects(label).length > 0 ? 'REJECT' : 'APPROVE';
      await caller.decideSurely(id, action, pendingApproval.approvalId);
    }
    return status === 'COMPLETED' ? true : undefined;
  });
}
