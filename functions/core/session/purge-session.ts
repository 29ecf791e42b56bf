import type { RunDeps } from '../run/deps.ts';
import { type Item, TransactionConflict } from '../store/item-store.ts';
import { dueIndexKey, sessionHeadKey, sessionKey, sessionPartition } from '../store/keys.ts';
import { runInTurn, Session, sessionHead } from './session.ts';

const writesPerTransaction = 100;

/**
 * Deletes a session that has not been used for the retention time; asks again later about one that
 * has. A submission at the same moment wins, or begins the session anew.
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
  const unchanged = { equals: { version: session.version } };
  try {
    if (keepUntil > now) {
      const due = dueIndexKey(session.id, keepUntil);
      await deps.store.transact([
        { put: { ...sessionKey(key), value: session, indexes: { due } }, when: unchanged },
      ]);
      return;
    }
    const left = await deps.store.queryKeys({
      pk: sessionPartition(key),
      order: 'ascending',
      limit: Number.MAX_SAFE_INTEGER,
    });
    await deps.store.transact([
      { delete: sessionKey(key), when: unchanged },
      { delete: sessionHeadKey(key) },
    ]);
    // Nothing names these any more; a session begun anew makes others.
    const checkpoints = left.filter(({ sk }) => sk.startsWith('CKPT#'));
    for (let i = 0; i < checkpoints.length; i += writesPerTransaction)
      await deps.store.transact(
        checkpoints.slice(i, i + writesPerTransaction).map((one) => ({ delete: one })),
      );
    await deps.blobs.deleteAll(`${session.orgId}/${session.id}/`);
  } catch (error) {
    if (!(error instanceof TransactionConflict)) throw error;
  }
}
