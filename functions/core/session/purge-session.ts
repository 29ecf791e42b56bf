import type { RunDeps } from '../run/deps.ts';
import { type Item, TransactionConflict, type Write } from '../store/item-store.ts';
import {
  checkpointRange,
  dueIndexKey,
  runOfCheckpoint,
  type SessionKey,
  sessionHeadKey,
  sessionKey,
  sessionPartition,
} from '../store/keys.ts';
import { findSession, runInTurn, Session, sessionHead } from './session.ts';

const writesPerTransaction = 100;

/**
 * Deletes a session that has not been used for the retention time; asks again later about one that
 * has. A submission at the same moment goes on with an empty session.
 */
export async function purgeSession(
  deps: Pick<RunDeps, 'store' | 'blobs' | 'clock' | 'settings'>,
  item: Item,
): Promise<void> {
  const session = Session.parse(item.value);
  const key = { orgId: session.orgId, sessionId: session.id };
  const now = deps.clock.now();
  const retention = deps.settings.retentionSeconds * 1000;
  const [live, head] = await Promise.all([
    runInTurn(deps.store, key),
    sessionHead(deps.store, key),
  ]);
  const keepUntil =
    live === undefined ? (head?.movedAt ?? session.createdAt) + retention : now + retention;
  try {
    if (keepUntil > now) await deps.store.transact([touch(session, keepUntil)]);
    else await purge(deps, session, now);
  } catch (error) {
    if (!(error instanceof TransactionConflict)) throw error;
  }
}

/**
 * Deletes a session at once in which there was never a run but this ended one. A submission at the same
 * moment keeps it.
 */
export async function purgeUnsharedSession(
  deps: Pick<RunDeps, 'store' | 'blobs' | 'clock'>,
  run: SessionKey,
): Promise<void> {
  const session = await findSession(deps.store, run);
  if (session === undefined || session.nextTurn !== 2) return;
  try {
    await purge(deps, session, deps.clock.now());
  } catch (error) {
    if (!(error instanceof TransactionConflict)) throw error;
  }
}

/** The session's own item goes last, so that a purge that was cut off is taken up again. */
async function purge(
  { store, blobs }: Pick<RunDeps, 'store' | 'blobs'>,
  session: Session,
  now: number,
): Promise<void> {
  const key = { orgId: session.orgId, sessionId: session.id };
  const keys = await store.queryKeys({
    pk: sessionPartition(key),
    ...checkpointRange,
    order: 'ascending',
    limit: Number.MAX_SAFE_INTEGER,
  });
  // From here on whoever submits begins anew: nothing leads to what was listed.
  await store.transact([touch(session, now), { delete: sessionHeadKey(key) }]);
  for (const runId of new Set(keys.map(runOfCheckpoint)))
    await blobs.deleteAll(`${session.orgId}/${session.id}/${runId}/`);
  for (let i = 0; i < keys.length; i += writesPerTransaction)
    await store.transact(keys.slice(i, i + writesPerTransaction).map((one) => ({ delete: one })));
  await store.transact([
    { delete: sessionKey(key), when: { equals: { version: session.version + 1 } } },
  ]);
}

/** Nobody else has used the session since it was read. */
const touch = (session: Session, due: number): Write => ({
  put: {
    ...sessionKey({ orgId: session.orgId, sessionId: session.id }),
    value: { ...session, version: session.version + 1 },
    indexes: { due: dueIndexKey(session.id, due) },
  },
  when: { equals: { version: session.version } },
});
