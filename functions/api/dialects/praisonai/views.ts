import type * as z from 'zod';
import { wireId } from '#api/wire-id.ts';
import type { RunDeps } from '#core/run/deps.ts';
import { hasEnded, type Run, RunOutput } from '#core/run/run.ts';
import { loadValue } from '#core/store/stored-value.ts';
import type { Job, JobResult } from './contract.ts';
import { currentStepOf, errorOf, percentageOf, toJobStatus, utc } from './job-words.ts';

const queuedRetrySeconds = 2;
const runningRetrySeconds = 5;

/** What a poller gets. */
export const toJob = (run: Run): z.input<typeof Job> => ({
  job_id: wireId(run.id),
  status: toJobStatus(run.status),
  progress: {
    percentage: percentageOf(run),
    current_step: currentStepOf(run),
    steps_completed: run.step,
    steps_total: hasEnded(run) ? run.step : null,
  },
  ...timesOf(run),
  agent_id: run.agentId,
  run_id: run.id,
  session_id: run.groupId ?? null,
  error: errorOf(run),
  retry_after: retryAfterOf(run),
});

/** What the job came to. */
export async function toResult(
  deps: Pick<RunDeps, 'blobs'>,
  run: Run,
): Promise<z.input<typeof JobResult>> {
  const { inputTokens, outputTokens } = run.usage;
  return {
    job_id: wireId(run.id),
    status: toJobStatus(run.status),
    result: await resultOf(deps, run),
    result_url: null,
    metrics: {
      model: run.model,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
      steps: run.step,
    },
    ...timesOf(run),
    duration_seconds: durationOf(run),
    error: errorOf(run),
  };
}

/** Data where the agent gives any, else its text; `null` without an answer. */
export async function resultOf(deps: Pick<RunDeps, 'blobs'>, run: Run): Promise<unknown> {
  if (run.status !== 'COMPLETED') return null;
  const { content, structured } = await loadValue(deps, run.output, RunOutput);
  return structured ?? content;
}

const startOf = (run: Run) => ('startedAt' in run ? run.startedAt : null);

/** In seconds. */
export function durationOf(run: Run): number | null {
  const startedAt = startOf(run);
  return hasEnded(run) && startedAt !== null ? (run.completedAt - startedAt) / 1000 : null;
}

export const completedAtOf = (run: Run) => (hasEnded(run) ? utc(run.completedAt) : null);

function timesOf(run: Run) {
  const startedAt = startOf(run);
  return {
    created_at: utc(run.createdAt),
    started_at: startedAt === null ? null : utc(startedAt),
    completed_at: completedAtOf(run),
  };
}

function retryAfterOf(run: Run): number | null {
  if (hasEnded(run)) return null;
  return run.status === 'QUEUED' ? queuedRetrySeconds : runningRetrySeconds;
}
