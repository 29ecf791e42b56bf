import { describe, expect, it } from 'vitest';
import { keyOf } from '#core/run/run-repository.ts';
import { storeRun } from '#core/run/submit-run.ts';
import { sweep } from '#core/run/sweep.ts';
import { outboxKey } from '#core/store/keys.ts';
import { aBus, type FakeBus } from '../builders/a-bus.ts';
import { aQueuedRun, aRunningRun, withoutWorkflow } from '../builders/a-run.ts';
import { watched } from '../builders/a-store.ts';
import { aSubmission, type Engine } from '../builders/an-engine.ts';
import { aDeafEngine, outboxOf } from './outbox-rows.ts';

async function sweepWith(engine: Engine, bus: FakeBus): Promise<void> {
  engine.clock.advance(61_000);
  await sweep({ ...withoutWorkflow(engine.deps), bus });
}

const statuses = (bus: FakeBus) => new Set(bus.told.map(({ status }) => status));

describe('the sweeper tells', () => {
  it('what nobody was rung for, and keeps nothing of it', async () => {
    const engine = await aDeafEngine();
    const run = await aRunningRun(engine);
    const bus = aBus();

    await sweepWith(engine, bus);

    expect(statuses(bus)).toEqual(new Set(['QUEUED', 'RUNNING']));
    expect(await outboxOf(engine, run)).toEqual([]);
  });

  it('nothing that is younger than a minute: its ring is on the way', async () => {
    const engine = await aDeafEngine();
    const run = await aQueuedRun(engine);
    const bus = aBus();

    engine.clock.advance(59_000);
    await sweep({ ...engine.deps, bus });

    expect(bus.told).toEqual([]);
    expect(await outboxOf(engine, run)).toHaveLength(1);
  });

  it('at its second sweep what a bus that was down did not take at the first', async () => {
    const engine = await aDeafEngine();
    const run = await aRunningRun(engine);
    const bus = aBus(() => {
      throw new Error('the bus is down');
    });
    await sweepWith(engine, bus);
    const left = await outboxOf(engine, run);

    bus.takes = () => true;
    await sweepWith(engine, bus);

    expect(left).toHaveLength(2);
    expect(statuses(bus)).toEqual(new Set(['QUEUED', 'RUNNING']));
    expect(await outboxOf(engine, run)).toEqual([]);
  });

  it('at its second sweep the rest of what a bus took some of', async () => {
    const engine = await aDeafEngine();
    const run = await aRunningRun(engine);
    const bus = aBus(({ status }) => status === 'RUNNING');
    await sweepWith(engine, bus);
    const toldAtFirst = statuses(bus);
    const left = await outboxOf(engine, run);

    bus.takes = () => true;
    await sweepWith(engine, bus);

    expect(toldAtFirst).toEqual(new Set(['RUNNING']));
    expect(left).toEqual([outboxKey(keyOf(run), 1).sk]);
    expect(bus.told.map(({ status }) => status)).toEqual(['RUNNING', 'QUEUED']);
    expect(await outboxOf(engine, run)).toEqual([]);
  });

  it('again what it could not delete, rather than never', async () => {
    const engine = await aDeafEngine();
    const run = await aQueuedRun(engine);
    const bus = aBus();
    const store = watched(engine.deps.store, {
      writes: (writes) => {
        if (writes.some((write) => 'delete' in write)) throw new Error('the store is down');
      },
    });

    engine.clock.advance(61_000);
    await sweep({ ...engine.deps, store, bus });
    await sweepWith(engine, bus);

    expect(bus.told.map(({ seq }) => seq)).toEqual([1, 1]);
    expect(await outboxOf(engine, run)).toEqual([]);
  });

  it('any number of changes at once', async () => {
    const engine = await aDeafEngine();
    const ids = Array.from({ length: 120 }, (_, i) => idInOneShard(i));
    // The due index has shards, and its pages are shorter than this.
    const deps = { ...engine.deps, newId: () => ids.shift() ?? '' };
    for (let i = 0; i < 120; i += 1)
      await storeRun(deps, aSubmission({ sessionId: '00000000-0000-4000-8000-000000000001' }));
    const bus = aBus();

    await sweepWith(engine, bus);

    expect(new Set(bus.told.map(({ runId }) => runId)).size).toBe(120);
  });

  it('and a bus that is down keeps up nothing else', async () => {
    const engine = await aDeafEngine();
    const run = await aQueuedRun(engine);
    const bus = aBus(() => {
      throw new Error('the bus is down');
    });
    const rung: string[] = [];
    const queue = {
      send: async (runs: readonly { runId: string }[]) =>
        void rung.push(...runs.map(({ runId }) => runId)),
    };

    engine.clock.advance(61_000);
    await sweep({ ...engine.deps, queue, bus });

    expect(rung).toEqual([run.id]);
  });
});

const idInOneShard = (i: number) => `00000000-0000-7000-8000-${String(i).padStart(10, '0')}00`;
