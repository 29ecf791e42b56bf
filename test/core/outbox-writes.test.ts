import { describe, expect, it } from 'vitest';
import { publishOutbox } from '#core/outbox/outbox.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import type { RunSettings } from '#core/run/deps.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { storeRun } from '#core/run/submit-run.ts';
import type { Write } from '#core/store/item-store.ts';
import { isOutboxKey, outboxKey } from '#core/store/keys.ts';
import { aBus } from '../builders/a-bus.ts';
import { aQueuedRun, aRunningRun, withoutWorkflow } from '../builders/a-run.ts';
import { watched } from '../builders/a-store.ts';
import { aSubmission } from '../builders/an-engine.ts';
import { aDeafEngine, outboxOf, outboxRows } from './outbox-rows.ts';

const silent = (settings: RunSettings) => ({
  ...settings,
  announces: false,
  hasListeners: () => false,
});

describe('a change is announced', () => {
  it('in the transaction that makes it', async () => {
    const engine = await aDeafEngine();
    const transactions: (readonly Write[])[] = [];
    const store = watched(engine.deps.store, {
      writes: (writes) => void transactions.push(writes),
    });
    const deps = { ...withoutWorkflow(engine.deps), store };

    const { run } = await storeRun(deps, aSubmission());
    await dispatchRun(deps, keyOf(run));
    await cancelRun(deps, keyOf(run), 'test');

    const announced = transactions.flatMap((writes) => {
      const values = writes.flatMap((write) => ('put' in write ? [write.put] : []));
      const row = values.find(isOutboxKey);
      const meta = values.find(({ pk, sk }) => pk === row?.pk && sk === 'META');
      return row ? [[row.value['status'], meta?.value['status']]] : [];
    });
    expect(announced).toEqual([
      ['QUEUED', 'QUEUED'],
      ['RUNNING', 'RUNNING'],
      ['CANCELLED', 'CANCELLED'],
    ]);
  });

  it('not where somebody else made another one first', async () => {
    const engine = await aDeafEngine();
    const run = await aQueuedRun(engine);
    const rival = { ...engine.deps, settings: silent(engine.deps.settings) };
    let isFirst = true;
    const store = watched(engine.deps.store, {
      writes: async () => {
        if (isFirst) await cancelRun(rival, keyOf(run), 'rival');
        isFirst = false;
      },
    });

    await dispatchRun({ ...withoutWorkflow(engine.deps), store }, keyOf(run));

    expect(isFirst).toBe(false);
    expect(await outboxOf(engine, run)).toEqual([outboxKey(keyOf(run), 1).sk]);
  });

  it('not where it could not be written', async () => {
    const engine = await aDeafEngine();
    const run = await aQueuedRun(engine);
    const store = watched(engine.deps.store, {
      writes: () => {
        throw new Error('the store is down');
      },
    });

    await expect(cancelRun({ ...engine.deps, store }, keyOf(run), 'test')).rejects.toThrow('down');

    expect(await outboxOf(engine, run)).toEqual([outboxKey(keyOf(run), 1).sk]);
  });
});

describe('publishing rows', () => {
  it('returns those that were not taken, which stay, and deletes the others', async () => {
    const engine = await aDeafEngine();
    const run = await aRunningRun(engine);
    const bus = aBus(({ status }) => status === 'QUEUED');

    const left = await publishOutbox({ ...engine.deps, bus }, await outboxRows(engine, run));

    expect(left).toMatchObject([{ runId: run.id, status: 'RUNNING' }]);
    expect(await outboxRows(engine, run)).toMatchObject([{ value: { status: 'RUNNING' } }]);
  });

  it('understands rows from before they said what they are', async () => {
    const engine = await aDeafEngine();
    const run = await aQueuedRun(engine);
    const bus = aBus();
    const rows = (await outboxRows(engine, run)).map(({ value, ...row }) => {
      const { type: _, schemaVersion: __, ...old } = value;
      return { ...row, value: old };
    });

    const left = await publishOutbox({ ...engine.deps, bus }, rows);

    expect(left).toEqual([]);
    expect(bus.told).toMatchObject([{ runId: run.id, status: 'QUEUED', schemaVersion: 1 }]);
    expect(await outboxOf(engine, run)).toEqual([]);
  });

  it('does no harm to rows that somebody else has published meanwhile', async () => {
    const engine = await aDeafEngine();
    const run = await aRunningRun(engine);
    const rows = await outboxRows(engine, run);

    const left = await Promise.all(
      [1, 2].map(() => publishOutbox({ ...engine.deps, bus: aBus() }, rows)),
    );

    expect(left).toEqual([[], []]);
    expect(await outboxOf(engine, run)).toEqual([]);
  });

  it('writes nothing where nothing was taken', async () => {
    const engine = await aDeafEngine();
    const run = await aRunningRun(engine);
    const store = watched(engine.deps.store, {
      writes: () => {
        throw new Error('a write');
      },
    });

    const left = await publishOutbox(
      { ...engine.deps, store, bus: aBus(() => false) },
      await outboxRows(engine, run),
    );

    expect(left).toHaveLength(2);
  });
});
