import { describe, it } from 'vitest';
import { pauseQueue, resumeQueue } from '#core/queue/pause-queue.ts';
import type { Run } from '#core/run/run.ts';
import { sweep } from '#core/run/sweep.ts';
import { setDraining } from '#core/tenant/tenant-settings.ts';
import { echoAgent, workingAgent } from '../builders/an-agent.ts';
import { anEngine } from '../builders/an-engine.ts';

const completed = ({ status }: Run) => status === 'COMPLETED';
const isHeld = (run: Run) => run.status === 'QUEUED' && run.held;
const agents = [echoAgent(), workingAgent(async () => undefined)];

describe('an agent that is paused', () => {
  it('starts nothing of what is submitted, and all of it when it is resumed', async () => {
    const engine = await anEngine({ agents });
    await pauseQueue(engine.deps, 'acme', 'echo');
    const runs = [await engine.submit(), await engine.submit(), await engine.submit()];
    for (const run of runs) await engine.reach(run, isHeld);

    await resumeQueue(engine.deps, 'acme', 'echo');

    for (const run of runs) await engine.reach(run, completed);
  });

  it('keeps up no other agent and no other tenant', async () => {
    const engine = await anEngine({ agents, settings: { slotsPerTenant: 1 } });
    await pauseQueue(engine.deps, 'acme', 'echo');
    const held = await engine.submit();
    await engine.reach(held, isHeld);

    const others = [
      await engine.submit({ agentId: 'worker', message: '' }),
      await engine.submit({ orgId: 'other' }),
    ];

    for (const run of others) await engine.reach(run, completed);
    await engine.reach(held, isHeld);
  });

  it('lets go on what runs already', async () => {
    const engine = await anEngine({ agents });
    const paused = await engine.submit({ agentId: 'worker', message: 'guarded' });
    const running = await engine.reach(paused, ({ status }) => status === 'PAUSED');

    await pauseQueue(engine.deps, 'acme', 'worker');

    await engine.reach(running, ({ status }) => status === 'PAUSED');
  });

  it('stays paused when the whole tenant is resumed', async () => {
    const engine = await anEngine({ agents });
    await pauseQueue(engine.deps, 'acme', undefined);
    await pauseQueue(engine.deps, 'acme', 'echo');
    const held = await engine.submit();
    const other = await engine.submit({ agentId: 'worker', message: '' });
    await engine.reach(other, isHeld);

    await resumeQueue(engine.deps, 'acme', undefined);

    await engine.reach(other, completed);
    await engine.reach(held, isHeld);
  });
});

it('starts nothing of anybody while the service drains, and all of it after that', async () => {
  const engine = await anEngine({ agents });
  await setDraining(engine.deps, true);
  const runs = [await engine.submit(), await engine.submit({ orgId: 'other' })];
  for (const run of runs) await engine.reach(run, isHeld);

  await setDraining(engine.deps, false);
  await sweep(engine.deps, engine.clock.now() + 61_000);

  for (const run of runs) await engine.reach(run, completed);
});
