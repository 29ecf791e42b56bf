import { describe, expect, it } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import type { Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';

const sessionId = '00000000-0000-4000-8000-000000000001';

/** An engine whose agent's tool works until it is aborted or let go. */
async function anEngineAtWork() {
  const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
  const engine = await anEngine({
    agents: [
      workingAgent(async (_, { signal }) => {
        begin();
        signal.addEventListener('abort', () => abort());
        await Promise.race([letGo, aborted]);
      }),
    ],
  });
  return { engine, begun, aborted, release };
}

const cancel = (engine: Engine, run: Run) => cancelRun(engine.deps, keyOf(run), 'test');

const slots = (engine: Engine) =>
  engine.deps.store.query({ pk: 'T#acme#SLOT', order: 'ascending', limit: 10 });

describe('cancelling', () => {
  it('ends a queued run, which never starts', async () => {
    const { engine, begun, release } = await anEngineAtWork();
    await engine.submit({ agentId: 'worker', message: 'safe', sessionId });
    const queued = await engine.submit({ agentId: 'worker', message: '', sessionId });
    const after = await engine.submit({ agentId: 'worker', message: '', sessionId });
    await begun;

    await cancel(engine, queued);
    release();

    await engine.reach(after, ({ status }) => status === 'COMPLETED');
    expect(await engine.reach(queued, () => true)).toMatchObject({
      status: 'CANCELLED',
      startedAt: null,
    });
  });

  it('aborts the tool of a running run, and gives back its slot and turn', async () => {
    const { engine, begun, aborted } = await anEngineAtWork();
    const run = await engine.submit({ agentId: 'worker', message: 'safe', sessionId });
    const next = await engine.submit({ agentId: 'worker', message: '', sessionId });
    await begun;

    const supervised = looksUntil(engine, aborted);
    await cancel(engine, run);
    await supervised;

    await engine.reach(next, ({ status }) => status === 'COMPLETED');
    expect(await engine.reach(run, () => true)).toMatchObject({ status: 'CANCELLED', slot: null });
    expect(await slots(engine)).toEqual([]);
  });

  it('ends a paused run, and gives back its slot', async () => {
    const { engine } = await anEngineAtWork();
    const run = await engine.submit({ agentId: 'worker', message: 'guarded' });
    await engine.reach(run, ({ status }) => status === 'PAUSED');

    const ended = await cancel(engine, run);

    expect(ended).toMatchObject({ status: 'CANCELLED', executionOpen: false });
    expect(await slots(engine)).toEqual([]);
  });

  it('is refused once the run has ended', async () => {
    const engine = await anEngine();
    const run = await engine.submit();
    await engine.reach(run, ({ status }) => status === 'COMPLETED');

    await expect(cancel(engine, run)).rejects.toMatchObject({
      code: 'run_state_conflict',
      details: { currentStatus: 'COMPLETED' },
    });
  });
});

/** Lets the clock reach the moments at which a step's supervisor looks at the run. */
async function looksUntil(engine: Engine, done: Promise<void>): Promise<void> {
  let over = false;
  void done.then(() => {
    over = true;
  });
  while (!over) {
    engine.clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
