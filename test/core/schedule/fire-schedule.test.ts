import { describe, expect, it } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import { hasEnded } from '#core/run/run.ts';
import { getRequest } from '#core/run/run-input.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import { runNow } from '#core/schedule/fire-schedule.ts';
import {
  deleteSchedule,
  nextFirings,
  pauseSchedule,
  resumeSchedule,
  updateSchedule,
} from '#core/schedule/manage-schedules.ts';
import { keyOfSchedule } from '#core/schedule/schedule.ts';
import { changeTenantSettings } from '#core/tenant/tenant-settings.ts';
import {
  aSchedule,
  firedFor,
  latestSchedule,
  pass,
  runsOfSchedule,
} from '../../builders/a-schedule.ts';
import { workingAgent } from '../../builders/an-agent.ts';
import { anEngine, type Engine, theAgents } from '../../builders/an-engine.ts';

const hour = 60;
const day = 24 * hour;

/** Its clock begins with 2026. Nothing runs: what was submitted stays QUEUED. */
const anIdleEngine = () => anEngine({ idle: true, agents: [workingAgent(() => undefined)] });

const endAll = async ({ deps }: Engine, runs: Awaited<ReturnType<typeof runsOfSchedule>>) => {
  for (const run of runs) if (!hasEnded(run)) await cancelRun(deps, keyOf(run), 'test');
};

describe('a schedule', () => {
  it('has a run submitted at each of its times, that names it', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps, { overlap: 'cancel_previous' });

    await pass(engine, 3 * hour);

    expect(await firedFor(engine.deps, schedule)).toEqual([
      ...['2026-01-01T01:00', '2026-01-01T02:00', '2026-01-01T03:00'],
    ]);
    const [run] = await runsOfSchedule(engine.deps, schedule);
    const at = Date.parse('2026-01-01T01:00:00Z');
    expect(run).toMatchObject({ agentId: 'worker', schedule: { id: schedule.id, firedFor: at } });
    const { firings } = await latestSchedule(engine.deps, schedule);
    expect(firings.at(-1)).toEqual({ firedFor: at, at, runId: run?.id });
  });

  it('hands on all that its runs are asked', async () => {
    const engine = await anIdleEngine();
    const metadata = { team: 'ops' };
    const asked = { context: { region: 'eu' }, options: { temperature: 0.5 }, wire: { cron: 7 } };
    const run = { ...asked, groupId: 'reports', metadata, message: 'a report' };
    const schedule = await aSchedule(engine.deps, { run });

    await pass(engine, hour);

    const [fired] = await runsOfSchedule(engine.deps, schedule);
    if (fired === undefined) throw new Error('not fired');
    expect(fired).toMatchObject({ groupId: 'reports', metadata, principal: 'key:test' });
    const request = await getRequest(engine.deps, keyOf(fired));
    expect(request).toMatchObject({ ...asked, message: 'a report' });
  });

  it('fires once, however many sweep at the same time', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps);
    engine.clock.advance(hour * 60_000);

    await Promise.all(Array.from({ length: 8 }, () => sweep(engine.deps)));

    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T01:00']);
  });

  it('is not early, however far ahead a sweep looks', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps);
    await pass(engine, hour - 1);

    await sweep(engine.deps, engine.clock.now() + 90_000);

    expect(await firedFor(engine.deps, schedule)).toEqual([]);
  });

  it('makes each of its firings that are only a little late', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps, {
      rate: '1 minute',
      overlap: 'cancel_previous',
    });

    engine.clock.advance(3 * 60_000);
    await sweep(engine.deps);

    expect(await firedFor(engine.deps, schedule)).toEqual([
      ...['2026-01-01T00:01', '2026-01-01T00:02', '2026-01-01T00:03'],
    ]);
  });

  it.each([
    ['fire_once', ['2026-01-01T10:00', '2026-01-01T11:00']],
    ['skip', ['2026-01-01T11:00']],
  ] as const)('that was not there for its firings makes up for them: %s', async (missed, fired) => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps, { missed });

    engine.clock.advance((10 * hour + 30) * 60_000);
    await sweep(engine.deps);
    await endAll(engine, await runsOfSchedule(engine.deps, schedule));
    await pass(engine, 30);

    expect(await firedFor(engine.deps, schedule)).toEqual(fired);
    const { firings } = await latestSchedule(engine.deps, schedule);
    expect(firings.map(({ skipped }) => skipped)).toEqual([
      ...[undefined, missed === 'skip' ? 'missed' : undefined],
    ]);
  });

  it('counts a rate from its start, which is the first firing', async () => {
    const engine = await anIdleEngine();
    const startAt = Date.parse('2026-01-01T00:20:30Z');
    const schedule = await aSchedule(engine.deps, { rate: '2 hours', startAt });

    expect(nextFirings(engine.deps.calendar, schedule, 2)).toEqual([startAt, startAt + 7200_000]);
    await pass(engine, 21);

    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T00:20']);
  });

  it('fires at a moment, and then never more', async () => {
    const engine = await anIdleEngine();
    const at = Date.parse('2026-01-01T00:10:00Z');
    const schedule = await aSchedule(engine.deps, { at });

    await pass(engine, day);

    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T00:10']);
    expect(await latestSchedule(engine.deps, schedule)).toMatchObject({ nextAt: null });
  });

  it('fires from its start to its end, both included', async () => {
    const engine = await anIdleEngine();
    const [startAt, endAt] = ['2026-01-01T02:00:00Z', '2026-01-01T04:00:00Z'].map(Date.parse);
    const schedule = await aSchedule(engine.deps, {
      ...{ startAt: startAt ?? 0, endAt: endAt ?? 0, overlap: 'cancel_previous' },
    });

    await pass(engine, 8 * hour);

    expect(await firedFor(engine.deps, schedule)).toEqual([
      ...['2026-01-01T02:00', '2026-01-01T03:00', '2026-01-01T04:00'],
    ]);
  });

  it('that is paused fires nothing, and makes up for nothing when it goes on', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps);
    await pauseSchedule(engine.deps, keyOfSchedule(schedule));
    await pass(engine, 3 * hour + 30);

    await resumeSchedule(engine.deps, keyOfSchedule(schedule));
    await pass(engine, 30);

    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T04:00']);
  });

  it('fires at its new times once they are changed', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps, { overlap: 'cancel_previous' });

    await updateSchedule(engine.deps, keyOfSchedule(schedule), { cron: '30 * * * *' });
    await pass(engine, 2 * hour);

    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T00:30', '2026-01-01T01:30']);
  });

  it('that is renamed forgets none of its firings', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps);
    engine.clock.advance(hour * 60_000);

    await updateSchedule(engine.deps, keyOfSchedule(schedule), { name: 'another' });
    await sweep(engine.deps);

    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T01:00']);
  });

  it('fires no more once it is deleted, and leaves its runs', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps);
    await pass(engine, hour);

    await deleteSchedule(engine.deps, keyOfSchedule(schedule));
    await pass(engine, 2 * hour);

    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T01:00']);
  });

  it('goes on past a firing that its agent cannot take, and says why', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps);
    const without = { ...engine.deps, agents: theAgents(engine.deps.blobs, {}) };
    engine.clock.advance(hour * 60_000);

    await sweep(without);
    await pass(engine, hour);

    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T02:00']);
    const { firings } = await latestSchedule(engine.deps, schedule);
    expect(firings[1]).toMatchObject({ error: expect.stringContaining('worker') });
  });
});

describe('while the tenant can take no more', () => {
  const full = { limits: { queued: 1 } };

  it.each(['fire_once', 'skip'] as const)('a firing is made later (%s)', async (missed) => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps, { missed });
    const other = await engine.submit({ agentId: 'worker' });
    await changeTenantSettings(engine.deps, 'acme', () => full);
    await pass(engine, hour + 1);
    expect(await firedFor(engine.deps, schedule)).toEqual([]);

    await cancelRun(engine.deps, keyOf(other), 'test');
    await pass(engine, 1);

    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T01:00']);
    expect((await latestSchedule(engine.deps, schedule)).firings).toHaveLength(1);
  });

  it('a firing that was not made in time is missed', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps, { missed: 'skip' });
    await engine.submit({ agentId: 'worker' });
    await changeTenantSettings(engine.deps, 'acme', () => full);

    await pass(engine, hour + 7);

    const { firings } = await latestSchedule(engine.deps, schedule);
    expect(firings).toMatchObject([{ skipped: 'missed' }]);
  });

  it('it is asked again when it said', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps);
    await pass(engine, hour - 1);
    engine.clock.advance(60_000);
    const limits = { limits: { submitsPerMinute: 1 } };
    await changeTenantSettings(engine.deps, 'acme', () => limits);
    await engine.submit({ agentId: 'worker' });

    await sweep(engine.deps);

    const { heldUntil } = await latestSchedule(engine.deps, schedule);
    expect(heldUntil).toBe(engine.clock.now() + 60_000);
    await pass(engine, 1);
    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T01:00']);
  });
});

describe('while a run of the schedule lives', () => {
  it('a firing is left out where it is to be skipped', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps, { overlap: 'skip' });
    await pass(engine, 2 * hour + 30);

    await endAll(engine, await runsOfSchedule(engine.deps, schedule));
    await pass(engine, 30);

    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T01:00', '2026-01-01T03:00']);
    const { firings } = await latestSchedule(engine.deps, schedule);
    expect(firings[1]).toMatchObject({ skipped: 'overlap' });
  });

  it('a firing waits where it is to be enqueued, and each comes in its turn', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps, { overlap: 'enqueue' });
    await pass(engine, 3 * hour);
    expect(await firedFor(engine.deps, schedule)).toEqual(['2026-01-01T01:00']);

    for (let i = 0; i < 2; i += 1) {
      await endAll(engine, await runsOfSchedule(engine.deps, schedule));
      await pass(engine, 1);
    }

    expect(await firedFor(engine.deps, schedule)).toEqual([
      ...['2026-01-01T01:00', '2026-01-01T02:00', '2026-01-01T03:00'],
    ]);
    expect(await latestSchedule(engine.deps, schedule)).toMatchObject({ waiting: [] });
  });

  it('no more than twenty firings wait', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps, { overlap: 'enqueue' });

    await pass(engine, 23 * hour);

    const { waiting, firings } = await latestSchedule(engine.deps, schedule);
    expect(waiting).toHaveLength(20);
    expect(firings.map(({ skipped }) => skipped)).toEqual(['overlap', 'overlap', undefined]);
  });

  it('it is cancelled where the newest firing is to win', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps, { overlap: 'cancel_previous' });

    await pass(engine, 2 * hour);

    const runs = await runsOfSchedule(engine.deps, schedule);
    expect(runs.map(({ status }) => status)).toEqual(['CANCELLED', 'QUEUED']);
    expect(runs[0]).toMatchObject({ reason: `Schedule ${schedule.id} fired again` });
  });

  it('its session may be that of all others', async () => {
    const engine = await anIdleEngine();
    const sessionId = '00000000-0000-4000-8000-000000000000';
    const overlap = 'cancel_previous';
    const shared = await aSchedule(engine.deps, { overlap, run: { sessionId } });
    const apart = await aSchedule(engine.deps, { overlap });

    await pass(engine, 2 * hour);

    const sessions = async (of: typeof shared) =>
      new Set((await runsOfSchedule(engine.deps, of)).map((run) => run.sessionId));
    expect(await sessions(shared)).toEqual(new Set([sessionId]));
    expect((await sessions(apart)).size).toBe(2);
  });
});

const bob = { principal: 'key:bob', principalUserId: 'bob', idempotency: undefined };

describe('a run that somebody wants now', () => {
  it('is theirs, and is no run that a firing meets', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps);
    await pass(engine, hour);
    const [fired] = await runsOfSchedule(engine.deps, schedule);

    const { run } = await runNow(engine.deps, keyOfSchedule(schedule), bob);

    expect(run).toMatchObject({ principal: 'key:bob', principalUserId: 'bob' });
    await cancelRun(engine.deps, keyOf(run), 'test');
    expect((await latestSchedule(engine.deps, schedule)).previousRunId).toBe(fired?.id);
    await pass(engine, hour);
    const [last] = (await latestSchedule(engine.deps, schedule)).firings;
    expect(last).toMatchObject({ skipped: 'overlap' });
  });

  it('is submitted whatever else runs, and moves no firing', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps, { paused: true });
    const key = keyOfSchedule(schedule);

    await runNow(engine.deps, key, bob);
    const { run } = await runNow(engine.deps, key, bob);

    const now = engine.clock.now();
    expect(run.schedule).toEqual({ id: schedule.id, firedFor: now });
    expect(await runsOfSchedule(engine.deps, schedule)).toHaveLength(2);
    const { nextAt, firings } = await latestSchedule(engine.deps, schedule);
    expect({ nextAt, runId: firings[0]?.runId }).toEqual({ nextAt: null, runId: run.id });
  });

  it('is one run for one idempotency key', async () => {
    const engine = await anIdleEngine();
    const key = keyOfSchedule(await aSchedule(engine.deps));
    const idempotency = { route: 'run-now', key: 'k', fingerprint: 'f' };

    const first = await runNow(engine.deps, key, { ...bob, idempotency });
    const again = await runNow(engine.deps, key, { ...bob, idempotency });

    expect([first.replayed, again.replayed]).toEqual([false, true]);
    expect(again.run.id).toBe(first.run.id);
  });

  it('is one run each for those who want it at the same time', async () => {
    const engine = await anIdleEngine();
    const schedule = await aSchedule(engine.deps);

    const key = keyOfSchedule(schedule);
    await Promise.all(Array.from({ length: 5 }, () => runNow(engine.deps, key, bob)));

    const { firings } = await latestSchedule(engine.deps, schedule);
    const runs = await runsOfSchedule(engine.deps, schedule);
    expect(new Set(firings.map(({ runId }) => runId))).toEqual(new Set(runs.map(({ id }) => id)));
    expect(runs).toHaveLength(5);
  });
});
