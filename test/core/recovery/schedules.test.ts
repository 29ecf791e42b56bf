import { expect } from 'vitest';
import { sweep } from '#core/run/sweep.ts';
import type { Schedule } from '#core/schedule/schedule.ts';
import { aSchedule, latestSchedule, runsOfSchedule } from '../../builders/a-schedule.ts';
import { type CrashScenario, crashStates } from './crash-states.ts';
import { type CrashWorld, minuteMs } from './crash-world.ts';

const hourMs = 3600_000;

/** Each hour; the first of its times has come, and nobody has looked yet. */
const aDueSchedule =
  (settings: Parameters<typeof aSchedule>[1] = {}) =>
  async (world: CrashWorld): Promise<Schedule> => {
    const schedule = await aSchedule(world.deps, settings);
    await world.pass(hourMs + minuteMs);
    return schedule;
  };

const sweeps = ({ doomed }: CrashWorld) => sweep(doomed.deps);

/** Its time has a run of its own, and one alone. */
const hasFiredOnce: CrashScenario<Schedule>['recovered'] = async (world, schedule) => {
  const runs = await runsOfSchedule(world.deps, schedule);
  expect(runs.map((run) => run.schedule?.firedFor)).toEqual([schedule.nextAt]);
  expect(runs[0]).toMatchObject({ status: 'COMPLETED' });
  const { firings } = await latestSchedule(world.deps, schedule);
  expect(firings).toMatchObject([{ firedFor: schedule.nextAt, runId: runs[0]?.id }]);
};

await crashStates('a schedule fires', {
  knownChanges: 2,
  arrange: aDueSchedule(),
  act: sweeps,
  recovered: hasFiredOnce,
});

await crashStates('a schedule fires with a large message', {
  knownChanges: 3,
  settings: { inlineBytes: 10 },
  arrange: aDueSchedule({ run: { message: 'safe'.padEnd(200) } }),
  act: sweeps,
  recovered: hasFiredOnce,
});

await crashStates('a schedule fires and cancels the run before', {
  knownChanges: 4,
  arrange: async (world) => {
    const run = { message: 'guarded' };
    const schedule = await aDueSchedule({ overlap: 'cancel_previous', run })(world);
    await sweep(world.deps);
    await world.quiet();
    await world.pass(hourMs);
    return schedule;
  },
  act: sweeps,
  recovered: async (world, schedule) => {
    const runs = await runsOfSchedule(world.deps, schedule);
    const times = [schedule.nextAt, (schedule.nextAt ?? 0) + hourMs];
    expect(runs.map((run) => run.schedule?.firedFor)).toEqual(times);
    expect(runs.map(({ status }) => status)).toEqual(['CANCELLED', 'PAUSED']);
  },
});

await crashStates('a schedule makes a firing that waited', {
  knownChanges: 2,
  arrange: async (world) => {
    const schedule = await aDueSchedule({ overlap: 'enqueue' })(world);
    world.duty.hold();
    await sweep(world.deps);
    await world.pass(hourMs);
    await sweep(world.deps);
    world.letWork();
    await world.quiet();
    await world.pass(minuteMs);
    return schedule;
  },
  act: sweeps,
  recovered: async (world, schedule) => {
    const runs = await runsOfSchedule(world.deps, schedule);
    const times = [schedule.nextAt, (schedule.nextAt ?? 0) + hourMs];
    expect(runs.map((run) => run.schedule?.firedFor)).toEqual(times);
    expect(runs.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED']);
  },
});
