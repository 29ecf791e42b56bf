import { decideExpired } from '../approval/decide-approval.ts';
import type { RunDeps } from './deps.ts';
import { failed, ringNext } from './finish-run.ts';
import { hasEnded, type Run, type RunFailure } from './run.ts';
import { changeRun, findRun } from './run-repository.ts';
import type { RunExecution } from './run-workflow.ts';

export interface FinalOutcome {
  readonly next: 'ENDED' | 'FAILED';
  readonly error?: RunFailure;
}

/**
 * The workflow has nothing more to do for the run: makes it FAILED if it has not ended by then.
 * @param cause what the workflow itself saw
 */
export async function finalizeRun(
  deps: Pick<RunDeps, 'store' | 'clock' | 'log' | 'settings' | 'queue'>,
  execution: RunExecution,
  cause: string,
): Promise<FinalOutcome> {
  const known = await findRun(deps, execution);
  // Expired and deleted: it had ended long ago.
  if (known === undefined) return { next: 'ENDED' };
  const decide = (current: Run) => {
    if (hasEnded(current) || current.epoch !== execution.epoch) return undefined;
    const error: RunFailure = { code: 'infrastructure', message: cause };
    return failed(current, error, false, { now: deps.clock.now(), settings: deps.settings });
  };
  const run = await changeRun(deps, execution, decide, known);
  if (hasEnded(run)) await ringNext(deps, run);
  return run.status === 'FAILED' ? { next: 'FAILED', error: run.error } : { next: 'ENDED' };
}

/** The workflow's own wait is over, the longest that a pause may last. */
export async function expirePause(
  deps: Pick<RunDeps, 'store' | 'clock' | 'log' | 'settings' | 'queue'>,
  execution: RunExecution,
): Promise<{ readonly next: 'DECIDED' | 'ENDED' }> {
  const run = await decideExpired(deps, execution);
  if (hasEnded(run)) await ringNext(deps, run);
  return { next: run.status === 'RUNNING' ? 'DECIDED' : 'ENDED' };
}
