import { describe, expect, it } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import type { RunPriority } from '#core/run/run-priority.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { freeSlots, ringWaiting } from '#core/run/slots.ts';
import { aQueuedRun, aWorkflowThat, latest } from '../builders/a-run.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';

const orgId = 'acme';

/** An engine that does nothing by itself, and whoever is rung for. */
async function anIdleEngine(slotsPerTenant: number) {
  const engine = await anEngine({ idle: true, settings: { slotsPerTenant } });
  const rung: string[] = [];
  const deps = {
    ...engine.deps,
    workflow: aWorkflowThat(),
    queue: {
      send: async (rings: readonly { runId: string }[]) =>
        void rung.push(...rings.map(({ runId }) => runId)),
    },
  };
  const dispatched = async (priority: RunPriority) => {
    const run = await aQueuedRun(engine, { priority });
    await dispatchRun(deps, keyOf(run));
    return latest(engine, run);
  };
  return { engine, deps, rung, dispatched };
}

async function dispatchMany(count: number, dispatch: () => Promise<{ status: string }>) {
  const runs = [];
  for (let i = 0; i < count; i += 1) runs.push(await dispatch());
  return runs.map(({ status }) => status);
}

const countOf = (statuses: readonly string[], status: string) =>
  statuses.filter((one) => one === status).length;

describe('runs of low priority', () => {
  it.each([
    [1, 1],
    [2, 1],
    [4, 3],
    [5, 4],
    [10, 8],
    [20, 16],
  ])('take of %d slots %d', async (slots, most) => {
    const { dispatched } = await anIdleEngine(slots);

    const statuses = await dispatchMany(slots + 2, () => dispatched('low'));

    expect(countOf(statuses, 'RUNNING')).toBe(most);
  });

  it('leave the last slots to others, which take those in the end', async () => {
    const { dispatched } = await anIdleEngine(5);
    await dispatchMany(6, () => dispatched('low'));

    const statuses = await dispatchMany(2, () => dispatched('normal'));

    expect(statuses).toEqual(['RUNNING', 'QUEUED']);
  });

  it('are not kept out of slots that others have left free', async () => {
    const { dispatched } = await anIdleEngine(5);
    await dispatchMany(2, () => dispatched('normal'));

    const statuses = await dispatchMany(3, () => dispatched('low'));

    expect(statuses).toEqual(['RUNNING', 'RUNNING', 'QUEUED']);
  });

  it('are not rung for by a free slot that is reserved', async () => {
    const { dispatched, deps, rung } = await anIdleEngine(2);
    await dispatchMany(2, () => dispatched('low'));
    rung.length = 0;

    await ringWaiting(deps, orgId);

    expect((await freeSlots(deps, orgId)).reserved).toHaveLength(1);
    expect(rung).toEqual([]);
  });
});

it('gives freed slots to high priority first, then to normal, then to low', async () => {
  const { engine, deps, dispatched, rung } = await anIdleEngine(4);
  const holders = [];
  for (let i = 0; i < 4; i += 1) holders.push(await dispatched('normal'));
  const low = await dispatched('low');
  const normal = await dispatched('normal');
  const high = await dispatched('high');
  rung.length = 0;

  await freeAll(engine, holders.slice(0, 3));
  await ringWaiting(deps, orgId);

  expect(rung.slice(-3)).toEqual([high.id, normal.id, low.id]);
});

async function freeAll(engine: Engine, runs: readonly { id: string }[]) {
  const queue = { send: async () => undefined };
  const deps = { ...engine.deps, queue, workflow: aWorkflowThat() };
  for (const { id } of runs) await cancelRun(deps, { orgId, runId: id }, 'test');
}
