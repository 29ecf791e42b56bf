import { deletePartition } from '../store/delete-partition.ts';
import type { Write } from '../store/item-store.ts';
import { runCheckpointRange, runPartition, sessionPartition } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import type { EndedRun } from './run.ts';
import { keyOf } from './run-repository.ts';

const writesPerTransaction = 100;

/** Deletes an expired run, its own item last, so that a purge that was cut off is taken up again. */
export async function purgeRun(
  deps: Pick<RunDeps, 'store' | 'blobs'>,
  run: EndedRun,
): Promise<void> {
  await deps.blobs.deleteAll(`${run.orgId}/${run.id}/`);
  if (!leavesSteps(run)) await purgeSteps(deps, run);
  await deletePartition(deps.store, runPartition(keyOf(run)), 'META');
}

/** Whether its session goes on from what it has done. */
const leavesSteps = (run: EndedRun) =>
  run.deleted !== 'with-steps' && (run.status === 'COMPLETED' || run.kept === true);

/** Nothing leads to what it had left in the session, a step that was cut off included. */
async function purgeSteps({ store, blobs }: Pick<RunDeps, 'store' | 'blobs'>, run: EndedRun) {
  const keys = await store.queryKeys({
    pk: sessionPartition(run),
    ...runCheckpointRange(run.id),
    order: 'ascending',
    limit: Number.MAX_SAFE_INTEGER,
  });
  await blobs.deleteAll(`${run.orgId}/${run.sessionId}/${run.id}/`);
  const writes = keys.map((key): Write => ({ delete: key }));
  for (let i = 0; i < writes.length; i += writesPerTransaction)
    await store.transact(writes.slice(i, i + writesPerTransaction));
}
