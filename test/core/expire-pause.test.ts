import { describe, expect, it } from 'vitest';
import type { ToolApproval } from '#agent/define-agent.ts';
import { expirePauseTask } from '#core/lifecycle-tasks.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { pauseKey } from '#core/store/keys.ts';
import { aPausedRun, aQueuedRun, isIn, latest, withoutWorkflow } from '../builders/a-run.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine } from '../builders/an-engine.ts';
import { expectLegalHistory } from './legal-history.ts';
import { decide, inputOf } from './tasks.ts';

const expiresAfterSeconds = 60;

/** A run that nobody has decided on, a minute after it asked, and the runs that are rung for. */
async function anExpiredPause(approval: Omit<ToolApproval<unknown>, 'when'> = {}) {
  const worker = workingAgent(() => undefined);
  const tools = (worker.tools ?? []).map((tool) =>
    tool.approval
      ? { ...tool, approval: { when: 'always' as const, expiresAfterSeconds, ...approval } }
      : tool,
  );
  const engine = await anEngine({ idle: true, agents: [{ ...worker, tools }] });
  const run = await aPausedRun(engine, { agentId: 'worker', message: 'guarded' });
  const next = await aQueuedRun(engine, { agentId: 'worker', sessionId: run.sessionId });
  const rung: string[] = [];
  const queue = {
    send: async (runs: readonly { runId: string }[]) =>
      void rung.push(...runs.map(({ runId }) => runId)),
  };
  engine.clock.advance(expiresAfterSeconds * 1000);
  return { engine, run, next, rung, deps: { ...withoutWorkflow(engine.deps), queue } };
}

describe('a wait that is over', () => {
  it('is decided against where the tool says so, and the run goes on', async () => {
    const { engine, run, rung, deps } = await anExpiredPause({ onExpiry: 'reject' });

    const outcome = await expirePauseTask(deps, inputOf(run));

    expect(outcome).toEqual({ next: 'DECIDED' });
    const running = isIn(await latest(engine, run), 'RUNNING');
    expect(running.decided).toBe(`${run.id}-1`);
    const pause = await deps.store.get(pauseKey(keyOf(run), 1));
    expect(pause?.value).toMatchObject({ decision: { decision: 'REJECT', by: 'system:expiry' } });
    expect(rung).toEqual([]);
  });

  it.each([
    ['cancel', { status: 'CANCELLED', reason: 'approval_expired', slot: null }],
    ['fail', { status: 'FAILED', error: { code: 'approval_expired' } }],
  ] as const)('ends the run by the policy %s, and rings for the next', async (onExpiry, ended) => {
    const { engine, run, next, rung, deps } = await anExpiredPause({ onExpiry });

    const outcome = await expirePauseTask(deps, inputOf(run));

    expect(outcome).toEqual({ next: 'ENDED' });
    expect(await latest(engine, run)).toMatchObject(ended);
    expect(rung).toEqual([next.id]);
    await expectLegalHistory(deps, await latest(engine, run));
  });

  it.each(['APPROVE', 'REJECT'] as const)('leaves the %s that came first', async (decision) => {
    const { engine, run, deps } = await anExpiredPause({ onExpiry: 'fail' });
    await decide(deps, run, decision);
    const decided = isIn(await latest(engine, run), 'RUNNING');

    const outcome = await expirePauseTask(deps, inputOf(run));

    expect(outcome).toEqual({ next: 'DECIDED' });
    expect(await latest(engine, run)).toEqual(decided);
    const pause = await deps.store.get(pauseKey(keyOf(run), 1));
    expect(pause?.value).toMatchObject({ decision: { decision, by: 'ann' } });
  });

  it('is over only once: entered again it finds the decision', async () => {
    const { engine, run, deps } = await anExpiredPause();
    await expirePauseTask(deps, inputOf(run));
    const decided = await latest(engine, run);

    const outcome = await expirePauseTask(deps, inputOf(run));

    expect(outcome).toEqual({ next: 'DECIDED' });
    expect(await latest(engine, run)).toEqual(decided);
  });

  it('is that of a run that has ended by then', async () => {
    const { engine, run, next, rung, deps } = await anExpiredPause({ onExpiry: 'cancel' });
    await expirePauseTask(deps, inputOf(run));
    const ended = await latest(engine, run);

    const outcome = await expirePauseTask(deps, inputOf(run));

    expect(outcome).toEqual({ next: 'ENDED' });
    expect(await latest(engine, run)).toEqual(ended);
    expect(rung).toEqual([next.id, next.id]);
  });

  it('decides nothing of an approval that lasts longer', async () => {
    const { engine, run, deps } = await anExpiredPause({ expiresAfterSeconds: 3600 });

    const outcome = await expirePauseTask(deps, inputOf(run));

    expect(outcome).toEqual({ next: 'ENDED' });
    expect(await latest(engine, run)).toEqual(run);
  });
});
