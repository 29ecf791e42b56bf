import * as z from 'zod';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { iso } from '#api/iso.ts';
import { type Run, RunOutput, type RunStatus } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { getRequest } from '#core/run/submit-run.ts';
import { loadValue } from '#core/store/stored-value.ts';
import type { SpawnRequest, Task, TaskStatus } from './contract.ts';
import { progressOf } from './progress.ts';

type TaskView = z.input<typeof Task>;
type Deps = Pick<DialectDeps, 'store' | 'blobs'>;

/** What is kept of a request to show it again. */
export const TaskWire = z.object({ conversationId: z.string() });

const statusOf = {
  QUEUED: 'pending',
  RUNNING: 'running',
  PAUSED: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
} as const satisfies Record<RunStatus, TaskStatus>;

export const toStatus = ({ status }: Run): TaskStatus => statusOf[status];

/** The statuses of runs that a status of tasks stands for. */
export const statusesFor = (status: TaskStatus): RunStatus[] =>
  (['QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const).filter(
    (one) => statusOf[one] === status,
  );

/** A task as it was spawned: the same answer for every repetition of the request. */
export const toSpawned = (run: Run, body: z.output<typeof SpawnRequest>): TaskView => ({
  id: run.id,
  workspace_id: body.workspace_id,
  conversation_id: body.conversation_id,
  task_type: run.agentId,
  prompt: body.prompt,
  status: 'pending',
  result_summary: null,
  result_data: null,
  error: null,
  created_at: iso(run.createdAt),
  started_at: null,
  completed_at: null,
});

export async function toTask(deps: Deps, run: Run): Promise<TaskView> {
  const [{ message: prompt, wire }, result] = await Promise.all([
    getRequest(deps, keyOf(run)),
    resultOf(deps, run),
  ]);
  return {
    id: run.id,
    workspace_id: run.groupId ?? null,
    conversation_id: TaskWire.safeParse(wire).data?.conversationId ?? null,
    task_type: run.agentId,
    prompt,
    status: toStatus(run),
    ...result,
    created_at: iso(run.createdAt),
    started_at: 'startedAt' in run && run.startedAt !== null ? iso(run.startedAt) : null,
    completed_at: 'completedAt' in run ? iso(run.completedAt) : null,
  };
}

type Result = Pick<TaskView, 'result_summary' | 'result_data' | 'error'>;

const nothing: Result = { result_summary: null, result_data: null, error: null };

/** What came of a task, or how far it is. */
export async function resultOf(deps: Pick<DialectDeps, 'blobs'>, run: Run): Promise<Result> {
  switch (run.status) {
    case 'RUNNING':
    case 'PAUSED':
      return { ...nothing, result_data: { ...progressOf(run) } };
    case 'COMPLETED': {
      const { content, structured } = await loadValue(deps, run.output, RunOutput);
      return {
        ...nothing,
        result_summary: summaryOf(content),
        result_data: structured ?? { content },
      };
    }
    case 'FAILED':
      return { ...nothing, error: run.error.message };
    default:
      return nothing;
  }
}

const summaryCharacters = 500;

/** All of it is in `result_data`. */
const summaryOf = (content: string) =>
  content.length > summaryCharacters ? `${content.slice(0, summaryCharacters - 1)}…` : content;
