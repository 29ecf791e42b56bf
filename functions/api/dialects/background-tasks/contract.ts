import * as z from 'zod';
import type { Contract } from '#api/contract.ts';

/*
 * Background Tasks API: "Background Tasks" and "Task Progress (SSE)". `before` and
 * `Idempotency-Key` are ours.
 */

const Uuid = z
  .string()
  .transform((id) => id.toLowerCase())
  .pipe(z.guid({ error: 'must be a UUID' }));

export const TaskStatus = z.enum(['pending', 'running', 'completed', 'failed', 'cancelled'], {
  error: 'must be one of pending, running, completed, failed, cancelled',
});
export type TaskStatus = z.infer<typeof TaskStatus>;

export const SpawnRequest = z.object({
  workspace_id: Uuid,
  conversation_id: Uuid,
  /** The id of an agent. */
  task_type: z.string().min(1).max(64),
  prompt: z.string().refine((text) => text.trim() !== '', { error: 'must not be empty' }),
  target_document_id: Uuid.nullish(),
});

export const Task = z.object({
  id: z.string(),
  /** `null` only of runs that came in another way. */
  workspace_id: z.string().nullable(),
  conversation_id: z.string().nullable(),
  task_type: z.string(),
  prompt: z.string(),
  status: TaskStatus,
  result_summary: z.string().nullable(),
  /** While it runs how far it is; then what came of it. */
  result_data: z.json().nullable(),
  error: z.string().nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
});

const limitDefault = 20;
const limitMax = 100;

const ListQuery = z.object({
  workspace_id: Uuid,
  status: TaskStatus.optional(),
  limit: z.coerce.number().int().min(1).max(limitMax).default(limitDefault),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  /** A task: only what was spawned before it, so that pages do not shift as new ones come. */
  before: Uuid.optional(),
});

const params = z.object({ task_id: Uuid });

export const backgroundTasksContract = {
  spawnTask: {
    method: 'POST',
    path: '/api/tasks/spawn',
    body: SpawnRequest,
    status: 201,
    response: Task,
  },
  listTasks: {
    method: 'GET',
    path: '/api/tasks',
    query: ListQuery,
    status: 200,
    response: z.object({ tasks: z.array(Task), total: z.int() }),
  },
  getTask: {
    method: 'GET',
    path: '/api/tasks/{task_id}',
    params,
    status: 200,
    response: Task,
  },
  cancelTask: {
    method: 'POST',
    path: '/api/tasks/{task_id}/cancel',
    params,
    status: 200,
    response: Task,
  },
  followTask: {
    method: 'GET',
    path: '/api/tasks/{task_id}/progress',
    params,
    status: 200,
    contentType: 'text/event-stream',
    long: true,
  },
} as const satisfies Contract;
