import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { WireRunId } from '#api/wire-id.ts';
import { RunContext } from '#core/run/agents.ts';

/*
 * PraisonAI's jobs API: https://docs.praison.ai, "Async Jobs", and what praisonai 4.7.19 answers where
 * its documentation says nothing.
 */

export const JobStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);
export type JobStatus = z.infer<typeof JobStatus>;

const longestTimeoutSeconds = 86_400;
const defaultTimeoutSeconds = 3600;
/** Labels are parts of keys. */
const longestLabel = 200;

const isWebUrl = (text: string) => /^https?:\/\//i.test(text) && URL.canParse(text);
const isEmpty = (text: string | null | undefined) => !text;

/** An absent, a `null` and an empty text are the same. */
const optionalText = (schema = z.string()) =>
  z
    .union([z.literal(''), schema])
    .nullish()
    .transform((text) => text || undefined);

/** Fields that are not named here are ignored, as the original does. */
export const JobRequest = z.object({
  prompt: z
    .string({ error: 'is required, and a text' })
    .refine((text) => text.trim() !== '', { error: 'must not be empty' }),
  agent_file: optionalText(),
  agent_yaml: z.string().nullish().refine(isEmpty, {
    error:
      'an agent that comes with a request is not run: it would be code of the caller. Put it into the folder of the agents as NAME.yaml, and name it with agent_file',
  }),
  recipe_name: optionalText(),
  recipe_config: RunContext.nullish(),
  framework: z
    .string()
    .nullish()
    .refine((name) => !name || name === 'praisonai', { error: 'only praisonai is served' }),
  config: RunContext.nullish(),
  webhook_url: optionalText(z.string().refine(isWebUrl, { error: 'must be an http(s) URL' })),
  timeout: z
    .int()
    .min(1)
    .max(longestTimeoutSeconds)
    .nullish()
    .transform((seconds) => seconds ?? defaultTimeoutSeconds),
  session_id: optionalText(z.string().max(longestLabel)),
  idempotency_key: optionalText(),
});
export type JobRequest = z.output<typeof JobRequest>;

const Times = {
  created_at: z.string(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
};

export const Job = z.object({
  job_id: z.string(),
  status: JobStatus,
  progress: z.object({
    percentage: z.number(),
    current_step: z.string().nullable(),
    steps_completed: z.number(),
    steps_total: z.number().nullable(),
  }),
  ...Times,
  agent_id: z.string(),
  /** As Longrun's own paths name it. */
  run_id: z.string(),
  session_id: z.string().nullable(),
  error: z.string().nullable(),
  /** Seconds; clients sleep `retry_after or 5`. */
  retry_after: z.number().min(1).nullable(),
});

export const JobResult = z.object({
  job_id: z.string(),
  status: JobStatus,
  /** What the agent answered: its text, or its data. */
  result: z.unknown(),
  result_url: z.null(),
  metrics: z.object({
    model: z.string(),
    input_tokens: z.number(),
    output_tokens: z.number(),
    total_tokens: z.number(),
    steps: z.number(),
  }),
  ...Times,
  duration_seconds: z.number().nullable(),
  error: z.string().nullable(),
});

const ListQuery = z.object({
  status: JobStatus.optional(),
  session_id: z.string().max(longestLabel).optional(),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
  page_size: z.coerce.number().int().min(1).max(100).default(20),
});

const jobParams = z.object({ runId: WireRunId });

export const praisonaiContract = {
  submitJob: {
    method: 'POST',
    path: '/api/v1/runs',
    body: JobRequest,
    status: 202,
    response: z.object({
      job_id: z.string(),
      status: JobStatus,
      created_at: z.string(),
      poll_url: z.string(),
      stream_url: z.string(),
    }),
  },
  listJobs: {
    method: 'GET',
    path: '/api/v1/runs',
    query: ListQuery,
    status: 200,
    response: z.object({
      jobs: z.array(Job),
      total: z.number(),
      page: z.number(),
      page_size: z.number(),
    }),
  },
  getJob: {
    method: 'GET',
    path: '/api/v1/runs/{runId}',
    params: jobParams,
    status: 200,
    response: Job,
  },
  getResult: {
    method: 'GET',
    path: '/api/v1/runs/{runId}/result',
    params: jobParams,
    status: 200,
    response: JobResult,
  },
  cancelJob: {
    method: 'POST',
    path: '/api/v1/runs/{runId}/cancel',
    params: jobParams,
    status: 200,
    response: Job,
  },
  deleteJob: {
    method: 'DELETE',
    path: '/api/v1/runs/{runId}',
    params: jobParams,
    status: 204,
  },
  followJob: {
    method: 'GET',
    path: '/api/v1/runs/{runId}/stream',
    params: jobParams,
    status: 200,
    contentType: 'text/event-stream',
    long: true,
  },
} as const satisfies Contract;
