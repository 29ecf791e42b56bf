import { expect } from 'vitest';
import { LeasedRun } from '#core/run/leased-run.ts';
import type { Run } from '#core/run/run.ts';
import { executionOf, keyOf } from '#core/run/run-repository.ts';
import { aDispatchedRun, aSettledRun, aStoredRun, decide, now, sessionId } from './arrange.ts';
import { crashStates } from './crash-states.ts';
import { type CrashWorld, minuteMs } from './crash-world.ts';
import { anInvocation } from './process.ts';

/** The doomed process takes the run as far as it goes. */
async function work(world: CrashWorld, run: Run): Promise<void> {
  world.duty.assign(world.doomed);
  await world.workflow.start(executionOf(run));
  await world.activity.quiet();
}

/** A person lets the run do what it asks for; what that needs may be lost as well. */
async function approve(world: CrashWorld, run: Run): Promise<Run> {
  for (let latest = await now(world, run); ; latest = await now(world, run)) {
    if (latest.status !== 'PAUSED') return latest;
    await decide(world.deps, latest);
    await world.quiet();
    await world.sweepTwice();
  }
}

const content = (run: Run) =>
  run.status === 'COMPLETED' && run.output.in === 'item' ? run.output.value : run;

await crashStates('working through a run', {
  knownChanges: 11,
  settings: { slotsPerTenant: 1 },
  arrange: async (world) => {
    const run = await aDispatchedRun(world, 'safe risky', { sessionId });
    const inSession = await aStoredRun(world, 'safe', { sessionId });
    return { run, others: [inSession, await aSettledRun(world, 'safe')] };
  },
  act: (world, { run }) => work(world, run),
  recovered: async (world, { run, others }) => {
    const done = await approve(world, run);
    expect(content(done)).toMatchObject({ content: 'safe: ok, risky: ok' });
    for (const other of others)
      expect(await now(world, other)).toMatchObject({ status: 'COMPLETED' });
  },
});

await crashStates('working through a run whose values are large', {
  knownChanges: 9,
  settings: { inlineBytes: 10 },
  arrange: (world) => aDispatchedRun(world, 'safe'),
  act: work,
  recovered: async (world, run) => {
    expect(await now(world, run)).toMatchObject({ status: 'COMPLETED', output: { in: 'blob' } });
  },
});

await crashStates('working while somebody reads along', {
  knownChanges: 6,
  arrange: async (world) => {
    const run = await aDispatchedRun(world, 'safe');
    world.watch.watch(keyOf(run), 'read');
    const flushed = () => new Promise((resolve) => void setTimeout(resolve, 130));
    world.tool = async () => void (await world.activity.during(flushed));
    return run;
  },
  act: work,
  recovered: async (world, run) => {
    world.tool = async () => undefined;
    expect(await now(world, run)).toMatchObject({ status: 'COMPLETED' });
  },
});

await crashStates('pausing a run', {
  knownChanges: 4,
  arrange: (world) => aDispatchedRun(world, 'guarded'),
  act: work,
  recovered: async (world, run) => {
    expect(await now(world, run)).toMatchObject({ status: 'PAUSED' });
    const done = await approve(world, run);
    expect(content(done)).toMatchObject({ content: 'guarded: ok' });
    expect(world.effects).toHaveLength(1);
  },
});

await crashStates('failing a run whose time is up', {
  knownChanges: 4,
  arrange: async (world) => {
    const run = await aDispatchedRun(world, 'safe', { sessionId });
    const next = await aStoredRun(world, 'safe', { sessionId });
    world.clock.advance(3601_000);
    return { run, next };
  },
  act: (world, { run }) => work(world, run),
  recovered: async (world, { run, next }) => {
    expect(await now(world, run)).toMatchObject({ status: 'FAILED', error: { code: 'timeout' } });
    expect(await now(world, next)).toMatchObject({ status: 'COMPLETED' });
  },
});

await crashStates('failing a run whose step has killed three workers', {
  knownChanges: 3,
  arrange: async (world) => {
    const run = await aDispatchedRun(world, 'safe', { sessionId });
    const next = await aStoredRun(world, 'safe', { sessionId });
    for (const owner of ['first', 'second', 'third'])
      await LeasedRun.take(world.deps, executionOf(run), { owner, isDead: () => true });
    world.clock.advance(minuteMs);
    return { run, next };
  },
  act: (world, { run }) => work(world, run),
  recovered: async (world, { run, next }) => {
    expect(await now(world, run)).toMatchObject({ error: { code: 'infrastructure' } });
    expect(await now(world, next)).toMatchObject({ status: 'COMPLETED' });
  },
});

await crashStates('handing a run over to the next invocation', {
  knownChanges: 14,
  settings: { segmentSeconds: 60 },
  arrange: async (world) => {
    world.tool = async () => world.clock.advance(minuteMs);
    return aDispatchedRun(world, 'safe safe');
  },
  act: work,
  recovered: async (world, run) => {
    expect(content(await now(world, run))).toMatchObject({ content: 'safe: ok, safe: ok' });
  },
});

await crashStates('taking over from an invocation that died', {
  knownChanges: 5,
  arrange: async (world) => {
    const run = await aDispatchedRun(world, 'safe');
    await LeasedRun.take(world.deps, executionOf(run), anInvocation('dead'));
    world.clock.advance(minuteMs);
    return run;
  },
  act: work,
  recovered: async (world, run) => {
    expect(await now(world, run)).toMatchObject({ status: 'COMPLETED' });
  },
});

await crashStates('letting go of a run whose step failed', {
  knownChanges: 2,
  arrange: (world) => aDispatchedRun(world, 'safe'),
  act: (world, run) => {
    world.doomed.life.refuse('+run:RUNNING +events +checkpoint');
    return work(world, run);
  },
  recovered: async (world, run) => {
    expect(await now(world, run)).toMatchObject({ status: 'COMPLETED' });
  },
});
