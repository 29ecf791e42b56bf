import { describe, expect, it } from 'vitest';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { reconcileExecution } from '#core/run/reconcile-execution.ts';
import type { Run } from '#core/run/run.ts';
import { executionOf, keyOf } from '#core/run/run-repository.ts';
import { aPausedRun, aQueuedRun, aRunningRun, latest, withoutWorkflow } from '../builders/a-run.ts';
import type { Engine } from '../builders/an-engine.ts';
import { anIdleEngine, end, slots } from './end-execution.ts';
import { expectLegalHistory } from './legal-history.ts';

const worker = { agentId: 'worker', message: 'guarded' };

/** The states in which a run lives in its execution, with nobody at work on it. */
const living: [string, (engine: Engine) => Promise<Run>][] = [
  ['is running', (engine) => aRunningRun(engine, worker)],
  ['is paused', (engine) => aPausedRun(engine, worker)],
];

describe.each(living)('a run that %s', (_, aRun) => {
  it.each([
    ['aborted', { status: 'CANCELLED', reason: 'execution_aborted', slot: null }],
    ['timed_out', { status: 'FAILED', error: { code: 'timeout' } }],
    ['failed', { status: 'FAILED', error: { code: 'infrastructure' } }],
  ] as const)(
    'ends when its execution is %s, and holds nothing more',
    async (outcome, expected) => {
      const engine = await anIdleEngine();
      const run = await aRun(engine);

      const { run: ended } = await end(engine, run, outcome);

      expect(ended).toMatchObject({ ...expected, executionOpen: false });
      expect(await slots(engine)).toEqual([]);
      await expectLegalHistory(engine.deps, ended);
    },
  );

  it('lives on when its execution has succeeded: the sweeper takes care of it', async () => {
    const engine = await anIdleEngine();
    const run = await aRun(engine);

    const { run: after, rung } = await end(engine, run, 'succeeded');

    expect(after).toEqual(run);
    expect(rung).toEqual([]);
  });

  it('rings for the next of its session, and for whoever waits for its slot', async () => {
    const engine = await anIdleEngine();
    const run = await aRun(engine);
    const next = await aQueuedRun(engine, { ...worker, sessionId: run.sessionId });
    const waiting = await aQueuedRun(engine, worker);
    await dispatchRun(withoutWorkflow(engine.deps), keyOf(waiting));

    const { rung } = await end(engine, run, 'aborted');

    expect(new Set(rung)).toEqual(new Set([next.id, waiting.id]));
  });

  it('ends once, however often it is said, and rings each time', async () => {
    const engine = await anIdleEngine();
    const run = await aRun(engine);
    const next = await aQueuedRun(engine, { ...worker, sessionId: run.sessionId });
    const first = await end(engine, run, 'failed');

    const second = await end(engine, run, 'failed');

    expect(second.run).toEqual(first.run);
    expect(second.rung).toEqual([next.id]);
  });

  it('ends by what was said first', async () => {
    const engine = await anIdleEngine();
    const run = await aRun(engine);
    const first = await end(engine, run, 'timed_out');

    const second = await end(engine, run, 'aborted');

    expect(second.run).toEqual(first.run);
  });

  it('goes on in its later execution when an earlier one has ended', async () => {
    const engine = await anIdleEngine();
    const run = await aRun(engine);

    const { run: after, rung } = await end(engine, { ...run, epoch: run.epoch - 1 }, 'aborted');

    expect(after).toEqual(run);
    expect(rung).toEqual([]);
  });
});

describe('a run that has not begun, or is not there,', () => {
  it('is left alone while it is queued', async () => {
    const engine = await anIdleEngine();
    const run = await aQueuedRun(engine, worker);

    const { run: after } = await end(engine, { ...run, epoch: 1 }, 'aborted');

    expect(after).toEqual(run);
  });

  it('is nothing to fail for', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker);
    const others = [
      { ...executionOf(run), runId: '00000000-0000-7000-8000-000000000000' },
      { ...executionOf(run), orgId: 'other' },
    ];

    for (const execution of others) await reconcileExecution(engine.deps, execution, 'aborted');

    expect(await latest(engine, run)).toEqual(run);
  });
});
