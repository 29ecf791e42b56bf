import { type Run, RunStatus } from '#core/run/run.ts';
import type { JobStatus } from './contract.ts';

const statuses = {
  QUEUED: 'queued',
  RUNNING: 'running',
  PAUSED: 'running',
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
} as const satisfies Record<RunStatus, JobStatus>;

export const toJobStatus = (status: RunStatus): JobStatus => statuses[status];

/** The statuses of runs that are one status here. */
export const runStatusesOf = (wanted: JobStatus): RunStatus[] =>
  RunStatus.options.filter((status) => statuses[status] === wanted);

export const awaitingApproval = 'awaiting_approval';
/** At a breakpoint, which clients of this dialect cannot set. */
export const standing = 'paused';

/** What a job is at: the phase that it said last, or what it waits for. */
export function currentStepOf(run: Run): string | null {
  if (run.status !== 'PAUSED') return run.progress?.phase ?? null;
  return run.pendingApproval ? awaitingApproval : standing;
}

export const percentageOf = (run: Run): number =>
  run.status === 'COMPLETED' ? 100 : (run.progress?.percentage ?? 0);

export const errorOf = (run: Run): string | null =>
  run.status === 'FAILED' ? run.error.message : null;

/** With microseconds, as Python writes it. */
export const utc = (at: number) => new Date(at).toISOString().replace('Z', '000Z');
