import { wireId } from '#api/wire-id.ts';
import type { RunDeps } from '#core/run/deps.ts';
import type { Run } from '#core/run/run.ts';
import { errorOf, toJobStatus } from './job-words.ts';
import { completedAtOf, durationOf, resultOf } from './views.ts';

/** What a job's webhook is told at its end. */
export const praisonaiWebhook = async (deps: Pick<RunDeps, 'blobs'>, run: Run) => ({
  job_id: wireId(run.id),
  status: toJobStatus(run.status),
  result: await resultOf(deps, run),
  error: errorOf(run),
  completed_at: completedAtOf(run),
  duration_seconds: durationOf(run),
});
