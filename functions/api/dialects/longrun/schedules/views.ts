import type * as z from 'zod';
import { iso } from '#api/iso.ts';
import type { CronCalendar } from '#core/schedule/cron-calendar.ts';
import { nextFirings } from '#core/schedule/manage-schedules.ts';
import type { Firing, Schedule } from '#core/schedule/schedule.ts';
import type { Timing } from '#core/schedule/timing.ts';
import type { ScheduleView } from './contract.ts';

const firingsAhead = 5;

const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

export function toScheduleView(
  calendar: CronCalendar,
  schedule: Schedule,
  baseUrl: string,
): z.input<typeof ScheduleView> {
  const { agentId, principal, principalUserId: _, webhook: __, wire: ___, ...input } = schedule.run;
  return {
    id: schedule.id,
    name: schedule.name,
    state: stateOf(schedule),
    ...toTimingView(schedule.timing),
    startAt: isoOrNull(schedule.startAt),
    endAt: isoOrNull(schedule.endAt),
    agentId,
    input,
    overlap: schedule.overlap,
    missed: schedule.missed,
    createdAt: iso(schedule.createdAt),
    createdBy: principal,
    nextFirings: nextFirings(calendar, schedule, firingsAhead).map(iso),
    lastFirings: schedule.firings.map(toFiringView),
    links: { self: `${baseUrl}/api/schedules/${schedule.id}` },
  };
}

function stateOf({ paused, nextAt, waiting }: Schedule) {
  if (paused) return 'paused';
  return nextAt === null && waiting.length === 0 ? 'ended' : 'active';
}

function toTimingView(timing: Timing) {
  switch (timing.kind) {
    case 'cron':
      return { cron: timing.cron, timeZone: timing.timeZone };
    case 'rate':
      return { rate: timing.rate };
    case 'at':
      return { at: iso(timing.at) };
  }
}

const toFiringView = ({ firedFor, at, ...firing }: Firing) => ({
  firedFor: iso(firedFor),
  at: iso(at),
  ...firing,
});
