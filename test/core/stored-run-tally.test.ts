import { expect, it } from 'vitest';
import { publishOutbox } from '#core/outbox/outbox.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { storedRunTally } from '#core/run/stored-run-tally.ts';
import { sweep } from '#core/run/sweep.ts';
import type { Write } from '#core/store/item-store.ts';
import { tallyKey } from '#core/store/keys.ts';
import { runTallyTests } from '../adapters/run-tally-tests.ts';
import { aQueuedRun } from '../builders/a-run.ts';
import { watched } from '../builders/a-store.ts';
import { anEngine } from '../builders/an-engine.ts';
import { outboxRows } from './outbox-rows.ts';

const minuteMs = 61_000;

async function aCountingEngine() {
  const engine = await anEngine({ idle: true, settings: { countsRuns: true } });
  const settle = async () => {
    engine.clock.advance(minuteMs);
    await sweep(engine.deps);
  };
  return { engine, tally: storedRunTally(engine.deps.store), settle };
}

runTallyTests('the stored counters', aCountingEngine);

const all = { orgId: 'acme' };

it('counts a row once, however many publish it at the same time', async () => {
  const { engine, tally } = await aCountingEngine();
  const runs = [];
  for (let i = 0; i < 5; i += 1) runs.push(await aQueuedRun(engine, { groupId: `g${i % 2}` }));
  const rows = (await Promise.all(runs.map((run) => outboxRows(engine, run)))).flat();

  const halves = [rows, rows.slice(2), rows.slice(0, 3), rows.toReversed(), rows];
  await Promise.all(halves.map((half) => publishOutbox(engine.deps, half)));
  await publishOutbox(engine.deps, rows);

  expect(await tally.count(all)).toBe(5);
  expect(await tally.count({ ...all, groupId: 'g0' })).toBe(3);
});

it('counts many rows of a tenant with one write of a counter', async () => {
  const { engine } = await aCountingEngine();
  const runs = [];
  for (let i = 0; i < 40; i += 1) runs.push(await aQueuedRun(engine, { groupId: 'g' }));
  runs.push(await aQueuedRun(engine, { orgId: 'other' }));
  const rows = (await Promise.all(runs.map((run) => outboxRows(engine, run)))).flat();
  const puts: Write[] = [];
  const store = watched(engine.deps.store, {
    writes: (writes) => void puts.push(...writes.filter((write) => 'put' in write)),
  });

  await publishOutbox({ ...engine.deps, store }, rows);

  expect(puts).toHaveLength(3);
});

it('counts as many groups at a time as there may be', async () => {
  const { engine, tally } = await aCountingEngine();
  const runs = [];
  for (let i = 0; i < 110; i += 1) runs.push(await aQueuedRun(engine, { groupId: `g${i}` }));
  const rows = (await Promise.all(runs.map((run) => outboxRows(engine, run)))).flat();

  await publishOutbox(engine.deps, rows);

  expect(await tally.count(all)).toBe(110);
});

it('says none rather than fewer while an earlier change is counted late', async () => {
  const { engine, tally } = await aCountingEngine();
  const run = await aQueuedRun(engine);
  await cancelRun(engine.deps, keyOf(run), 'test');
  const [queued, cancelled] = await outboxRows(engine, run);

  await publishOutbox(engine.deps, cancelled ? [cancelled] : []);
  const early = await tally.count({ ...all, statuses: ['QUEUED'] });
  await publishOutbox(engine.deps, queued ? [queued] : []);

  expect(early).toBe(0);
  expect(await tally.count({ ...all, statuses: ['QUEUED'] })).toBe(0);
  expect(await tally.count(all)).toBe(1);
});

it('keeps no counter of a group without runs', async () => {
  const { engine, settle } = await aCountingEngine();
  const run = await aQueuedRun(engine, { groupId: 'g' });
  await cancelRun(engine.deps, keyOf(run), 'test');
  await settle();
  const before = await engine.deps.store.get(tallyKey('acme', 'g'));

  engine.clock.advance(31 * 24 * 3600_000);
  await settle();

  expect(before).toBeDefined();
  expect(await engine.deps.store.get(tallyKey('acme', 'g'))).toBeUndefined();
});

it('leaves a run alone of which something has still to be counted', async () => {
  const { engine, tally } = await aCountingEngine();
  const run = await aQueuedRun(engine);
  await cancelRun(engine.deps, keyOf(run), 'test');
  const bus = { publish: async <T>(events: readonly T[]) => events };

  engine.clock.advance(31 * 24 * 3600_000);
  await sweep({ ...engine.deps, bus });

  expect(await outboxRows(engine, run)).toHaveLength(2);
  await sweep(engine.deps);
  await sweep(engine.deps);
  expect(await tally.count(all)).toBe(0);
});

it('keeps no counters where nobody asks for them', async () => {
  const engine = await anEngine({ idle: true, settings: { announces: true } });
  const run = await aQueuedRun(engine);

  await publishOutbox(engine.deps, await outboxRows(engine, run));

  expect(await storedRunTally(engine.deps.store).count(all)).toBe(0);
});
