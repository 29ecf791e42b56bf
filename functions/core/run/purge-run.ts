import { deleteAllBut } from '../store/delete-all-but.ts';
import { TransactionConflict, type Write } from '../store/item-store.ts';
import { runCheckpointRange, runKey, sessionPartition } from '../store/keys.ts';
import { isTold } from '../webhook/is-told.ts';
import type { RunDeps } from './deps.ts';
import { tallyWrites } from './keep-tally.ts';
import type { EndedRun } from './run.ts';
import { keyOf } from './run-repository.ts';

type Deps = Pick<RunDeps, 'store' | 'blobs' | 'clock' | 'settings'>;

const writesPerTransaction = 100;
const maxAttempts = 50;
const longestPauseMs = 200;

/**
 * Deletes an expired run, its own item last, so that a purge that was cut off is taken up again. One
 * of which something has still to be told, and counted, is left to the next sweep.
 */
export async function purgeRun(deps: Deps, run: EndedRun): Promise<void> {
  const { store, blobs } = deps;
  if (!(await isTold(store, keyOf(run)))) return;
  await blobs.deleteAll(`${run.orgId}/${run.id}/`);
  if (!leavesSteps(run)) await purgeSteps(deps, run);
  await deleteAllBut(store, runKey(keyOf(run)));
  await deleteItself(deps, run);
}

/** Whoever deletes the run, and nobody else, counts it off. */
async function deleteItself({ store, clock, settings }: Deps, run: EndedRun): Promise<void> {
  const { orgId, id, groupId, status: from } = run;
  const change = { orgId, groupId, from, to: null, token: `${id}#deleted` };
  const itself: Write = { delete: runKey(keyOf(run)), when: { equals: {} } };
  for (let attempt = 1; ; attempt += 1) {
    const counted = settings.countsRuns ? await tallyWrites(store, [change]) : [];
    try {
      return await store.transact([itself, ...counted]);
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
      if (error.failed.includes(0)) return;
      await clock.sleep(Math.random() * Math.min(longestPauseMs, 5 * 2 ** attempt));
    }
  }
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
