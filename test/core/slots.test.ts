import { expect, it } from 'vitest';
import type { Run } from '#core/run/run.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine } from '../builders/an-engine.ts';

const completed = ({ status }: Run) => status === 'COMPLETED';

/** Counts how many of its runs work at the same time. */
async function anEngineWithSlots(slotsPerTenant: number) {
  let now = 0;
  let most = 0;
  const engine = await anEngine({
    agents: [
      workingAgent(async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
      }),
    ],
    settings: { slotsPerTenant },
  });
  return { engine, most: () => most };
}

it('runs no more of a tenant at the same time than it has slots, and all in the end', async () => {
  const { engine, most } = await anEngineWithSlots(3);

  const runs = await Promise.all(
    Array.from({ length: 25 }, () => engine.submit({ agentId: 'worker', message: 'safe' })),
  );
  await Promise.all(runs.map((run) => engine.reach(run, completed)));

  expect(most()).toBe(3);
  const left = await engine.deps.store.query({ pk: 'T#acme#SLOT', order: 'ascending', limit: 9 });
  expect(left).toEqual([]);
});

it('keeps the slot of a paused run', async () => {
  const { engine } = await anEngineWithSlots(1);
  const paused = await engine.submit({ agentId: 'worker', message: 'guarded' });
  await engine.reach(paused, ({ status }) => status === 'PAUSED');

  const next = await engine.submit({ agentId: 'worker', message: '' });

  await engine.reach(next, (run) => run.status === 'QUEUED' && run.waitsForSlot);
});

it('leaves another tenant its own slots', async () => {
  const { engine } = await anEngineWithSlots(1);
  const paused = await engine.submit({ agentId: 'worker', message: 'guarded' });
  await engine.reach(paused, ({ status }) => status === 'PAUSED');

  const other = await engine.submit({ agentId: 'worker', message: '', orgId: 'other' });

  await engine.reach(other, completed);
});
