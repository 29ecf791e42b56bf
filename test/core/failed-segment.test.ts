import { describe, expect, it } from 'vitest';
import type { Agents, StepInput } from '#core/run/agents.ts';
import type { SegmentDeps } from '#core/run/deps.ts';
import { LeasedRun } from '#core/run/leased-run.ts';
import type { Run } from '#core/run/run.ts';
import { executionOf } from '#core/run/run-repository.ts';
import { runSegment } from '#core/run/run-segment.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import { anInvocation, aRunningRun, isIn, latest } from '../builders/a-run.ts';
import { watched } from '../builders/a-store.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';
import { allEvents, expectLegalHistory } from './legal-history.ts';

const command = { agentId: 'worker', message: 'safe' };

async function aRun() {
  const engine = await anEngine({ idle: true, agents: [workingAgent(() => undefined)] });
  return { engine, run: await aRunningRun(engine, command) };
}

/** Each step comes to this before it is taken. */
function stumbling(engine: Engine, before: (step: StepInput) => void | Promise<void>): SegmentDeps {
  const { agents }: SegmentDeps = engine.deps;
  const find: Agents['find'] = (agentId, orgId) => {
    const agent = agents.find(agentId, orgId);
    return (
      agent && {
        ...agent,
        step: async (input) => {
          await before(input);
          return agent.step(input);
        },
      }
    );
  };
  return { ...engine.deps, agents: { list: agents.list, find } };
}

const broken = () => {
  throw new Error('out of memory');
};

/** An invocation that fails. */
const fail = (engine: Engine, run: Run, owner: string) =>
  expect(
    runSegment(stumbling(engine, broken), executionOf(run), anInvocation(owner)),
  ).rejects.toThrow('out of memory');

/** The store, in which what `refuses` names cannot be written. */
const refusing = (store: ItemStore, refuses: (sortKey: string, nth: number) => boolean) => {
  let nth = 0;
  return watched(store, {
    writes: (writes) => {
      nth += 1;
      if (writes.some((write) => 'put' in write && refuses(write.put.sk, nth)))
        throw new Error('the store is down');
    },
  });
};

describe('a segment that fails', () => {
  it('gives up its lease: the next takes the run at once, from its checkpoint', async () => {
    const { engine, run } = await aRun();
    let steps = 0;
    const deps = stumbling(engine, () => {
      steps += 1;
      if (steps === 2) broken();
    });
    const failing = runSegment(deps, executionOf(run), anInvocation('first'));
    await expect(failing).rejects.toThrow('out of memory');

    const outcome = await runSegment(deps, executionOf(run), anInvocation('second'));

    expect(outcome).toMatchObject({ next: 'DONE', status: 'COMPLETED', lastTool: 'safe' });
    const events = await allEvents(engine.deps, run);
    expect(events.flatMap(({ type, data }) => (type === 'step.reset' ? [data] : []))).toEqual([
      { step: 2 },
    ]);
    await expectLegalHistory(engine.deps, await latest(engine, run));
  });

  it('counts as a death at its step', async () => {
    const { engine, run } = await aRun();
    await fail(engine, run, 'first');

    await LeasedRun.take(engine.deps, executionOf(run), anInvocation('second'));

    expect(await latest(engine, run)).toMatchObject({ status: 'RUNNING', deaths: 1, step: 0 });
  });

  it('three times at one step makes the run fail', async () => {
    const { engine, run } = await aRun();
    for (const owner of ['first', 'second', 'third']) await fail(engine, run, owner);

    const outcome = await runSegment(engine.deps, executionOf(run), anInvocation('fourth'));

    expect(outcome).toEqual({
      next: 'FAIL',
      steps: 0,
      error: { code: 'infrastructure', message: 'Step 1 ended its worker 3 times.' },
    });
    const slots = { pk: 'T#acme#SLOT', order: 'ascending', limit: 9 } as const;
    expect(await engine.deps.store.queryKeys(slots)).toEqual([]);
  });

  it('is forgiven once the step has been taken', async () => {
    const { engine, run } = await aRun();
    await fail(engine, run, 'first');
    await fail(engine, run, 'second');
    let steps = 0;
    const deps = stumbling(engine, () => {
      steps += 1;
      if (steps === 2) broken();
    });
    await runSegment(deps, executionOf(run), anInvocation('third')).catch(() => undefined);

    const outcome = await runSegment(engine.deps, executionOf(run), anInvocation('fourth'));

    expect(outcome).toMatchObject({ next: 'DONE', status: 'COMPLETED' });
  });

  it('at its checkpoint gives up its lease too', async () => {
    const { engine, run } = await aRun();
    const store = refusing(engine.deps.store, (sortKey) => sortKey.startsWith('CKPT#'));
    const failing = runSegment({ ...engine.deps, store }, executionOf(run), anInvocation('first'));
    await expect(failing).rejects.toThrow('the store is down');

    const outcome = await runSegment(engine.deps, executionOf(run), anInvocation('second'));

    expect(outcome).toMatchObject({ next: 'DONE', status: 'COMPLETED' });
  });

  it('and cannot even say so fails with what was wrong at first, and its lease runs out', async () => {
    const { engine, run } = await aRun();
    // The first write takes the lease.
    const store = refusing(engine.deps.store, (_, nth) => nth > 1);
    const deps = { ...stumbling(engine, broken), store };
    const failing = runSegment(deps, executionOf(run), anInvocation('first'));
    await expect(failing).rejects.toThrow('out of memory');
    const early = runSegment(engine.deps, executionOf(run), anInvocation('second'));
    await expect(early).rejects.toMatchObject({ name: 'LeaseHeld' });

    engine.clock.advance(31_000);
    const outcome = await runSegment(engine.deps, executionOf(run), anInvocation('third'));

    expect(outcome).toMatchObject({ next: 'DONE', status: 'COMPLETED' });
  });

  it('after another has taken over leaves that one its lease', async () => {
    const { engine, run } = await aRun();
    // Nobody looks after the step: it hears of the other only when it writes.
    const sleep = (ms: number) =>
      ms < 100 ? Promise.resolve() : new Promise<void>(() => undefined);
    const deps = stumbling(engine, async () => {
      const second = { ...anInvocation('second'), isDead: () => true };
      await LeasedRun.take(engine.deps, executionOf(run), second);
      broken();
    });

    const failing = runSegment(
      { ...deps, clock: { ...engine.clock, sleep } },
      executionOf(run),
      anInvocation('first'),
    );

    await expect(failing).rejects.toThrow('out of memory');
    const { lease } = isIn(await latest(engine, run), 'RUNNING');
    expect(lease).toEqual({ owner: 'second', until: engine.clock.now() + 30_000 });
  });
});

describe('a lease that is given up', () => {
  it('has ended at once, and anybody may take it', async () => {
    const { engine, run } = await aRun();
    const first = await LeasedRun.take(engine.deps, executionOf(run), anInvocation('first'));

    if (first instanceof LeasedRun) await first.abandon();

    expect(isIn(await latest(engine, run), 'RUNNING').lease).toEqual({
      owner: 'first',
      until: engine.clock.now(),
    });
    const second = await LeasedRun.take(engine.deps, executionOf(run), anInvocation('second'));
    expect(second).toBeInstanceOf(LeasedRun);
  });
});
