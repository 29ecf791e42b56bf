import { purgeUnsharedSession } from '../session/purge-session.ts';
import { outboxRange, type RunKey, runPartition } from '../store/keys.ts';
import { type DeleteDeps, deleteRun } from './delete-run.ts';
import { isHeld } from './finish-run.ts';
import { purgeRun } from './purge-run.ts';
import { type EndedRun, hasEnded } from './run.ts';
import { RunError } from './run-error.ts';
import { getRun, keyOf, stateConflict } from './run-repository.ts';

/** A segment notices within about a second that its run was cancelled, and the bell rings at once. */
const patienceMs = 5_000;
const lookEveryMs = 100;

/**
 * Deletes an ended run now instead of when its time is over: it is gone for every reader from the
 * first write on, and what a crash leaves of it the sweeper takes. A session in which nothing else
 * was ever said goes with it.
 * @throws RunError run_not_found; run_state_conflict while it lives, or somebody still works for it
 */
export async function deleteEndedRun(deps: DeleteDeps, key: RunKey): Promise<void> {
  const run = await settled(deps, key);
  await deleteRun(deps, key, { atOnce: true });
  await purgeUnsharedSession(deps, run);
  await purgeRun(deps, run);
}

/** Waits for those who still have to let go of the run, or to tell of it. */
async function settled(deps: DeleteDeps, key: RunKey): Promise<EndedRun> {
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const run = await getRun(deps, key);
    if (!hasEnded(run))
      throw stateConflict(
        run,
        `Run ${run.id} is ${run.status}: only what has ended can be deleted.`,
      );
    if (!isHeld(run) && (await isTold(deps, run))) return run;
    if (waitedMs >= patienceMs)
      throw new RunError(
        'run_state_conflict',
        `Run ${run.id} has ended, but is not let go of yet. Try again.`,
        { runId: run.id },
      );
    await deps.clock.sleep(lookEveryMs);
  }
}

async function isTold({ store }: DeleteDeps, run: EndedRun): Promise<boolean> {
  const pk = runPartition(keyOf(run));
  const rows = await store.queryKeys({ pk, ...outboxRange, order: 'ascending', limit: 1 });
  return rows.length === 0;
}
