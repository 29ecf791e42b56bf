import { describe, expect, it } from 'vitest';
import type { EmbeddedDeps } from '#adapters/embedded/embedded-runtime.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { LeasedRun } from '#core/run/leased-run.ts';
import type { Run } from '#core/run/run.ts';
import { eventsAfter, executionOf, findRun, keyOf } from '#core/run/run-repository.ts';
import { runSegment } from '#core/run/run-segment.ts';
import { storeRun } from '#core/run/submit-run.ts';
import { sweep } from '#core/run/sweep.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine, aSubmission, type Engine } from '../builders/an-engine.ts';

const completed = ({ status }: Run) => status === 'COMPLETED';

/** As `deps`, but what goes to the named ports is lost. */
const losing = (deps: EmbeddedDeps, ...ports: ('queue' | 'workflow')[]): EmbeddedDeps => ({
  ...deps,
  ...(ports.includes('queue') ? { queue: { send: async () => undefined } } : {}),
  ...(ports.includes('workflow')
    ? {
        workflow: {
          start: async () => undefined,
          resume: async () => false,
          failWait: async () => undefined,
          stop: async () => undefined,
          outcome: async () => 'unknown',
          consoleUrl: () => undefined,
        },
      }
    : {}),
});

/** Two sweeps, a minute apart, are all that any lost call may cost. */
async function sweepTwice(engine: Engine): Promise<void> {
  for (let i = 0; i < 2; i += 1) {
    engine.clock.advance(61_000);
    await sweep(engine.deps);
  }
}

async function aRunningRun(engine: Engine): Promise<Run> {
  const lossy = losing(engine.deps, 'workflow');
  const { run } = await storeRun(engine.deps, aSubmission());
  await dispatchRun(lossy, keyOf(run));
  return engine.reach(run, ({ status }) => status === 'RUNNING');
}

describe('what a crash between two calls leaves behind is taken up', () => {
  it('after the run was stored and before its message was sent', async () => {
    const engine = await anEngine();
    const { run } = await storeRun(engine.deps, aSubmission());

    await sweepTwice(engine);

    await engine.reach(run, completed);
  });

  it('after the run got its slot and before its execution was started', async () => {
    const engine = await anEngine();
    const run = await aRunningRun(engine);

    await sweepTwice(engine);

    await engine.reach(run, completed);
  });

  it('in the middle of a step, with the lease still held by the dead', async () => {
    const engine = await anEngine();
    const run = await aRunningRun(engine);
    const dead = { owner: 'dead', isDead: () => false };
    await LeasedRun.take(engine.deps, executionOf(run), dead);

    await sweepTwice(engine);

    const ended = await engine.reach(run, completed);
    const events = await eventsAfter(engine.deps, keyOf(ended), 0);
    expect(events.filter(({ type }) => type === 'run.started')).toHaveLength(1);
  });

  it('after a run gave back its slot and before it rang for the next', async () => {
    const engine = await anEngine({
      agents: [workingAgent(() => undefined)],
      settings: { slotsPerTenant: 1 },
    });
    const holder = await engine.submit({ agentId: 'worker', message: 'guarded' });
    await engine.reach(holder, ({ status }) => status === 'PAUSED');
    const waiting = await engine.submit({ agentId: 'worker', message: '' });
    await engine.reach(waiting, (run) => run.status === 'QUEUED' && run.waitsForSlot);
    await engine.deps.store.transact([{ delete: { pk: 'T#acme#SLOT', sk: '000000000' } }]);

    await sweepTwice(engine);

    await engine.reach(waiting, completed);
  });
});

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

const anInvocation = (owner: string) => ({
  owner,
  isDead: () => false,
  stopping: new AbortController().signal,
});
