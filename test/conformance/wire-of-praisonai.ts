import * as z from 'zod';
import { RunId, Uuid } from './wire.ts';

/** What a client of PraisonAI gets, written from its documentation and from what its server answers. */

/** In UTC with microseconds, as Python writes it. */
const Time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
const Status = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);

export const SubmittedJob = z.strictObject({
  job_id: RunId,
  status: z.literal('queued'),
  created_at: Time,
  poll_url: z.url(),
  stream_url: z.url(),
});

export const Job = z
  .strictObject({
    job_id: RunId,
    status: Status,
    progress: z.strictObject({
      percentage: z.number().min(0).max(100),
      current_step: z.string().nullable(),
      steps_completed: z.int().nonnegative(),
      steps_total: z.int().nullable(),
    }),
    created_at: Time,
    started_at: Time.nullable(),
    completed_at: Time.nullable(),
    agent_id: z.string().min(1),
    run_id: Uuid,
    session_id: z.string().nullable(),
    error: z.string().nullable(),
    retry_after: z.int().positive().nullable(),
  })
  .refine(
    ({ status, error }) => (status === 'failed') === (error !== null),
    'error of another status',
  )
  .refine(
    ({ completed_at, retry_after }) => (completed_at === null) !== (retry_after === null),
    'retry_after of a job that has ended, or none of one that lives',
  );
export type Job = z.infer<typeof Job>;

export const JobPage = z.strictObject({
  jobs: z.array(Job),
  total: z.int().nonnegative(),
  page: z.int().positive(),
  page_size: z.int().positive(),
});

export const JobResult = z.strictObject({
  job_id: RunId,
  status: z.enum(['succeeded', 'failed', 'cancelled']),
  result: z.unknown(),
  result_url: z.string().nullable(),
  metrics: z.record(z.string(), z.unknown()),
  created_at: Time,
  started_at: Time.nullable(),
  completed_at: Time,
  duration_seconds: z.number().nonnegative().nullable(),
  error: z.string().nullable(),
});

export const Refusal = z.strictObject({
  detail: z.union([
    z.string().min(1),
    z
      .array(
        z.strictObject({
          type: z.string().min(1),
          loc: z.array(z.union([z.string(), z.int()])).min(1),
          msg: z.string().min(1),
          input: z.unknown(),
        }),
      )
      .min(1),
  ]),
});
export type Refusal = z.infer<typeof Refusal>;
