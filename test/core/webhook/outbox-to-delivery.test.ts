import { describe, expect, it } from 'vitest';
import { publishOutbox } from '#core/outbox/outbox.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { deleteEndedRun } from '#core/run/delete-ended-run.ts';
import type { Run } from '#core/run/run.ts';
import { findRun, keyOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import { deleteSession } from '#core/session/purge-session.ts';
import { TransactionConflict } from '#core/store/item-store.ts';
import { runPartition, sessionPartition } from '#core/store/keys.ts';
import { deliver } from '#core/webhook/deliver.ts';
import type { DeliveryRing } from '#core/webhook/delivery-queue.ts';
import { aBus } from '../../builders/a-bus.ts';
import { aQueuedRun, withoutWorkflow } from '../../builders/a-run.ts';
import { watched } from '../../builders/a-store.ts';
import { anEngine, type Engine } from '../../builders/an-engine.ts';
import { aWebhook, ofRun, ofWebhook } from '../../builders/an-engine-with-webhooks.ts';
import { outboxRows } from '../outbox-rows.ts';

const url = 'https://receiver.example/';
const minute = 60_000;
const day = 24 * 3600 * 1000;
const { signal } = new AbortController();

/** An engine that does nothing by itself, and what was rung for. */
async function anIdleEngine() {
  const engine = await anEngine({ idle: true });
  const rung: DeliveryRing[] = [];
  const deliveries = { send: async (rings: readonly DeliveryRing[]) => void rung.push(...rings) };
  const posted: string[] = [];
  const delivering = {
    ...engine.deps,
    deliveries,
    post: async ({ headers }: { headers: Readonly<Record<string, string>> }) => {
      posted.push(headers['webhook-id'] ?? '');
      return { status: 200 };
    },
    webhookBody: async () => ({}),
  };
  return { ...engine, deps: { ...engine.deps, deliveries, bus: aBus() }, delivering, rung, posted };
}

async function aCancelledRun(engine: Engine, webhook?: { url: string; dialect: string }) {
  const run = await aQueuedRun(engine, { webhook });
  return cancelRun(withoutWorkflow(engine.deps), keyOf(run), 'test');
}

describe('of a row that many see, the deliveries are made once', () => {
  it('where they see it at the same time', async () => {
    const engine = await anIdleEngine();
    const run = await aCancelledRun(engine, { url, dialect: 'longrun' });
    const rows = await outboxRows(engine, run);

    await Promise.all([1, 2, 3].map(() => publishOutbox(engine.deps, rows)));

    expect(await ofRun(engine, run)).toMatchObject([{ state: 'pending', type: 'run.cancelled' }]);
    expect(engine.rung).toHaveLength(1);
  });

  it('where one sees it late, when all was delivered', async () => {
    const engine = await anIdleEngine();
    const run = await aCancelledRun(engine, { url, dialect: 'longrun' });
    const rows = await outboxRows(engine, run);
    await publishOutbox(engine.deps, rows);
    for (const ring of engine.rung.splice(0)) await deliver(engine.delivering, ring, signal);

    await publishOutbox(engine.deps, rows);

    expect(await ofRun(engine, run)).toMatchObject([{ state: 'delivered' }]);
    expect(engine.rung).toEqual([]);
    expect(engine.posted).toHaveLength(1);
  });

  it('and made again from the start where they met another writer', async () => {
    const engine = await anIdleEngine();
    const run = await aCancelledRun(engine, { url, dialect: 'longrun' });
    let conflicts = 0;
    const store = watched(engine.deps.store, {
      writes: (writes) => {
        if (writes.length < 2 || conflicts > 0) return;
        conflicts += 1;
        throw new TransactionConflict([1]);
      },
    });

    await publishOutbox({ ...engine.deps, store }, await outboxRows(engine, run));

    expect(conflicts).toBe(1);
    expect(await ofRun(engine, run)).toHaveLength(1);
    expect(await outboxRows(engine, run)).toEqual([]);
  });
});

describe('an attempt', () => {
  it('is made by one of those who are rung for it at the same time', async () => {
    const engine = await anIdleEngine();
    const run = await aCancelledRun(engine, { url, dialect: 'longrun' });
    await publishOutbox(engine.deps, await outboxRows(engine, run));
    const [ring] = engine.rung;
    if (ring === undefined) throw new Error('no ring');

    await Promise.all([1, 2, 3].map(() => deliver(engine.delivering, ring, signal)));

    expect(engine.posted).toHaveLength(1);
  });

  it('that died is made again after its time, by the sweeper’s ring', async () => {
    const engine = await anIdleEngine();
    const run = await aCancelledRun(engine, { url, dialect: 'longrun' });
    await publishOutbox(engine.deps, await outboxRows(engine, run));
    const [ring] = engine.rung.splice(0);
    if (ring === undefined) throw new Error('no ring');
    const dying = { ...engine.delivering, post: () => Promise.reject(new Error('killed')) };
    await expect(deliver(dying, ring, signal)).rejects.toThrow('killed');

    await deliver(engine.delivering, ring, signal);
    expect(engine.posted).toEqual([]);
    engine.clock.advance(91_000);
    await sweep({ ...withoutWorkflow(engine.deps), ...engine.deps });
    for (const again of engine.rung.splice(0)) await deliver(engine.delivering, again, signal);

    expect(engine.posted).toHaveLength(1);
  });

  it('of a body that cannot be made is tried as often as any other', async () => {
    const engine = await anIdleEngine();
    const run = await aCancelledRun(engine, { url, dialect: 'longrun' });
    await publishOutbox(engine.deps, await outboxRows(engine, run));
    const [ring] = engine.rung;
    const webhookBody = () => Promise.reject(new Error('a bug'));

    if (ring) await deliver({ ...engine.delivering, webhookBody }, ring, signal);

    expect(await ofRun(engine, run)).toMatchObject([
      { state: 'pending', attempts: [{ error: 'The body could not be made' }] },
    ]);
  });
});

const tell = async (engine: Awaited<ReturnType<typeof anIdleEngine>>) => {
  for (const ring of engine.rung.splice(0)) await deliver(engine.delivering, ring, signal);
};

const sweepOnce = (engine: Awaited<ReturnType<typeof anIdleEngine>>) =>
  sweep({ ...withoutWorkflow(engine.deps), ...engine.deps });

const itemsOf = ({ deps }: Engine, pk: string) =>
  deps.store.queryKeys({ pk, order: 'ascending', limit: 100 });

describe('deliveries', () => {
  it('go with their run, once they are settled', async () => {
    const engine = await anIdleEngine();
    const { id } = await aWebhook(engine, url);
    const run = await aCancelledRun(engine, { url, dialect: 'longrun' });
    await publishOutbox(engine.deps, await outboxRows(engine, run));
    await tell(engine);
    expect(await ofWebhook(engine, id)).toHaveLength(1);

    engine.clock.advance(31 * day);
    await sweepOnce(engine);

    expect(await ofWebhook(engine, id)).toEqual([]);
    expect(await itemsOf(engine, runPartition(keyOf(run)))).toEqual([]);
  });

  const removals = {
    'has expired': async (engine: Engine) => engine.clock.advance(31 * day),
    'was deleted': ({ deps }: Engine, run: Run) =>
      deleteEndedRun(withoutWorkflow(deps), keyOf(run)),
    'was deleted with its session': ({ deps }: Engine, run: Run) =>
      deleteSession(withoutWorkflow(deps), run),
  };

  it.each(Object.entries(removals))('are made though their run %s', async (_, remove) => {
    const engine = await anIdleEngine();
    const run = await aCancelledRun(engine, { url, dialect: 'longrun' });
    await publishOutbox(engine.deps, await outboxRows(engine, run));
    await remove(engine, run);
    engine.clock.advance(10 * minute);
    await sweepOnce(engine);
    expect(await findRun(engine.deps, keyOf(run))).toBeUndefined();

    const answers = [{ status: 503 }, { status: 200 }];
    const post = async () => answers.shift() ?? { status: 500 };
    for (const ring of engine.rung.splice(0))
      await deliver({ ...engine.delivering, post }, ring, signal);
    engine.clock.advance(10 * minute);
    await sweepOnce(engine);
    expect(answers).toHaveLength(1);
    for (const ring of engine.rung.splice(0))
      await deliver({ ...engine.delivering, post }, ring, signal);

    expect(answers).toEqual([]);
    engine.clock.advance(10 * minute);
    await sweepOnce(engine);
    expect(await itemsOf(engine, runPartition(keyOf(run)))).toEqual([]);
  });

  it('of a run are made from its session, which is there as long', async () => {
    const engine = await anIdleEngine();
    const run = await aCancelledRun(engine, { url, dialect: 'langgraph' });
    await publishOutbox(engine.deps, await outboxRows(engine, run));
    await deleteSession(withoutWorkflow(engine.deps), run);
    engine.clock.advance(10 * minute);
    await sweepOnce(engine);
    expect(await itemsOf(engine, sessionPartition(run))).not.toEqual([]);

    await tell(engine);
    engine.clock.advance(10 * minute);
    await sweepOnce(engine);

    expect(engine.posted).toHaveLength(1);
    expect(await itemsOf(engine, sessionPartition(run))).toEqual([]);
  });
});
