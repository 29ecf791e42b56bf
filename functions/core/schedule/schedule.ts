import * as z from 'zod';
import { RunContext, RunOptions } from '../run/agents.ts';
import type { RunDeps } from '../run/deps.ts';
import { RunMetadata, RunWebhook } from '../run/run.ts';
import { RunError } from '../run/run-error.ts';
import type { Item, Write } from '../store/item-store.ts';
import { dueIndexKey, type ScheduleKey, scheduleKey } from '../store/keys.ts';
import { Timing, Window } from './timing.ts';

/** What each firing submits: the same each time. */
export const ScheduledRun = z.object({
  agentId: z.string(),
  userId: z.string(),
  /** Who made the schedule, from the credential. */
  principal: z.string(),
  /** Whose credential it was: they may have no say in its runs. */
  principalUserId: z.string(),
  message: z.string(),
  options: RunOptions,
  generateFollowups: z.boolean(),
  context: RunContext,
  groupId: z.string().optional(),
  metadata: RunMetadata.optional(),
  /** Of all firings. @default - each its own */
  sessionId: z.string().optional(),
  webhook: RunWebhook.optional(),
  /** What a dialect wants to show of its request again, kept as it is. */
  wire: z.record(z.string(), z.unknown()).optional(),
});
export type ScheduledRun = z.infer<typeof ScheduledRun>;

/** What becomes of a firing while a run of the same schedule lives. */
export const OverlapPolicy = z.enum(['skip', 'enqueue', 'cancel_previous']);
/** What becomes of firings that nobody was there for. */
export const MissedPolicy = z.enum(['fire_once', 'skip']);

/** A moment at which it was to fire, and what came of it. Times are epoch milliseconds. */
export const Firing = z.object({
  firedFor: z.number(),
  /** When that was decided. */
  at: z.number(),
  runId: z.string().optional(),
  /** Why there is no run. */
  skipped: z.enum(['overlap', 'missed']).optional(),
  error: z.string().optional(),
});
export type Firing = z.infer<typeof Firing>;

/** Has runs submitted at their times. */
export const Schedule = z.object({
  id: z.string(),
  orgId: z.string(),
  name: z.string(),
  timing: Timing,
  ...Window.shape,
  paused: z.boolean(),
  overlap: OverlapPolicy,
  missed: MissedPolicy,
  run: ScheduledRun,
  createdAt: z.number(),
  /** `null` where it is paused or has no firing left. */
  nextAt: z.number().nullable(),
  /** Firings that wait for the end of the run before them, in their order. */
  waiting: z.array(z.number()),
  /** When the sweeper looks again whether they can be made. */
  lookAt: z.number(),
  /** Nothing is submitted before: its tenant could take no more. */
  heldUntil: z.number().optional(),
  /** The newest run of a firing, which the next firing may meet. */
  previousRunId: z.string().nullable(),
  /** The newest first. */
  firings: z.array(Firing),
  /** Raised by every write; each write is conditional on the one before. */
  version: z.number(),
});
export type Schedule = z.infer<typeof Schedule>;

export const keyOfSchedule = ({ orgId, id }: Schedule): ScheduleKey => ({ orgId, scheduleId: id });

/** @throws RunError schedule_not_found */
export async function getSchedule(
  { store }: Pick<RunDeps, 'store'>,
  key: ScheduleKey,
): Promise<Schedule> {
  const item = await store.get(scheduleKey(key));
  if (item === undefined)
    throw new RunError('schedule_not_found', `There is no schedule ${key.scheduleId}.`);
  return Schedule.parse(item.value);
}

export const newSchedule = (schedule: Schedule): Write => ({
  put: toItem(schedule),
  when: { absent: true },
});

/** What is written instead of the schedule as it was read. */
export const replaceSchedule = (from: Schedule, to: Schedule): Write => ({
  put: toItem({ ...to, version: from.version + 1 }),
  when: { equals: { version: from.version } },
});

function toItem(schedule: Schedule): Item {
  const at = dueAt(schedule);
  return {
    ...scheduleKey(keyOfSchedule(schedule)),
    value: schedule,
    ...(at === undefined ? {} : { indexes: { due: dueIndexKey(schedule.id, at) } }),
  };
}

function dueAt({ nextAt, waiting, lookAt, heldUntil = 0 }: Schedule): number | undefined {
  const times = [...(nextAt === null ? [] : [nextAt]), ...(waiting.length > 0 ? [lookAt] : [])];
  return times.length > 0 ? Math.max(Math.min(...times), heldUntil) : undefined;
}
