import type { RunKey } from '../store/keys.ts';
import { cancellation } from './cancel-run.ts';
import { closeExecution } from './close-execution.ts';
import type { RunDeps } from './deps.ts';
import { gone, ringNext } from './finish-run.ts';
import { hasEnded, isDeleted, type Run } from './run.ts';
import { runNotFound } from './run-error.ts';
import { changeRun, getRun, type RunChange } from './run-repository.ts';

type Deps = Pick<RunDeps, 'store' | 'blobs' | 'clock' | 'log' | 'settings' | 'workflow' | 'queue'>;

/**
 * Has a run be gone: cancelled if it lives, as if it had never been there; of one that has ended its
 * session keeps what it has said.
 * @param steps whether what it left in its session goes with it in any case
 * @throws RunError run_not_found
 */
export async function deleteRun(deps: Deps, key: RunKey, steps = false): Promise<Run> {
  const known = await getRun(deps, key);
  if (isDeleted(known)) throw runNotFound(key.runId);
  const run = await changeRun(deps, key, (current) => deletion(deps, current, steps), known);
  if (run.status === 'CANCELLED' && run.slot !== null) return run;
  await ringNext(deps, run);
  return closeExecution(deps, run);
}

async function deletion(deps: Deps, run: Run, steps: boolean): Promise<RunChange | undefined> {
  if (!hasEnded(run)) return cancellation(deps, run, 'deleted', { keeps: false, deletes: true });
  if (isDeleted(run)) return undefined;
  const deleted = steps ? 'with-steps' : 'alone';
  return { run: { ...run, ...gone(deps.clock.now(), deleted) } };
}
