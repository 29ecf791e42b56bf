import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { RunContext, RunOptions } from '#core/run/agents.ts';
import { RunMetadata } from '#core/run/run.ts';
import { MissedPolicy, OverlapPolicy } from '#core/schedule/schedule.ts';
import { AgentId, SessionId } from '#core/tenant/ids.ts';

const limitDefault = 20;
const limitMax = 100;

const ScheduleId = z.object({ scheduleId: z.string() });

/** With an offset: a moment is the same in every time zone. */
const Moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const ScheduleInput = z.strictObject({
  message: z.string().min(1),
  options: z
    .strictObject({
      model: z.string().optional(),
      temperature: z.number().min(0).max(2).optional(),
      maxTokens: z.int().positive().optional(),
    })
    .default({}),
  generateFollowups: z.boolean().default(false),
  context: RunContext.default({}),
  metadata: RunMetadata.optional(),
  groupId: z.string().min(1).max(256).optional(),
  /** Of all firings. @default - each its own */
  sessionId: SessionId.optional(),
  /** @default - that of whoever makes the schedule */
  userId: z.string().min(1).max(256).optional(),
});

const timing = {
  /** Five fields. One of `cron`, `rate` and `at` it has to be. */
  cron: z.string().max(256).optional(),
  /** `5 minutes`, `2 hours`, `1 day`. */
  rate: z.string().max(64).optional(),
  at: Moment.optional(),
  /** Of `cron`, by its name in the IANA database. @default 'UTC' */
  timeZone: z.string().max(64).optional(),
};
const name = z.string().max(256);

const NewSchedule = z.object({
  name: name.default(''),
  ...timing,
  startAt: Moment.nullable().default(null),
  endAt: Moment.nullable().default(null),
  paused: z.boolean().default(false),
  agentId: AgentId,
  input: ScheduleInput,
  overlap: OverlapPolicy.default('skip'),
  missed: MissedPolicy.default('fire_once'),
});

const ScheduleChange = z.object({
  name: name.optional(),
  ...timing,
  startAt: Moment.nullable().optional(),
  endAt: Moment.nullable().optional(),
  paused: z.boolean().optional(),
  agentId: AgentId.optional(),
  /** All of it. */
  input: ScheduleInput.optional(),
  overlap: OverlapPolicy.optional(),
  missed: MissedPolicy.optional(),
});

export const ScheduleView = z.object({
  id: z.string(),
  name: z.string(),
  /** `ended`: it has no firing left. */
  state: z.enum(['active', 'paused', 'ended']),
  cron: z.string().optional(),
  timeZone: z.string().optional(),
  rate: z.string().optional(),
  at: z.string().optional(),
  startAt: z.string().nullable(),
  endAt: z.string().nullable(),
  agentId: z.string(),
  input: z.object({
    message: z.string(),
    options: RunOptions,
    generateFollowups: z.boolean(),
    context: RunContext,
    metadata: RunMetadata.optional(),
    groupId: z.string().optional(),
    sessionId: z.string().optional(),
    userId: z.string(),
  }),
  overlap: OverlapPolicy,
  missed: MissedPolicy,
  createdAt: z.string(),
  createdBy: z.string(),
  nextFirings: z.array(z.string()),
  /** The newest first. */
  lastFirings: z.array(
    z.object({
      firedFor: z.string(),
      at: z.string(),
      runId: z.string().optional(),
      /** Why there is no run. */
      skipped: z.enum(['overlap', 'missed']).optional(),
      error: z.string().optional(),
    }),
  ),
  links: z.object({ self: z.string() }),
});

const one = { params: ScheduleId, status: 200, response: ScheduleView } as const;

export const scheduleContract = {
  createSchedule: {
    method: 'POST',
    path: '/api/schedules',
    body: NewSchedule,
    status: 201,
    response: ScheduleView,
  },
  listSchedules: {
    method: 'GET',
    path: '/api/schedules',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(limitMax).default(limitDefault),
      cursor: z.guid().optional(),
    }),
    status: 200,
    response: z.object({ schedules: z.array(ScheduleView), nextCursor: z.string().nullable() }),
  },
  getSchedule: { method: 'GET', path: '/api/schedules/{scheduleId}', ...one },
  updateSchedule: {
    method: 'PATCH',
    path: '/api/schedules/{scheduleId}',
    body: ScheduleChange,
    ...one,
  },
  deleteSchedule: {
    method: 'DELETE',
    path: '/api/schedules/{scheduleId}',
    params: ScheduleId,
    status: 204,
  },
  pauseSchedule: { method: 'POST', path: '/api/schedules/{scheduleId}/pause', ...one },
  resumeSchedule: { method: 'POST', path: '/api/schedules/{scheduleId}/resume', ...one },
  runScheduleNow: {
    method: 'POST',
    path: '/api/schedules/{scheduleId}/run-now',
    params: ScheduleId,
    body: z.object({}).optional(),
    status: 202,
    response: z.object({ runId: z.string(), links: z.object({ run: z.string() }) }),
  },
} as const satisfies Contract;
