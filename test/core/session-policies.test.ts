import { describe, expect, it } from 'vitest';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { deleteRun } from '#core/run/delete-run.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { hasEnded, type Run } from '#core/run/run.ts';
import { findRun, getRun, keyOf } from '#core/run/run-repository.ts';
import { runSegment } from '#core/run/run-segment.ts';
import { storeRun } from '#core/run/submit-run.ts';
import { supersedeEarlier } from '#core/run/supersede.ts';
import { sweep } from '#core/run/sweep.ts';
import { runCheckpoints, transcriptTo } from '#core/session/checkpoints.ts';
import type { SessionEntry } from '#core/session/enter-session.ts';
import { runsWithTurns, sessionHead } from '#core/session/session.ts';
import { sessionStanding } from '#core/session/session-standing.ts';
import { aPrincipal } from '../builders/a-principal.ts';
import {
  aLeasedRun,
  anInvocation,
  aPausedRun,
  aQueuedRun,
  aRunningRun,
  latest,
  withoutWorkflow,
} from '../builders/a-run.ts';
import { anAgent, workingAgent } from '../builders/an-agent.ts';
import { anEngine, aSubmission, type Engine } from '../builders/an-engine.ts';
import { leftOvers } from './left-overs.ts';

const sessionId = '00000000-0000-4000-8000-000000000001';
const key = { orgId: 'acme', sessionId };
const inSession = (more: object = {}) => ({
  agentId: 'worker',
  sessionId,
  message: 'safe',
  ...more,
});

const anIdleEngine = () => anEngine({ idle: true, agents: [workingAgent(() => undefined)] });

const submit = async ({ deps }: Engine, entry: SessionEntry, message = 'safe') =>
  (await storeRun(deps, aSubmission(inSession({ message, entry })))).run;

const dispatch = ({ deps }: Engine, run: Run) => dispatchRun(withoutWorkflow(deps), keyOf(run));

const step = async (engine: Engine, run: Run) => {
  await dispatch(engine, run);
  const running = await latest(engine, run);
  return runSegment(engine.deps, { ...keyOf(run), epoch: running.epoch }, anInvocation('worker'));
};

describe('whoever wants no other run in the session', () => {
  it.each(['QUEUED', 'RUNNING', 'PAUSED'] as const)(
    'is refused beside one that is %s',
    async (is) => {
      const engine = await anIdleEngine();
      const make = { QUEUED: aQueuedRun, RUNNING: aRunningRun, PAUSED: aPausedRun }[is];
      const other = await make(engine, inSession({ message: 'guarded' }));

      const refused = submit(engine, { whenBusy: 'reject' });

      await expect(refused).rejects.toMatchObject({
        code: 'session_busy',
        details: { runId: other.id, currentStatus: is },
      });
    },
  );

  it('is let in where all have ended, and where only a pause is in its way that it takes', async () => {
    const engine = await anIdleEngine();
    const first = await aQueuedRun(engine, inSession());
    await cancelRun(withoutWorkflow(engine.deps), keyOf(first), 'test');

    const second = await submit(engine, { whenBusy: 'reject' }, 'guarded');
    await step(engine, second);
    const third = await submit(engine, { whenBusy: 'reject', supersedesPause: true });

    expect((await latest(engine, second)).status).toBe('PAUSED');
    expect(third.status).toBe('QUEUED');
  });

  it('is one of many who come at the same time', async () => {
    const engine = await anIdleEngine();

    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => submit(engine, { whenBusy: 'reject' })),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await runsWithTurns(engine.deps.store, key)).toHaveLength(1);
  });
});

describe('a run that supersedes', () => {
  it('cancels what is before it when it is dispatched, though nobody did when it was submitted', async () => {
    const engine = await anIdleEngine();
    const running = await aRunningRun(engine, inSession());
    const queued = await aQueuedRun(engine, inSession());

    const run = await submit(engine, { whenBusy: 'interrupt' });
    await dispatch(engine, run);

    for (const other of [running, queued])
      expect(await latest(engine, other)).toMatchObject({
        status: 'CANCELLED',
        reason: 'superseded',
      });
    expect((await latest(engine, run)).status).toBe('RUNNING');
  });

  it('waits until the segment of the other has let go', async () => {
    const engine = await anIdleEngine();
    const leased = await aLeasedRun(engine, inSession());

    const run = await submit(engine, { whenBusy: 'interrupt' });
    await dispatch(engine, run);
    const waiting = await latest(engine, run);
    engine.clock.advance(31_000);
    await sweep({ ...engine.deps, ...withoutWorkflow(engine.deps) });
    await dispatch(engine, run);

    expect(waiting.status).toBe('QUEUED');
    expect((await latest(engine, leased.run)).status).toBe('CANCELLED');
    expect((await latest(engine, run)).status).toBe('RUNNING');
  });

  it('leaves alone what was submitted after it', async () => {
    const engine = await anIdleEngine();
    const run = await submit(engine, { whenBusy: 'interrupt' });
    const later = await aQueuedRun(engine, inSession());

    await supersedeEarlier(engine.deps, run);

    expect((await latest(engine, later)).status).toBe('QUEUED');
  });

  it('goes on from the question of one that had said nothing yet', async () => {
    const engine = await anIdleEngine();
    const first = await aRunningRun(engine, inSession({ message: 'risky' }));

    const run = await submit(engine, { whenBusy: 'interrupt' });
    await dispatch(engine, run);

    const { base } = await latest(engine, run);
    expect(base).toEqual({ runId: first.id, step: 1 });
    expect(await transcriptTo(engine.deps, key, base)).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'risky' }] },
    ]);
  });

  it('undoes what is before it: the session is as it was, and the run is gone soon', async () => {
    const engine = await anIdleEngine();
    const first = await aPausedRun(engine, inSession({ message: 'guarded' }));

    const run = await submit(engine, { whenBusy: 'rollback' });
    await dispatch(engine, run);
    await cancelRun(withoutWorkflow(engine.deps), keyOf(run), 'test');
    engine.clock.advance(61_000);
    await sweep({ ...engine.deps, ...withoutWorkflow(engine.deps) });
    await sweep({ ...engine.deps, ...withoutWorkflow(engine.deps) });

    expect((await latest(engine, run)).base).toBeNull();
    expect(await findRun(engine.deps, keyOf(first))).toBeUndefined();
    expect(await runCheckpoints(engine.deps, key, first.id)).toEqual([]);
    expect(await leftOvers({ ...engine.deps, ...withoutWorkflow(engine.deps) }, 'acme')).toEqual(
      [],
    );
  });

  it('takes the place of a pause, or of none where a decision came first', async () => {
    const engine = await anIdleEngine();
    const paused = await aPausedRun(engine, inSession({ message: 'guarded' }));
    const run = await submit(engine, { supersedesPause: true });
    const { deps } = engine;
    const by = { by: aPrincipal('ann'), idempotency: undefined };

    const outcomes = await Promise.allSettled([
      decideApproval(withoutWorkflow(deps), { ...keyOf(paused), decision: 'APPROVE', ...by }),
      supersedeEarlier(deps, run),
    ]);

    const { status } = await latest(engine, paused);
    const [decided] = outcomes;
    expect(status).toBe(decided.status === 'fulfilled' ? 'RUNNING' : 'CANCELLED');
  });
});

describe('a run that keeps its steps', () => {
  it('leaves its open calls to the session, and the next model reads them answered', async () => {
    const prompts: unknown[] = [];
    const engine = await anEngine({
      agents: [
        workingAgent(() => undefined),
        anAgent({
          id: 'reader',
          script: ({ prompt }) => {
            prompts.push(...prompt.filter(({ role }) => role === 'tool'));
            return { text: 'read' };
          },
        }),
      ],
    });
    const entry = { keepsSteps: true };
    const first = await engine.submit(inSession({ message: 'guarded', entry }));
    await engine.reach(first, ({ status }) => status === 'PAUSED');
    await cancelRun(engine.deps, keyOf(first), 'test');

    const next = await engine.submit({ agentId: 'reader', sessionId, message: 'hi' });
    await engine.reach(next, hasEnded);

    expect(prompts).toMatchObject([
      { content: [{ toolName: 'guarded', output: { type: 'execution-denied' } }] },
    ]);
  });

  it('leaves its question though its model failed', async () => {
    const engine = await anEngine({
      agents: [
        anAgent({
          id: 'worker',
          script: () => {
            throw new Error('boom');
          },
        }),
      ],
    });

    const run = await engine.submit(inSession({ entry: { keepsSteps: true } }));
    await engine.reach(run, ({ status }) => status === 'FAILED');

    const head = await sessionHead(engine.deps.store, key);
    expect(await transcriptTo(engine.deps, key, head?.checkpoint ?? null)).toMatchObject([
      { role: 'user' },
    ]);
    expect((await sessionStanding(engine.deps, key)).status).toBe('error');
  });

  it('outlives its retention in the session, which others need no more', async () => {
    const engine = await anIdleEngine();
    const keeps = await submit(engine, { keepsSteps: true }, 'guarded');
    await step(engine, keeps);
    await cancelRun(withoutWorkflow(engine.deps), keyOf(keeps), 'test');
    const leaves = await submit(engine, {}, 'guarded');
    await step(engine, leaves);
    await cancelRun(withoutWorkflow(engine.deps), keyOf(leaves), 'test');

    engine.clock.advance(29 * 24 * 3600 * 1000);
    await aQueuedRun(engine, inSession());
    engine.clock.advance(2 * 24 * 3600 * 1000);
    await sweep({ ...engine.deps, ...withoutWorkflow(engine.deps) });

    expect(await findRun(engine.deps, keyOf(keeps))).toBeUndefined();
    expect(await runCheckpoints(engine.deps, key, keeps.id)).not.toEqual([]);
    expect(await runCheckpoints(engine.deps, key, leaves.id)).toEqual([]);
  });
});

describe('a delayed run', () => {
  it('keeps nobody waiting, and takes its turn behind all when its time has come', async () => {
    const engine = await anIdleEngine();
    const startAt = engine.clock.now() + 60_000;
    const delayed = await submit(engine, { startAt });
    const other = await submit(engine, {});

    await dispatch(engine, delayed);
    await dispatch(engine, other);
    const before = await latest(engine, delayed);
    engine.clock.advance(60_000);
    await dispatch(engine, delayed);

    expect(before).toMatchObject({ status: 'QUEUED', startAt });
    expect((await latest(engine, other)).status).toBe('RUNNING');
    expect(await runsWithTurns(engine.deps.store, key)).toEqual([other.id, delayed.id]);
    expect((await latest(engine, delayed)).turn).toBeGreaterThan(other.turn);
  });

  it('is rung by the sweeper, and not before its time', async () => {
    const engine = await anIdleEngine();
    const rung: string[] = [];
    const queue = {
      send: async (keys: readonly { runId: string }[]) =>
        void rung.push(...keys.map(({ runId }) => runId)),
    };
    const deps = { ...engine.deps, ...withoutWorkflow(engine.deps), queue };
    const delayed = await submit(engine, { startAt: engine.clock.now() + 60_000 });

    await sweep(deps, engine.clock.now() + 120_000);
    const early = [...rung];
    engine.clock.advance(60_000);
    await sweep(deps);

    expect(early).toEqual([]);
    expect(rung).toEqual([delayed.id]);
  });

  it.each(['cancelled', 'deleted'] as const)('leaves nothing when it is %s', async (how) => {
    const engine = await anIdleEngine();
    const delayed = await submit(engine, { startAt: engine.clock.now() + 60_000 });
    const deps = withoutWorkflow(engine.deps);

    if (how === 'cancelled') await cancelRun(deps, keyOf(delayed), 'test');
    else await deleteRun(deps, keyOf(delayed));

    expect(await runsWithTurns(engine.deps.store, key)).toEqual([]);
    expect((await sessionStanding(engine.deps, key)).status).toBe('idle');
  });
});

it('a run goes on from the checkpoint that it names, and none that is not there', async () => {
  const engine = await anEngine({ agents: [workingAgent(() => undefined)] });
  const first = await engine.reach(await engine.submit(inSession()), hasEnded);
  await engine.reach(await engine.submit(inSession()), hasEnded);
  const checkpoint = { runId: first.id, step: 1 };

  const fork = await engine.submit(inSession({ entry: { from: { checkpoint } } }));

  expect((await engine.reach(fork, hasEnded)).base).toEqual(checkpoint);
  const missing = engine.submit(
    inSession({ entry: { from: { checkpoint: { ...checkpoint, step: 99 } } } }),
  );
  await expect(missing).rejects.toMatchObject({ code: 'checkpoint_not_found' });
});

it('a run that says nothing makes the calls that its session was left with', async () => {
  const effects: string[] = [];
  const engine = await anEngine({ agents: [workingAgent(({ tool }) => void effects.push(tool))] });
  const first = await engine.submit(inSession({ message: 'guarded', entry: { keepsSteps: true } }));
  await engine.reach(first, ({ status }) => status === 'PAUSED');
  await cancelRun(engine.deps, keyOf(first), 'test');

  const next = await engine.submit(inSession({ message: '', continues: true }));
  const asked = await engine.reach(next, (run) => run.status === 'PAUSED' || hasEnded(run));

  expect(asked).toMatchObject({ status: 'PAUSED', pendingApproval: { tool: 'guarded' } });
  expect(effects).toEqual([]);
  expect((await getRun(engine.deps, keyOf(first))).status).toBe('CANCELLED');
});
