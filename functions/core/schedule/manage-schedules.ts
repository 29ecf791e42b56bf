import { earlierRequest, type IdempotencyClaim } from '../idempotency/idempotency.ts';
import { checkMetadata, checkRequest } from '../run/check-request.ts';
import type { RunDeps } from '../run/deps.ts';
import { type FieldError, invalidInput } from '../run/run-error.ts';
import { findAgent } from '../run/submit-run.ts';
import { TransactionConflict } from '../store/item-store.ts';
import { type ScheduleKey, scheduleKey, schedulePartition, scheduleRange } from '../store/keys.ts';
import type { CronCalendar } from './cron-calendar.ts';
import { getSchedule, newSchedule, replaceSchedule, Schedule } from './schedule.ts';
import { firstAfter, type TimingRequest, toTiming } from './timing.ts';

export interface ScheduleDeps extends Pick<RunDeps, 'store' | 'clock' | 'agents' | 'newId'> {
  readonly calendar: CronCalendar;
}

export type ScheduleSettings = Pick<
  Schedule,
  'name' | 'startAt' | 'endAt' | 'paused' | 'overlap' | 'missed' | 'run'
>;

export interface ScheduleChange extends TimingRequest {
  readonly name?: string | undefined;
  readonly startAt?: number | null | undefined;
  readonly endAt?: number | null | undefined;
  readonly paused?: boolean | undefined;
  readonly overlap?: Schedule['overlap'] | undefined;
  readonly missed?: Schedule['missed'] | undefined;
  readonly run?: ((run: Schedule['run']) => Schedule['run']) | undefined;
}

const mostSchedules = 1000;
const largestRunBytes = 32 * 1024;
const maxAttempts = 20;

export interface CreatedSchedule {
  readonly schedule: Schedule;
  /** An earlier request with the same idempotency key made it. */
  readonly replayed: boolean;
}

interface NewSchedule extends ScheduleSettings, TimingRequest {
  readonly idempotency?: IdempotencyClaim | undefined;
}

/** @throws RunError agent_not_found, invalid_input naming each field, idempotency_key_reused */
export async function createSchedule(
  deps: ScheduleDeps & Pick<RunDeps, 'log' | 'settings'>,
  orgId: string,
  asked: NewSchedule,
): Promise<CreatedSchedule> {
  for (let attempt = 1; ; attempt += 1) {
    const earlier = await earlierRequest(deps, orgId, asked.idempotency);
    if (earlier.runId !== undefined) {
      const schedule = await getSchedule(deps, { orgId, scheduleId: earlier.runId });
      return { schedule, replayed: true };
    }
    const schedule = toSchedule(deps, orgId, asked);
    check(deps, schedule);
    await checkCount(deps, orgId);
    try {
      await deps.store.transact([newSchedule(schedule), ...earlier.remember(schedule.id)]);
      return { schedule, replayed: false };
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
    }
  }
}

function toSchedule(deps: ScheduleDeps, orgId: string, asked: NewSchedule): Schedule {
  const { cron, rate, at, timeZone, idempotency: _, ...settings } = asked;
  const now = deps.clock.now();
  return started(deps, {
    ...settings,
    id: deps.newId(),
    orgId,
    timing: toTiming(deps.calendar, { cron, rate, at, timeZone }, now),
    createdAt: now,
    nextAt: null,
    waiting: [],
    lookAt: 0,
    previousRunId: null,
    firings: [],
    version: 1,
  });
}

async function checkCount({ store }: Pick<ScheduleDeps, 'store'>, orgId: string): Promise<void> {
  const pk = schedulePartition(orgId);
  const known = await store.queryKeys({ ...oldest, pk, limit: mostSchedules });
  if (known.length < mostSchedules) return;
  throw invalidInput([{ field: 'name', message: `there are ${mostSchedules} schedules already` }]);
}

export interface SchedulePage {
  readonly schedules: readonly Schedule[];
  /** `undefined` on the last page. */
  readonly cursor: string | undefined;
}

const oldest = { ...scheduleRange, order: 'ascending' } as const;

/** In the order in which they were made. @param cursor from the page before */
export async function listSchedules(
  { store }: Pick<ScheduleDeps, 'store'>,
  orgId: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<SchedulePage> {
  const pk = schedulePartition(orgId);
  const after =
    cursor === undefined ? {} : { after: scheduleKey({ orgId, scheduleId: cursor }).sk };
  const items = await store.query({ ...oldest, pk, ...after, limit: limit + 1 });
  const schedules = items.slice(0, limit).map(({ value }) => Schedule.parse(value));
  return { schedules, cursor: items.length > limit ? schedules.at(-1)?.id : undefined };
}

/**
 * What is changed of its times holds from now on; what it had still to make up for is forgotten then.
 * @throws RunError schedule_not_found, agent_not_found, invalid_input naming each field
 */
export function updateSchedule(
  deps: ScheduleDeps,
  key: ScheduleKey,
  change: ScheduleChange,
): Promise<Schedule> {
  const { cron, rate, at, timeZone } = change;
  return changeSchedule(deps, key, (schedule) => {
    const now = deps.clock.now();
    const timing = toTiming(deps.calendar, { cron, rate, at, timeZone }, now, schedule.timing);
    const changed: Schedule = {
      ...schedule,
      name: change.name ?? schedule.name,
      timing,
      startAt: change.startAt === undefined ? schedule.startAt : change.startAt,
      endAt: change.endAt === undefined ? schedule.endAt : change.endAt,
      paused: change.paused ?? schedule.paused,
      overlap: change.overlap ?? schedule.overlap,
      missed: change.missed ?? schedule.missed,
      run: change.run?.(schedule.run) ?? schedule.run,
    };
    const isRetimed =
      timing !== schedule.timing ||
      (['startAt', 'endAt', 'paused'] as const).some((name) => change[name] !== undefined);
    const next = isRetimed ? started(deps, changed) : changed;
    check(deps, next);
    return next;
  });
}

/** What would have fired meanwhile was not to fire, and is not made up for. */
export const resumeSchedule = (deps: ScheduleDeps, key: ScheduleKey) =>
  changeSchedule(deps, key, (schedule) =>
    schedule.paused ? started(deps, { ...schedule, paused: false }) : schedule,
  );

export const pauseSchedule = (deps: ScheduleDeps, key: ScheduleKey) =>
  changeSchedule(deps, key, (schedule) => started(deps, { ...schedule, paused: true }));

/** Its runs stay. @throws RunError schedule_not_found */
export async function deleteSchedule(
  deps: Pick<ScheduleDeps, 'store'>,
  key: ScheduleKey,
): Promise<void> {
  await getSchedule(deps, key);
  await deps.store.transact([{ delete: scheduleKey(key) }]);
}

/** The next firings, at most so many. */
export function nextFirings(
  calendar: CronCalendar,
  { nextAt, timing, ...window }: Schedule,
  count: number,
): number[] {
  const times: number[] = [];
  for (let at = nextAt; at !== null && times.length < count; ) {
    times.push(at);
    at = firstAfter(calendar, timing, window, at) ?? null;
  }
  return times;
}

function started({ calendar, clock }: ScheduleDeps, schedule: Schedule): Schedule {
  if (schedule.paused) return { ...schedule, nextAt: null, waiting: [] };
  return {
    ...schedule,
    nextAt: firstAfter(calendar, schedule.timing, schedule, clock.now()) ?? null,
  };
}

function check(deps: ScheduleDeps, { orgId, run, ...schedule }: Schedule): void {
  const agent = findAgent(deps, { orgId, agentId: run.agentId });
  const refused = [...checkRequest(agent, { ...run, media: [] }), ...checkMetadata(run.metadata)];
  const wrong = [
    ...refused.map(({ field, message }) => ({ field: `input.${field}`, message })),
    ...checkSize(run),
    ...checkWindow(deps, schedule),
  ];
  if (wrong.length > 0) throw invalidInput(wrong);
}

/** It lies in the schedule's own item, which is written at every firing. */
function checkSize(run: Schedule['run']): FieldError[] {
  const bytes = new TextEncoder().encode(JSON.stringify(run)).length;
  if (bytes <= largestRunBytes) return [];
  return [{ field: 'input', message: `may have at most ${largestRunBytes} bytes` }];
}

function checkWindow(
  { calendar }: ScheduleDeps,
  { timing, createdAt, ...window }: Pick<Schedule, 'timing' | 'createdAt' | 'startAt' | 'endAt'>,
): FieldError[] {
  const field = window.endAt === null ? timing.kind : 'endAt';
  return firstAfter(calendar, timing, window, createdAt) === undefined
    ? [{ field, message: 'leaves no moment at which it fires' }]
    : [];
}

async function changeSchedule(
  { store }: Pick<ScheduleDeps, 'store'>,
  key: ScheduleKey,
  change: (schedule: Schedule) => Schedule,
): Promise<Schedule> {
  for (let attempt = 1; ; attempt += 1) {
    const schedule = await getSchedule({ store }, key);
    const next = change(schedule);
    if (next === schedule) return schedule;
    try {
      await store.transact([replaceSchedule(schedule, next)]);
      return next;
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
    }
  }
}
