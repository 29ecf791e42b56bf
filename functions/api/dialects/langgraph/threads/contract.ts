import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { RunMetadata } from '#core/run/run.ts';
import { sessionStatuses } from '#core/session/session-standing.ts';
import { CheckpointId, ThreadId } from '../wire-ids.ts';

/* https://docs.langchain.com/langsmith/server-api-ref: Threads. A thread is a session. */

const minutesMost = 360 * 24 * 60;
const Minutes = z.number().positive().max(minutesMost);

/** How many minutes a thread is kept unused. */
const Ttl = z
  .union(
    [Minutes, z.object({ ttl: Minutes.optional(), strategy: z.literal('delete').optional() })],
    { error: 'must be a number of minutes, or {"ttl", "strategy": "delete"}: no other is served' },
  )
  .transform((ttl) => (typeof ttl === 'number' ? ttl : ttl.ttl));

const none = (what: string) =>
  z.array(z.unknown()).max(0, `${what} are not served: write a state instead`).nullish();

const Interrupts = z.array(z.object({ id: z.string(), value: z.unknown() }));
export const WireValues = z.record(z.string(), z.unknown());

export const Thread = z.object({
  thread_id: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  state_updated_at: z.string(),
  metadata: RunMetadata,
  status: z.enum(sessionStatuses),
  config: z.object({}),
  values: WireValues.nullable(),
  error: z.object({ error: z.string(), message: z.string() }).nullish(),
  interrupts: z.record(z.string(), Interrupts).optional(),
});
export type Thread = z.infer<typeof Thread>;

const WireCheckpoint = z.object({
  thread_id: z.string(),
  checkpoint_ns: z.string(),
  checkpoint_id: z.string(),
});

export const ThreadState = z.object({
  values: WireValues,
  next: z.array(z.string()),
  tasks: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      path: z.array(z.string()),
      error: z.string().nullable(),
      interrupts: Interrupts,
      checkpoint: z.null(),
      state: z.null(),
      result: z.null(),
    }),
  ),
  metadata: RunMetadata.nullable(),
  created_at: z.string().nullable(),
  checkpoint: WireCheckpoint.nullable(),
  parent_checkpoint: WireCheckpoint.nullable(),
  interrupts: Interrupts,
  checkpoint_id: z.string().nullable(),
  parent_checkpoint_id: z.string().nullable(),
});
export type ThreadState = z.infer<typeof ThreadState>;

const ThreadFilter = z.object({
  metadata: RunMetadata.nullish(),
  values: RunMetadata.nullish(),
  status: z.enum(sessionStatuses).nullish(),
  ids: z.array(ThreadId).max(1000).nullish(),
});
export type ThreadFilter = z.infer<typeof ThreadFilter>;

const ThreadSearch = ThreadFilter.extend({
  limit: z.int().min(1).max(1000).default(10),
  offset: z.int().min(0).default(0),
  sort_by: z
    .enum(['thread_id', 'status', 'created_at', 'updated_at', 'state_updated_at'])
    .nullish(),
  sort_order: z.enum(['asc', 'desc']).nullish(),
  select: z.array(z.string()).nullish(),
  extract: z
    .record(z.string(), z.unknown())
    .refine((paths) => Object.keys(paths).length === 0, 'is not served: read the state')
    .nullish(),
});
export type ThreadSearch = z.infer<typeof ThreadSearch>;

/** A checkpoint by its id, or as a state names it. */
export const CheckpointName = z.looseObject({ checkpoint_id: CheckpointId.nullish() });

const ofThread = z.object({ threadId: ThreadId });

export const threadsContract = {
  createThread: {
    method: 'POST',
    path: '/threads',
    body: z
      .object({
        thread_id: ThreadId.nullish(),
        metadata: RunMetadata.nullish(),
        if_exists: z.enum(['raise', 'do_nothing']).nullish(),
        ttl: Ttl.nullish(),
        supersteps: none('supersteps'),
      })
      .default({}),
    status: 200,
    response: Thread,
  },
  searchThreads: {
    method: 'POST',
    path: '/threads/search',
    body: ThreadSearch.default({ limit: 10, offset: 0 }),
    status: 200,
    response: z.array(Thread.partial()),
  },
  countThreads: {
    method: 'POST',
    path: '/threads/count',
    body: ThreadFilter.default({}),
    status: 200,
    response: z.number(),
  },
  pruneThreads: {
    method: 'POST',
    path: '/threads/prune',
    body: z.object({
      thread_ids: z.array(ThreadId).max(1000),
      strategy: z
        .literal('delete', { error: 'must be "delete": no other is served' })
        .default('delete'),
    }),
    status: 200,
    response: z.object({ pruned_count: z.number() }),
  },
  getThread: {
    method: 'GET',
    path: '/threads/{threadId}',
    params: ofThread,
    status: 200,
    response: Thread,
  },
  updateThread: {
    method: 'PATCH',
    path: '/threads/{threadId}',
    params: ofThread,
    body: z.object({ metadata: RunMetadata.nullish(), ttl: Ttl.nullish() }),
    status: 200,
    response: Thread,
  },
  deleteThread: {
    method: 'DELETE',
    path: '/threads/{threadId}',
    params: ofThread,
    status: 204,
  },
  copyThread: {
    method: 'POST',
    path: '/threads/{threadId}/copy',
    params: ofThread,
    body: z.unknown().optional(),
    status: 200,
    response: Thread,
  },
} as const satisfies Contract;
