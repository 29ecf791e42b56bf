import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { RunContext } from '#core/run/agents.ts';
import { RunMetadata } from '#core/run/run.ts';
import { StreamMode, StreamModes } from '../streams/stream-mode.ts';
import { CheckpointName, WireValues } from '../threads/contract.ts';
import { CheckpointId, ListParameter, RunId, ThreadId } from '../wire-ids.ts';

/* https://docs.langchain.com/langsmith/server-api-ref: Thread Runs, Stateless Runs. */

export const runStatuses = [
  'pending',
  'running',
  'error',
  'success',
  'timeout',
  'interrupted',
] as const;
export type RunStatusName = (typeof runStatuses)[number];

export const Run = z.object({
  run_id: z.string(),
  thread_id: z.string(),
  assistant_id: z.string(),
  metadata: RunMetadata,
  status: z.enum(runStatuses),
  kwargs: z.record(z.string(), z.unknown()),
  multitask_strategy: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  langsmith_session_name: z.null(),
  cancel_reason: z.string().optional(),
});
export type Run = z.infer<typeof Run>;

const Nodes = z.union([z.literal('*'), z.array(z.enum(['agent', 'tools']))], {
  error: 'must be "*", or a list of the nodes that an agent has: "agent", "tools"',
});
const Command = z.object({
  /** `undefined` where nothing is answered; `null` is an answer. */
  resume: z.json().optional(),
  update: z.json().nullish(),
  goto: z.unknown().optional(),
});

/** A year. */
const secondsMost = 365 * 24 * 3600;

export const RunRequest = z.object({
  assistant_id: z.string().min(1),
  input: z.json().nullish(),
  command: Command.nullish(),
  stream_mode: z
    .union([StreamModes, z.null()], {
      error: `must be one of ${StreamMode.options.join(', ')}, or a list of them`,
    })
    .optional(),
  stream_subgraphs: z.boolean().nullish(),
  stream_resumable: z.boolean().nullish(),
  metadata: RunMetadata.nullish(),
  config: z
    .looseObject({ configurable: RunContext.nullish(), recursion_limit: z.int().min(1).nullish() })
    .nullish(),
  context: RunContext.nullish(),
  checkpoint: CheckpointName.nullish(),
  checkpoint_id: CheckpointId.nullish(),
  interrupt_before: Nodes.nullish(),
  interrupt_after: Nodes.nullish(),
  webhook: z.string().nullish(),
  multitask_strategy: z.enum(['reject', 'enqueue', 'interrupt', 'rollback']).nullish(),
  if_not_exists: z.enum(['create', 'reject']).nullish(),
  after_seconds: z.number().min(0).max(secondsMost).nullish(),
  on_completion: z.enum(['delete', 'keep']).nullish(),
  on_disconnect: z.enum(['cancel', 'continue']).nullish(),
  strict_resume: z.boolean().nullish(),
  durability: z.enum(['sync', 'async', 'exit']).nullish(),
});
export type RunRequest = z.infer<typeof RunRequest>;

const ofThread = z.object({ threadId: ThreadId });
export const ofRun = ofThread.extend({ runId: RunId });

/** An SDK writes 0 and 1, another true and false. */
const Flag = z
  .enum(['0', '1', 'true', 'false', 'True', 'False'])
  .transform((value) => value === '1' || value.toLowerCase() === 'true')
  .optional();
const CancelAction = z.enum(['interrupt', 'rollback']).default('interrupt');

const Values = z.union([WireValues, z.array(z.unknown())]);

/** Where images and files lie that come along. */
export const mediaIn = ['input', 'messages'] as const;

export const runsContract = {
  createRun: {
    method: 'POST',
    path: '/threads/{threadId}/runs',
    params: ofThread,
    body: RunRequest,
    mediaIn,
    status: 200,
    response: Run,
  },
  createStatelessRun: {
    method: 'POST',
    path: '/runs',
    body: RunRequest,
    mediaIn,
    status: 200,
    response: Run,
  },
  createRuns: {
    method: 'POST',
    path: '/runs/batch',
    body: z.array(RunRequest).max(100),
    status: 200,
    response: z.array(Run),
  },
  waitForRun: {
    method: 'POST',
    path: '/threads/{threadId}/runs/wait',
    params: ofThread,
    body: RunRequest,
    mediaIn,
    status: 200,
    response: Values,
    long: true,
  },
  waitForStatelessRun: {
    method: 'POST',
    path: '/runs/wait',
    body: RunRequest,
    mediaIn,
    status: 200,
    response: Values,
    long: true,
  },
  listRuns: {
    method: 'GET',
    path: '/threads/{threadId}/runs',
    params: ofThread,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(10),
      offset: z.coerce.number().int().min(0).default(0),
      status: z.enum(runStatuses).optional(),
      select: ListParameter.optional(),
    }),
    repeated: ['select'],
    status: 200,
    response: z.array(Run.partial()),
  },
  getRun: {
    method: 'GET',
    path: '/threads/{threadId}/runs/{runId}',
    params: ofRun,
    status: 200,
    response: Run,
  },
  joinRun: {
    method: 'GET',
    path: '/threads/{threadId}/runs/{runId}/join',
    params: ofRun,
    query: z.object({ cancel_on_disconnect: Flag }),
    status: 200,
    response: Values,
    long: true,
  },
  cancelRun: {
    method: 'POST',
    path: '/threads/{threadId}/runs/{runId}/cancel',
    params: ofRun,
    query: z.object({ wait: Flag, action: CancelAction }),
    status: 202,
    response: Values.optional(),
    long: true,
  },
  cancelRuns: {
    method: 'POST',
    path: '/runs/cancel',
    query: z.object({ action: CancelAction }),
    body: z
      .object({
        thread_id: ThreadId.nullish(),
        run_ids: z.array(RunId).min(1).max(1000).nullish(),
        status: z.enum(['pending', 'running', 'all']).nullish(),
      })
      .refine(({ thread_id, run_ids }) => !run_ids || thread_id, {
        error: 'run_ids need their thread_id',
      })
      .refine(({ run_ids, status }) => !run_ids !== !status, {
        error: 'must name run_ids, or a status',
      }),
    status: 204,
  },
  deleteRun: {
    method: 'DELETE',
    path: '/threads/{threadId}/runs/{runId}',
    params: ofRun,
    status: 204,
  },
} as const satisfies Contract;
