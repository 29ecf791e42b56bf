import { deletePartition } from '../store/delete-partition.ts';
import { runPartition } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import type { EndedRun } from './run.ts';
import { keyOf } from './run-repository.ts';

/** Deletes an expired run, its own item last, so that a purge that was cut off is taken up again. */
export async function purgeRun(
  deps: Pick<RunDeps, 'store' | 'blobs'>,
  run: EndedRun,
): Promise<void> {
  await deps.blobs.deleteAll(`${run.orgId}/${run.id}/`);
  // Nothing leads to what it had left in the session, a step that was cut off included.
  if (run.status !== 'COMPLETED')
    await deps.blobs.deleteAll(`${run.orgId}/${run.sessionId}/${run.id}/`);
  await deletePartition(deps.store, runPartition(keyOf(run)), 'META');
}
