import { describe, expect, it, vi } from 'vitest';
import { keyOfBatch } from '#core/batch/batch-repository.ts';
import { cancelBatch } from '#core/batch/cancel-batch.ts';
import { pauseQueue } from '#core/queue/pause-queue.ts';
import { changeTenantSettings } from '#core/tenant/tenant-settings.ts';
import { createdBatch, endedBatch, latestBatch, messages, workOn } from '../../builders/a-batch.ts';
import { echoAgent, workingAgent } from '../../builders/an-agent.ts';
import { anEngine } from '../../builders/an-engine.ts';
import { resultsOf, runIdsOf } from './results-of.ts';

const agents = [echoAgent(), workingAgent(async () => undefined)];

it('queues no more than a thousand lines at a time', async () => {
  const engine = await anEngine({ idle: true });
  const batch = await createdBatch(engine, { source: { items: messages(2500) } });

  const next = await workOn(engine, batch);

  expect(next).toBe('WAIT');
  expect(await runIdsOf(engine)).toHaveLength(1000);
});

it('goes on past lines that wait for a person', async () => {
  const engine = await anEngine({ agents });
  const items = Array.from({ length: 1500 }, (_, i) => ({
    message: i % 100 === 0 ? 'guarded' : 'safe',
  }));
  await createdBatch(engine, { agentId: 'worker', source: { items } });

  await vi.waitFor(
    async () => {
      engine.clock.advance(500);
      expect(await runIdsOf(engine)).toHaveLength(1500);
    },
    { timeout: 15_000 },
  );
});

it('stops where the tenant may queue no more, and goes on later', async () => {
  const engine = await anEngine({ agents });
  await changeTenantSettings(engine.deps, 'acme', () => ({ limits: { queued: 30, running: 3 } }));

  const batch = await createdBatch(engine, { source: { items: messages(300) } });
  const ended = await endedBatch(engine, batch);

  expect(ended).toMatchObject({ status: 'COMPLETED', counts: { COMPLETED: 300, invalid: 0 } });
});

it('ends under a limit of submissions a minute that is below what it submits at once', async () => {
  const engine = await anEngine({ agents });
  await changeTenantSettings(engine.deps, 'acme', () => ({ limits: { submitsPerMinute: 10 } }));

  const batch = await createdBatch(engine, { source: { items: messages(30) } });
  const ended = await endedBatch(engine, batch, 500);

  expect(ended).toMatchObject({ status: 'COMPLETED', counts: { COMPLETED: 30, invalid: 0 } });
  expect(await runIdsOf(engine)).toHaveLength(30);
  const results = await resultsOf(engine, ended);
  expect(results.map(({ line }) => line)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
});

it.each([{ queued: 50 }, { submitsPerMinute: 50 }])(
  'leaves a fifth of %o to whoever submits beside it',
  async (limits) => {
    const engine = await anEngine({ agents, settings: { slotsPerTenant: 1 } });
    await changeTenantSettings(engine.deps, 'acme', () => ({ limits }));
    await pauseQueue(engine.deps, 'acme', undefined);
    const [batch, beside] = [
      await createdBatch(engine, { source: { items: messages(300) } }),
      await createdBatch(engine, { source: { items: messages(300) } }),
    ];
    await vi.waitFor(async () => {
      engine.clock.advance(500);
      expect(await runIdsOf(engine)).toHaveLength(40);
    });
    await Promise.all([workOn(engine, batch), workOn(engine, beside)]);

    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => engine.submit()));

    expect(outcomes.map(({ status }) => status)).toEqual(Array(10).fill('fulfilled'));
    await expect(engine.submit()).rejects.toMatchObject({ name: 'RunError' });
    expect(await runIdsOf(engine)).toHaveLength(50);
  },
);

it('leaves room for what a person waits for', async () => {
  const engine = await anEngine({ agents, settings: { slotsPerTenant: 5 } });
  const items = Array.from({ length: 200 }, () => ({ message: 'guarded' }));
  await createdBatch(engine, { agentId: 'worker', source: { items } });
  const paused = { orgId: 'acme', statuses: ['PAUSED'] } as const;
  await vi.waitFor(async () => expect(await engine.deps.tally.count(paused)).toBe(4));
  const waiting = await engine.submit({ priority: 'low', message: 'behind the batch' });
  await engine.reach(waiting, (run) => run.status === 'QUEUED' && run.waitsForSlot);

  const interactive = await engine.submit({ message: 'hello' });

  await engine.reach(interactive, ({ status }) => status === 'COMPLETED');
});

describe('a batch that is cancelled', () => {
  it('submits nothing more, and ends all that was submitted', async () => {
    const engine = await anEngine({ agents });
    const items = Array.from({ length: 1500 }, () => ({ message: 'guarded' }));
    const batch = await createdBatch(engine, { agentId: 'worker', source: { items } });
    while ((await runIdsOf(engine)).length < 500) await new Promise((go) => setImmediate(go));

    await cancelBatch(engine.deps, keyOfBatch(batch), 'key:test');
    const ended = await endedBatch(engine, batch);

    expect(ended.status).toBe('CANCELLED');
    const submitted = (await runIdsOf(engine)).length;
    expect(submitted).toBeLessThan(1500);
    expect(ended.counts).toMatchObject({ CANCELLED: submitted, COMPLETED: 0 });
    expect(await resultsOf(engine, ended)).toHaveLength(submitted);
  });

  it('before any line was submitted ends without one', async () => {
    const engine = await anEngine({ idle: true });
    const batch = await createdBatch(engine);
    await cancelBatch(engine.deps, keyOfBatch(batch), 'key:test');

    engine.clock.advance(10_000);
    await workOn(engine, batch);

    expect(await latestBatch(engine, batch)).toMatchObject({ status: 'CANCELLED' });
    expect(await runIdsOf(engine)).toEqual([]);
  });

  it('is not cancelled again once it has ended', async () => {
    const engine = await anEngine();
    const batch = await createdBatch(engine);
    await endedBatch(engine, batch);

    const again = cancelBatch(engine.deps, keyOfBatch(batch), 'key:test');

    await expect(again).rejects.toMatchObject({ code: 'batch_state_conflict' });
  });
});
