import { listRuns } from '#core/run/list-runs.ts';
import { sweep } from '#core/run/sweep.ts';
import { createSchedule } from '#core/schedule/manage-schedules.ts';
import { getSchedule, keyOfSchedule, type Schedule } from '#core/schedule/schedule.ts';
import type { Engine } from './an-engine.ts';

type Deps = Engine['deps'];
type Asked = Parameters<typeof createSchedule>[2];

/** Each hour for the agent `worker`, unless the test says otherwise. */
export async function aSchedule(
  deps: Deps,
  { run, ...more }: Partial<Omit<Asked, 'run'>> & { run?: Partial<Asked['run']> } = {},
): Promise<Schedule> {
  const timed = more.rate ?? more.at;
  const { schedule } = await createSchedule(deps, 'acme', {
    name: 'report',
    ...(timed === undefined ? { cron: '0 * * * *' } : {}),
    startAt: null,
    endAt: null,
    paused: false,
    overlap: 'skip',
    missed: 'fire_once',
    ...more,
    run: {
      agentId: 'worker',
      userId: 'ann',
      principal: 'key:test',
      principalUserId: 'ann',
      message: 'safe',
      options: {},
      generateFollowups: false,
      context: {},
      ...run,
    },
  });
  return schedule;
}

/** As it is now. */
export const latestSchedule = (deps: Deps, schedule: Schedule) =>
  getSchedule(deps, keyOfSchedule(schedule));

/** Its runs, the oldest first. */
export async function runsOfSchedule(deps: Deps, { id }: Schedule) {
  const { runs } = await listRuns(deps, { orgId: 'acme', limit: 1000 });
  return runs.filter(({ schedule }) => schedule?.id === id).toReversed();
}

/** The times for which it has fired, in the order of its runs. */
export const firedFor = async (deps: Deps, schedule: Schedule) =>
  (await runsOfSchedule(deps, schedule)).map((run) =>
    new Date(run.schedule?.firedFor ?? 0).toISOString().slice(0, 16),
  );

/** Time passes, a sweep each minute. */
export async function pass({ deps, clock }: Engine, minutes: number): Promise<void> {
  for (let i = 0; i < minutes; i += 1) {
    clock.advance(60_000);
    await sweep(deps);
  }
}
