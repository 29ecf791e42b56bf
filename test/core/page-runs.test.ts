import { expect, it } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import { pageRuns } from '#core/run/page-runs.ts';
import type { Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { aQueuedRun } from '../builders/a-run.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';

const aGroup = async (engine: Engine, groupId: string, count: number): Promise<Run[]> => {
  const runs: Run[] = [];
  for (let i = 0; i < count; i += 1) runs.push(await aQueuedRun(engine, { groupId }));
  return runs.reverse();
};

const pageOf = async (
  engine: Engine,
  query: Partial<Parameters<typeof pageRuns>[1]>,
): Promise<{ ids: string[]; total: number }> => {
  const deps = { ...engine.deps, tally: engine.runtime.tally };
  const page = await pageRuns(deps, { orgId: 'acme', offset: 0, limit: 10, ...query });
  return { ids: page.runs.map(({ id }) => id), total: page.total };
};

const idsOf = (runs: readonly Run[]) => runs.map(({ id }) => id);

it('shows the newest runs of a group first, page by page', async () => {
  const engine = await anEngine({ idle: true });
  const runs = idsOf(await aGroup(engine, 'g1', 5));
  await aGroup(engine, 'g2', 2);

  const first = await pageOf(engine, { groupId: 'g1', limit: 2 });
  const second = await pageOf(engine, { groupId: 'g1', offset: 2, limit: 2 });
  const last = await pageOf(engine, { groupId: 'g1', offset: 4, limit: 2 });

  expect([first.ids, second.ids, last.ids]).toEqual([
    runs.slice(0, 2),
    runs.slice(2, 4),
    runs.slice(4),
  ]);
  expect([first.total, second.total, last.total]).toEqual([5, 5, 5]);
});

it('counts and pages through the runs in some statuses only', async () => {
  const engine = await anEngine({ idle: true });
  const runs = await aGroup(engine, 'g1', 6);
  for (const run of runs.filter((_, i) => i % 2 === 0))
    await cancelRun(engine.deps, keyOf(run), 'enough');
  const cancelled = idsOf(runs.filter((_, i) => i % 2 === 0));

  const page = await pageOf(engine, {
    groupId: 'g1',
    statuses: ['CANCELLED'],
    offset: 1,
    limit: 1,
  });

  expect(page).toEqual({ ids: cancelled.slice(1, 2), total: 3 });
});

it('anchors its pages where the reader began', async () => {
  const engine = await anEngine({ idle: true });
  const runs = idsOf(await aGroup(engine, 'g1', 3));
  await aGroup(engine, 'g1', 2);

  const page = await pageOf(engine, { groupId: 'g1', before: runs[0] });

  expect(page.ids).toEqual(runs.slice(1));
});

it('shows all of a tenant, and nothing of another', async () => {
  const engine = await anEngine({ idle: true });
  const runs = idsOf(await aGroup(engine, 'g1', 2));

  const own = await pageOf(engine, {});
  const other = await pageOf(engine, { orgId: 'other', groupId: 'g1' });

  expect(own).toEqual({ ids: runs, total: 2 });
  expect(other).toEqual({ ids: [], total: 0 });
});
