import { describe, expect, it } from 'vitest';
import { decideApproval } from '#core/approval/decide-approval.ts';
import type { Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import { aPrincipal } from '../builders/a-principal.ts';
import { type Effect, workingAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';

const day = 24 * 3600 * 1000;

async function aPausedRun(approval: object = {}) {
  const effects: Effect[] = [];
  const worker = workingAgent((effect) => void effects.push(effect));
  const tools = worker.tools?.map((tool) =>
    tool.approval ? { ...tool, approval: { when: 'always' as const, ...approval } } : tool,
  );
  const engine = await anEngine({
    agents: [{ ...worker, ...(tools ? { tools } : {}) }],
    settings: { retentionSeconds: 400 * 24 * 3600 },
  });
  const run = await engine.submit({ agentId: 'worker', message: 'guarded' });
  const paused = await engine.reach(run, ({ status }) => status === 'PAUSED');
  return { engine, run: paused, effects };
}

const decide = (engine: Engine, run: Run, decision: 'APPROVE' | 'REJECT', more: object = {}) =>
  decideApproval(engine.deps, {
    ...keyOf(run),
    decision,
    by: aPrincipal('ann'),
    idempotency: undefined,
    ...more,
  });

const ended = (run: Run) => 'completedAt' in run;

async function answerOf(engine: Engine, run: Run) {
  const done = await engine.reach(run, ended);
  return done.status === 'COMPLETED' && done.output.in === 'item' ? done.output.value : done;
}

describe('an approval', () => {
  it('shows the call that waits for it, which has not run', async () => {
    const { run, effects } = await aPausedRun();

    expect(run).toMatchObject({ pendingApproval: { tool: 'guarded', arguments: { n: 0 } } });
    expect(effects).toEqual([]);
  });

  it('runs the call once when it is given', async () => {
    const { engine, run, effects } = await aPausedRun();

    await decide(engine, run, 'APPROVE');

    expect(await answerOf(engine, run)).toMatchObject({ content: 'guarded: ok' });
    expect(effects).toEqual([{ tool: 'guarded', key: `${run.id}:call_0_0` }]);
  });

  it('gives control back to the agent when it is refused', async () => {
    const { engine, run, effects } = await aPausedRun();

    await decide(engine, run, 'REJECT', { reason: 'not today' });

    expect(await answerOf(engine, run)).toMatchObject({ content: 'guarded: denied' });
    expect(effects).toEqual([]);
  });

  it('lets the first of many decisions win, and shows it to the others', async () => {
    const { engine, run, effects } = await aPausedRun();

    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        decide(engine, run, 'APPROVE', { by: aPrincipal(`person ${i}`) }),
      ),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await engine.reach(run, ended);
    expect(effects).toHaveLength(1);
    await expect(decide(engine, run, 'APPROVE')).rejects.toMatchObject({
      code: 'run_state_conflict',
      details: { currentStatus: 'COMPLETED', decided: { decision: 'APPROVE' } },
    });
  });

  it('that is named and decided already is not taken for the next one', async () => {
    const effects: Effect[] = [];
    const engine = await anEngine({
      agents: [workingAgent((effect) => void effects.push(effect))],
    });
    const run = await engine.submit({ agentId: 'worker', message: 'guarded guarded' });
    await engine.reach(run, ({ status }) => status === 'PAUSED');
    const first = { approvalId: `${run.id}-1` };
    await decide(engine, run, 'APPROVE', first);
    await engine.reach(run, (r) => r.status === 'PAUSED' && r.pauses === 2);

    const late = decide(engine, run, 'APPROVE', first);

    await expect(late).rejects.toMatchObject({
      details: { currentStatus: 'PAUSED', decided: { decision: 'APPROVE', by: 'ann' } },
    });
    expect(effects).toHaveLength(1);
  });

  it('is decided once for one idempotency key', async () => {
    const { engine, run } = await aPausedRun();
    const idempotency = { route: 'continue', key: 'k', fingerprint: 'f' };

    const first = await decide(engine, run, 'APPROVE', { idempotency });
    const second = await decide(engine, run, 'APPROVE', { idempotency });

    expect([first.replayed, second.replayed]).toEqual([false, true]);
  });

  it('can be given after 40 days where its tool allows', async () => {
    const { engine, run, effects } = await aPausedRun({ expiresAfterSeconds: 60 * 24 * 3600 });

    engine.clock.advance(40 * day);
    await sweep(engine.deps);
    await decide(engine, run, 'APPROVE');

    expect(await answerOf(engine, run)).toMatchObject({ content: 'guarded: ok' });
    expect(effects).toHaveLength(1);
  });

  it.each([
    ['reject', { status: 'COMPLETED' }],
    ['cancel', { status: 'CANCELLED', reason: 'approval_expired' }],
    ['fail', { status: 'FAILED', error: { code: 'approval_expired' } }],
  ])('that nobody gives in time ends by its policy %s', async (onExpiry, expected) => {
    const { engine, run, effects } = await aPausedRun({ onExpiry });

    engine.clock.advance(7 * day + 1);
    await sweep(engine.deps);

    expect(await engine.reach(run, ended)).toMatchObject(expected);
    expect(effects).toEqual([]);
  });

  it('is asked for again when the agent has changed since', async () => {
    const { engine, run, effects } = await aPausedRun();
    const worker = workingAgent((effect) => void effects.push(effect));
    const changed = await anEngine({ agents: [{ ...worker, version: 'v2' }] });
    // The same store, as a service has it that was deployed anew.
    const deps = { ...engine.deps, agents: changed.deps.agents };
    Object.assign(engine.deps, deps);

    await decide(engine, run, 'APPROVE');
    const again = await engine.reach(run, (r) => r.status === 'PAUSED' && r.pauses === 2);

    expect(again).toMatchObject({
      pendingApproval: { reason: 'The agent has changed since guarded was approved.' },
    });
    expect(effects).toEqual([]);
  });
});
