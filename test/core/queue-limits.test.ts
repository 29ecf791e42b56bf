import { describe, expect, it } from 'vitest';
import { pauseQueue } from '#core/queue/pause-queue.ts';
import type { Run } from '#core/run/run.ts';
import { changeTenantSettings } from '#core/tenant/tenant-settings.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine } from '../builders/an-engine.ts';

const orgId = 'acme';
const outcomesOf = async (submissions: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(submissions)).map((one) =>
    one.status === 'fulfilled' ? 'taken' : one.reason.code,
  );

describe('the limit of submissions a minute', () => {
  it('takes as many as it says, and says when to come again', async () => {
    const engine = await anEngine();
    await changeTenantSettings(engine.deps, orgId, () => ({ limits: { submitsPerMinute: 3 } }));

    const outcomes = await outcomesOf(Array.from({ length: 5 }, () => engine.submit()));

    expect(outcomes.toSorted()).toEqual([
      'rate_limited',
      'rate_limited',
      'taken',
      'taken',
      'taken',
    ]);
    await expect(engine.submit()).rejects.toMatchObject({ details: { retryAfterSeconds: 60 } });
  });

  it('begins anew with the next minute', async () => {
    const engine = await anEngine();
    await changeTenantSettings(engine.deps, orgId, () => ({ limits: { submitsPerMinute: 1 } }));
    await engine.submit();

    engine.clock.advance(60_000);

    expect(await outcomesOf([engine.submit()])).toEqual(['taken']);
  });

  it('counts no repeated request and no other tenant', async () => {
    const engine = await anEngine();
    await changeTenantSettings(engine.deps, orgId, () => ({ limits: { submitsPerMinute: 1 } }));
    const idempotency = { route: 'POST /runs', key: 'k', fingerprint: 'f' };
    await engine.submit({ idempotency });

    const outcomes = await outcomesOf([
      engine.submit({ idempotency }),
      engine.submit({ orgId: 'other' }),
      engine.submit({ orgId: 'other' }),
    ]);

    expect(outcomes).toEqual(['taken', 'taken', 'taken']);
  });

  it('counts no submission of a run that is there', async () => {
    const engine = await anEngine();
    await changeTenantSettings(engine.deps, orgId, () => ({ limits: { submitsPerMinute: 2 } }));
    const { id: runId } = await engine.submit();
    for (let again = 0; again < 5; again += 1) await engine.submit({ runId });

    const outcomes = await outcomesOf([engine.submit()]);

    expect(outcomes).toEqual(['taken']);
  });
});

it('refuses what is beyond the limit of queued runs, and takes more once they have gone', async () => {
  const engine = await anEngine();
  await changeTenantSettings(engine.deps, orgId, () => ({ limits: { queued: 2 } }));
  await pauseQueue(engine.deps, orgId, undefined);
  await engine.submit();
  await engine.submit();

  const third = engine.submit();

  await expect(third).rejects.toMatchObject({ code: 'queue_full' });
  expect(await outcomesOf([engine.submit({ orgId: 'other' })])).toEqual(['taken']);
});

it('runs as many at the same time as the limit of the tenant says', async () => {
  const engine = await anEngine({ agents: [workingAgent(async () => undefined)] });
  await changeTenantSettings(engine.deps, orgId, () => ({ limits: { running: 1 } }));
  const first = await engine.submit({ agentId: 'worker', message: 'guarded' });
  await engine.reach(first, ({ status }) => status === 'PAUSED');

  const second = await engine.submit({ agentId: 'worker', message: '' });

  await engine.reach(second, (run: Run) => run.status === 'QUEUED' && run.waitsForSlot);
});
