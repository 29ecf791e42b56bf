import { describe, expect, it } from 'vitest';
import { registerPause } from '#core/approval/register-pause.ts';
import { expirePauseTask } from '#core/lifecycle-tasks.ts';
import { continueRun } from '#core/run/continue-run.ts';
import { hasEnded } from '#core/run/run.ts';
import { executionOf, keyOf } from '#core/run/run-repository.ts';
import { runSegment } from '#core/run/run-segment.ts';
import { aPrincipal } from '../builders/a-principal.ts';
import {
  anInvocation,
  aRunningRun,
  aWorkflowThat,
  isIn,
  latest,
  withoutWorkflow,
} from '../builders/a-run.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine } from '../builders/an-engine.ts';
import { expectLegalHistory } from './legal-history.ts';
import { inputOf } from './tasks.ts';

const by = aPrincipal('ann');
const leg = { id: 'leg', wire: {} };
const weekMs = 7 * 24 * 3600 * 1000;

/** A run that stands before the call of a tool. */
async function aStoppedRun(idle = true) {
  const engine = await anEngine({ idle, agents: [workingAgent(() => undefined)] });
  const breakpoints = { before: ['tools' as const], after: [] };
  const run = await aRunningRun(engine, { agentId: 'worker', message: 'safe', breakpoints });
  const outcome = await runSegment(engine.deps, executionOf(run), anInvocation('worker'));
  const stopped = isIn(await latest(engine, run), 'PAUSED');
  return { engine, run: stopped, outcome, deps: withoutWorkflow(engine.deps) };
}

describe('a run that stands at a breakpoint', () => {
  it('has its workflow wait for it', async () => {
    const { run, outcome } = await aStoppedRun();

    expect(outcome).toMatchObject({ next: 'PAUSE', approvalId: `${run.id}-1`, steps: 1 });
    expect(run).toMatchObject({ pauses: 1, breakpoint: { next: 'tools' } });
  });

  it('goes on once: whoever comes second is told so', async () => {
    const { engine, run, deps } = await aStoppedRun();
    const command = { ...keyOf(run), by, leg, idempotency: undefined };

    await continueRun(deps, command);

    expect(await latest(engine, run)).toMatchObject({ status: 'RUNNING', decided: `${run.id}-1` });
    await expect(continueRun(deps, { ...command, leg: { ...leg, id: 'other' } })).rejects.toThrow(
      expect.objectContaining({ code: 'run_state_conflict' }),
    );
  });

  it('does not stop there again when it goes on, nor in the time that it stood still', async () => {
    const { engine, run, deps } = await aStoppedRun();
    engine.clock.advance(weekMs - 1);

    await continueRun(deps, { ...keyOf(run), by, leg, idempotency: undefined });
    await runSegment(engine.deps, executionOf(run), anInvocation('other'));

    const ended = await latest(engine, run);
    expect(ended).toMatchObject({ status: 'COMPLETED' });
    expect(hasEnded(ended)).toBe(true);
    await expectLegalHistory(engine.deps, ended);
  });

  it('wakes the wait of its workflow, whichever comes first', async () => {
    const { run, deps } = await aStoppedRun();
    const resumed: string[] = [];
    const workflow = aWorkflowThat({ resume: async (token) => resumed.push(token) > 0 });
    const wait = { ...keyOf(run), approvalId: `${run.id}-1` };

    await registerPause({ ...deps, workflow }, { ...wait, taskToken: 'early' });
    await continueRun({ ...deps, workflow }, { ...keyOf(run), by, leg, idempotency: undefined });
    await registerPause({ ...deps, workflow }, { ...wait, taskToken: 'late' });

    expect(resumed).toEqual(['early', 'late']);
  });

  it('is cancelled after a week', async () => {
    const { engine, run, deps } = await aStoppedRun();
    engine.clock.advance(weekMs - 1);
    await expirePauseTask(deps, inputOf(run));
    const before = await latest(engine, run);
    engine.clock.advance(1);

    const outcome = await expirePauseTask(deps, inputOf(run));

    expect(before.status).toBe('PAUSED');
    expect(outcome).toEqual({ next: 'ENDED' });
    expect(await latest(engine, run)).toMatchObject({
      status: 'CANCELLED',
      reason: 'breakpoint_expired',
      slot: null,
    });
  });
});
