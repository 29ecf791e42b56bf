import type { RunKey } from '../store/keys.ts';
import { cancellation } from './cancel-run.ts';
import { closeExecution } from './close-execution.ts';
import type { RunDeps } from './deps.ts';
import { gone, ringNext } from './finish-run.ts';
import { hasEnded, isDeleted, type Run } from './run.ts';
import { runNotFound } from './run-error.ts';
import { changeRun, getRun, type RunChange } from './run-repository.ts';

export type DeleteDeps = Pick<
  RunDeps,
  'store' | 'blobs' | 'clock' | 'log' | 'settings' | 'workflow' | 'queue'
>;

export interface DeleteOptions {
  /** Whether what it left in its session goes with it in any case. @default false */
  readonly steps?: boolean;
  /**
   * Whether an ended run is gone for whoever works for it, too. @default - they have time to notice,
   * or to tell of it
   */
  readonly atOnce?: boolean;
}

/**
 * Has a run be gone: cancelled if it lives, as if it had never been there; of one that has ended its
 * session keeps what it has said.
 * @throws RunError run_not_found
 */
export async function deleteRun(
  deps: DeleteDeps,
  key: RunKey,
  options: DeleteOptions = {},
): Promise<Run> {
  const known = await getRun(deps, key);
  if (isDeleted(known)) throw runNotFound(key.runId);
  const run = await changeRun(deps, key, (current) => deletion(deps, current, options), known);
  if (run.status === 'CANCELLED' && run.slot !== null) return run;
  await ringNext(deps, run);
  return closeExecution(deps, run);
}

async function deletion(
  deps: DeleteDeps,
  run: Run,
  { steps = false, atOnce = false }: DeleteOptions,
): Promise<RunChange | undefined> {
  if (!hasEnded(run)) return cancellation(deps, run, 'deleted', { keeps: false, deletes: true });
  if (isDeleted(run)) return undefined;
  const now = deps.clock.now();
  const hidden = gone(now, steps ? 'with-steps' : 'alone');
  return { run: { ...run, ...hidden, ...(atOnce ? { expiresAt: now } : {}) } };
}
