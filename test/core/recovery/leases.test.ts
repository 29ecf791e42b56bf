import { describe, expect, it } from 'vitest';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { LeasedRun } from '#core/run/leased-run.ts';
import type { Run } from '#core/run/run.ts';
import { executionOf, findRun, keyOf } from '#core/run/run-repository.ts';
import { runSegment } from '#core/run/run-segment.ts';
import { storeRun } from '#core/run/submit-run.ts';
import { workingAgent } from '../../builders/an-agent.ts';
import { anEngine, aSubmission, type Engine } from '../../builders/an-engine.ts';
import { withoutWorkflow } from './arrange.ts';
import { anInvocation } from './process.ts';

async function aRunningRun(engine: Engine): Promise<Run> {
  const { run } = await storeRun(engine.deps, aSubmission());
  await dispatchRun(withoutWorkflow(engine.deps), keyOf(run));
  return engine.reach(run, ({ status }) => status === 'RUNNING');
}

describe('a segment', () => {
  it('refuses to work while another invocation may be alive', async () => {
    const engine = await anEngine({ idle: true });
    const run = await aRunningRun(engine);
    const alive = { owner: 'alive', isDead: () => false };
    await LeasedRun.take(engine.deps, executionOf(run), alive);

    const second = runSegment(engine.deps, executionOf(run), anInvocation('second'));

    await expect(second).rejects.toMatchObject({ name: 'LeaseHeld' });
  });

  it('that was taken over can write nothing more', async () => {
    const engine = await anEngine({ idle: true });
    const run = await aRunningRun(engine);
    const first = await LeasedRun.take(engine.deps, executionOf(run), anInvocation('first'));
    engine.clock.advance(31_000);
    await LeasedRun.take(engine.deps, executionOf(run), anInvocation('second'));

    const late = first instanceof LeasedRun ? first.renew() : undefined;

    await expect(late).rejects.toMatchObject({ name: 'LeaseLost' });
  });

  it('that dies three times at one step makes the run fail', async () => {
    const engine = await anEngine({ idle: true });
    const run = await aRunningRun(engine);
    for (const owner of ['first', 'second', 'third'])
      await LeasedRun.take(engine.deps, executionOf(run), { owner, isDead: () => true });

    const outcome = await runSegment(engine.deps, executionOf(run), {
      ...anInvocation('fourth'),
      isDead: () => true,
    });

    expect(outcome).toMatchObject({ next: 'FAIL', error: { code: 'infrastructure' } });
    expect(await engine.deps.store.query(slots)).toEqual([]);
  });

  it('hands over when its time is up, and the next goes on from the checkpoint', async () => {
    const effects: string[] = [];
    const engine = await anEngine({
      idle: true,
      agents: [workingAgent(({ tool }) => void effects.push(tool), { id: 'echo' })],
      settings: { segmentSeconds: 0 },
    });
    const run = await aRunningRun(engine);

    const outcome = await runSegment(engine.deps, executionOf(run), anInvocation('first'));

    expect(outcome).toEqual({ next: 'CONTINUE', steps: 0 });
    expect(await findRun(engine.deps, keyOf(run))).toMatchObject({ lease: null, deaths: 0 });
  });

  it('fails a run that takes longer than its agent may', async () => {
    const engine = await anEngine({ idle: true });
    const run = await aRunningRun(engine);

    engine.clock.advance(3601_000);
    const outcome = await runSegment(engine.deps, executionOf(run), anInvocation('late'));

    expect(outcome).toMatchObject({ next: 'FAIL', error: { code: 'timeout' } });
  });
});

const slots = { pk: 'T#acme#SLOT', order: 'ascending', limit: 9 } as const;
