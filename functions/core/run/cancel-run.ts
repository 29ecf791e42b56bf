import type { RunKey } from '../store/keys.ts';
import { closeExecution } from './close-execution.ts';
import type { RunDeps } from './deps.ts';
import { cancelled, ringNext } from './finish-run.ts';
import { hasEnded, type Run } from './run.ts';
import { changeRun, stateConflict } from './run-repository.ts';

/**
 * Cancels a queued, running or paused run: from here on it writes nothing more. A model or tool
 * call in flight is aborted within about a second.
 * @throws RunError run_not_found, run_state_conflict when it has ended
 */
export async function cancelRun(
  deps: Pick<RunDeps, 'store' | 'clock' | 'log' | 'settings' | 'workflow' | 'queue'>,
  key: RunKey,
  reason: string,
): Promise<Run> {
  const run = await changeRun(deps, key, (current) => {
    if (hasEnded(current))
      throw stateConflict(current, `Run ${current.id} is ${current.status} already.`);
    return cancelled(current, reason, { now: deps.clock.now(), settings: deps.settings });
  });
  // A segment that still holds the run ends its execution itself.
  if (run.status !== 'CANCELLED' || run.slot !== null) return run;
  await ringNext(deps, run);
  return closeExecution(deps, run);
}
