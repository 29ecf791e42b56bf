import { describe, expect, it } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { executionOf, keyOf } from '#core/run/run-repository.ts';
import { runSegment } from '#core/run/run-segment.ts';
import { sweep } from '#core/run/sweep.ts';
import {
  aLeasedRun,
  anInvocation,
  aPausedRun,
  aQueuedRun,
  aRunningRun,
  aWorkflowThat,
  isIn,
  latest,
  withoutWorkflow,
} from '../builders/a-run.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine } from '../builders/an-engine.ts';
import { anIdleEngine, end, slots } from './end-execution.ts';
import { allEvents } from './legal-history.ts';

const worker = { agentId: 'worker', message: 'guarded' };
const sessionId = '00000000-0000-4000-8000-000000000001';

describe('a run that a segment works on', () => {
  it('keeps slot and turn when its execution is aborted, until its lease ends', async () => {
    const engine = await anIdleEngine();
    const { run } = await aLeasedRun(engine, { ...worker, sessionId });
    const next = await aQueuedRun(engine, { ...worker, sessionId });

    const { run: ended, rung } = await end(engine, run, 'aborted');

    expect(ended).toMatchObject({
      status: 'CANCELLED',
      reason: 'execution_aborted',
      slot: run.slot,
      executionOpen: false,
    });
    expect(rung).toEqual([]);
    await dispatchRun(withoutWorkflow(engine.deps), keyOf(next));
    isIn(await latest(engine, next), 'QUEUED');
    engine.clock.advance(31_000);
    await sweep(withoutWorkflow(engine.deps));
    expect(await slots(engine)).toEqual([]);
    await dispatchRun(withoutWorkflow(engine.deps), keyOf(next));
    isIn(await latest(engine, next), 'RUNNING');
  });

  it('gives both back as soon as the segment notices', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const engine = await anEngine({
      idle: true,
      agents: [
        workingAgent(async (_, { signal }) => {
          begin();
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        }),
      ],
    });
    const run = await aRunningRun(engine, { agentId: 'worker', message: 'safe', sessionId });
    const segment = runSegment(engine.deps, executionOf(run), anInvocation('worker'));
    await begun;

    await end(engine, run, 'aborted');
    const outcome = await segment;

    expect(outcome).toMatchObject({ next: 'DONE', status: 'CANCELLED' });
    expect(await latest(engine, run)).toMatchObject({ slot: null, executionOpen: false });
    expect(await slots(engine)).toEqual([]);
  });

  it('can be written by nobody once its execution has ended', async () => {
    const engine = await anIdleEngine();
    const leased = await aLeasedRun(engine, worker);

    await end(engine, leased.run, 'timed_out');

    await expect(leased.renew()).rejects.toMatchObject({ name: 'LeaseLost' });
  });
});

describe('a run that has ended', () => {
  const ends = ['aborted', 'timed_out', 'failed', 'succeeded'] as const;

  it.each(ends)('stays as it is when its execution is %s', async (outcome) => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, { agentId: 'worker', message: '' });
    await runSegment(engine.deps, executionOf(run), anInvocation('worker'));
    const completed = isIn(await latest(engine, run), 'COMPLETED');

    const { run: after } = await end(engine, run, outcome);

    expect(after).toEqual(completed);
  });

  it.each(ends)(
    'is done with an execution that was still open when that is %s',
    async (outcome) => {
      const engine = await anIdleEngine();
      const run = await aPausedRun(engine, worker);
      const workflow = aWorkflowThat({ stop: async () => Promise.reject(new Error('throttled')) });
      await cancelRun({ ...engine.deps, workflow }, keyOf(run), 'test').catch(() => undefined);
      const cancelled = isIn(await latest(engine, run), 'CANCELLED');
      const events = await allEvents(engine.deps, run);

      const { run: after } = await end(engine, run, outcome);

      expect(cancelled.executionOpen).toBe(true);
      expect(after).toEqual({ ...cancelled, executionOpen: false, version: cancelled.version + 1 });
      expect(await allEvents(engine.deps, run)).toEqual(events);
    },
  );
});
