import * as z from 'zod';
import { Uuid } from './wire.ts';

const Time = z.iso.datetime();

export const Schedule = z.strictObject({
  id: Uuid,
  name: z.string(),
  state: z.enum(['active', 'paused', 'ended']),
  cron: z.string().optional(),
  timeZone: z.string().optional(),
  rate: z.string().optional(),
  at: Time.optional(),
  startAt: Time.nullable(),
  endAt: Time.nullable(),
  agentId: z.string().min(1),
  input: z.strictObject({
    message: z.string().min(1),
    options: z.strictObject({
      model: z.string().optional(),
      temperature: z.number().optional(),
      maxTokens: z.int().optional(),
    }),
    generateFollowups: z.boolean(),
    context: z.record(z.string(), z.json()),
    metadata: z.record(z.string(), z.json()).optional(),
    groupId: z.string().optional(),
    sessionId: Uuid.optional(),
    userId: z.string().min(1),
  }),
  overlap: z.enum(['skip', 'enqueue', 'cancel_previous']),
  missed: z.enum(['fire_once', 'skip']),
  createdAt: Time,
  createdBy: z.string().min(1),
  nextFirings: z.array(Time).max(5),
  lastFirings: z.array(
    z.strictObject({
      firedFor: Time,
      at: Time,
      runId: Uuid.optional(),
      skipped: z.enum(['overlap', 'missed']).optional(),
      error: z.string().optional(),
    }),
  ),
  links: z.strictObject({ self: z.url() }),
});
export type Schedule = z.infer<typeof Schedule>;

export const SchedulePage = z.strictObject({
  schedules: z.array(Schedule),
  nextCursor: Uuid.nullable(),
});

export const SubmittedNow = z.strictObject({
  runId: Uuid,
  links: z.strictObject({ run: z.url() }),
});
