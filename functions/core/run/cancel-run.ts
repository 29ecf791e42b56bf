import type { RunKey } from '../store/keys.ts';
import { closeExecution } from './close-execution.ts';
import type { RunDeps } from './deps.ts';
import { type CancelOptions, cancelled, ringNext } from './finish-run.ts';
import { withQuestion } from './kept-question.ts';
import { hasEnded, type LiveRun, type Run } from './run.ts';
import { changeRun, type RunChange, stateConflict } from './run-repository.ts';

/**
 * Cancels a queued, running or paused run: from here on it writes nothing more. A model or tool
 * call in flight is aborted within about a second.
 * @throws RunError run_not_found, run_state_conflict when it has ended
 */
export async function cancelRun(
  deps: Pick<RunDeps, 'store' | 'blobs' | 'clock' | 'log' | 'settings' | 'workflow' | 'queue'>,
  key: RunKey,
  reason: string,
  options: CancelOptions = {},
): Promise<Run> {
  const run = await changeRun(deps, key, (current) => {
    if (hasEnded(current))
      throw stateConflict(current, `Run ${current.id} is ${current.status} already.`);
    return cancellation(deps, current, reason, options);
  });
  // A segment that still holds the run ends its execution itself.
  if (run.status !== 'CANCELLED' || run.slot !== null) return run;
  await ringNext(deps, run);
  return closeExecution(deps, run);
}

/** What cancels a live run, and keeps of it what is to be kept. */
export async function cancellation(
  deps: Pick<RunDeps, 'store' | 'blobs' | 'clock' | 'settings'>,
  current: LiveRun,
  reason: string,
  options: CancelOptions,
): Promise<RunChange> {
  const keeps = options.keeps ?? current.keepsSteps ?? false;
  const moment = { now: deps.clock.now(), settings: deps.settings };
  const asked = keeps ? await withQuestion(deps, current) : { run: current, writes: [] };
  const change = cancelled(asked.run, reason, moment, { ...options, keeps });
  return { ...change, writes: [...asked.writes, ...(change.writes ?? [])] };
}
