import { type DeleteDeps, deleteRun } from '../run/delete-run.ts';
import type { RunDeps } from '../run/deps.ts';
import { RunError } from '../run/run-error.ts';
import { type Item, type ItemStore, TransactionConflict } from '../store/item-store.ts';
import {
  checkpointRange,
  legRange,
  runOfCheckpoint,
  type SessionKey,
  sessionHeadKey,
  sessionIndexKey,
  sessionKey,
  sessionPartition,
} from '../store/keys.ts';
import { isTold } from '../webhook/is-told.ts';
import {
  findSession,
  keepUntil,
  keyOfSession,
  runsWithTurns,
  Session,
  sessionHead,
  writeSession,
} from './session.ts';
import { sessionNotFound } from './session-error.ts';

const writesPerTransaction = 100;
const all = { order: 'ascending', limit: Number.MAX_SAFE_INTEGER } as const;

/**
 * Deletes a session with its runs, the live ones too, which are cancelled. What a run at work still
 * holds goes when it has let go, by the sweeper; nobody sees the session from here on.
 * @throws RunError session_not_found
 */
export async function deleteSession(deps: DeleteDeps, key: SessionKey): Promise<void> {
  for (;;) {
    const session = await findSession(deps.store, key);
    if (session === undefined || session.deletedAt !== undefined)
      throw sessionNotFound(key.sessionId);
    try {
      const hidden = await hide(deps, session);
      await deleteHidden(deps, hidden);
      return;
    } catch (error) {
      if (!(error instanceof TransactionConflict)) throw error;
    }
  }
}

/**
 * The sweeper's look at a session: finishes a deletion, or deletes one that has not been used for the
 * time that it is kept; asks again later about one that has. A submission at the same moment goes on
 * with an empty session.
 */
export async function purgeSession(deps: DeleteDeps, item: Item): Promise<void> {
  const session = Session.parse(item.value);
  const now = deps.clock.now();
  try {
    if (session.deletedAt !== undefined) return await deleteHidden(deps, session);
    const due = await usedUntil(deps, session, now);
    if (due > now) await deps.store.transact([writeSession(session, session, due)]);
    else if (session.ttlSeconds === undefined) await purge(deps, session, now);
    else await deleteHidden(deps, await hide(deps, session));
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

async function usedUntil({ store, settings }: DeleteDeps, session: Session, now: number) {
  const key = keyOfSession(session);
  const [live, head] = await Promise.all([runsWithTurns(store, key), sessionHead(store, key)]);
  if (live.length > 0) return keepUntil(session, now, settings);
  const { createdAt, updatedAt = createdAt } = session;
  const used = session.ttlSeconds === undefined ? createdAt : updatedAt;
  return keepUntil(session, Math.max(head?.movedAt ?? createdAt, used), settings);
}

async function hide({ store, clock, settings }: DeleteDeps, session: Session): Promise<Session> {
  const now = clock.now();
  const hidden = { ...session, deletedAt: now };
  await store.transact([writeSession(session, hidden, now + settings.leaseSeconds * 1000)]);
  return { ...hidden, version: session.version + 1 };
}

/** Takes the runs away, and the rest as soon as no run at work needs it, and nobody who is told of one. */
async function deleteHidden(deps: DeleteDeps, session: Session): Promise<void> {
  const key = keyOfSession(session);
  const runs = await runsOf(deps.store, key);
  for (const runId of runs) {
    try {
      await deleteRun(deps, { orgId: key.orgId, runId }, { steps: true });
    } catch (error) {
      if (!(error instanceof RunError) || error.code !== 'run_not_found') throw error;
    }
  }
  const held = await runsWithTurns(deps.store, key);
  const now = deps.clock.now();
  if (held.length === 0 && (await areTold(deps.store, key.orgId, runs)))
    return purge(deps, session, now);
  const due = now + deps.settings.leaseSeconds * 1000;
  await deps.store.transact([writeSession(session, session, due)]);
}

async function areTold(store: ItemStore, orgId: string, runs: Iterable<string>): Promise<boolean> {
  for (const runId of runs) if (!(await isTold(store, { orgId, runId }))) return false;
  return true;
}

/** The index may not have the newest yet; those have turns. */
async function runsOf(store: ItemStore, key: SessionKey): Promise<Set<string>> {
  const [indexed, withTurns] = await Promise.all([
    store.query({ index: 'session', pk: sessionIndexKey(key, 0).pk, ...all }),
    runsWithTurns(store, key),
  ]);
  return new Set([...indexed.map(({ value }) => `${value['id']}`), ...withTurns]);
}

/** The session's own item goes last, so that a purge that was cut off is taken up again. */
async function purge(
  { store, blobs }: Pick<RunDeps, 'store' | 'blobs'>,
  session: Session,
  now: number,
): Promise<void> {
  const key = keyOfSession(session);
  const pk = sessionPartition(key);
  const [checkpoints, legs] = await Promise.all([
    store.queryKeys({ pk, ...checkpointRange, ...all }),
    store.queryKeys({ pk, ...legRange, ...all }),
  ]);
  // From here on whoever submits begins anew: nothing leads to what was listed.
  await store.transact([writeSession(session, session, now), { delete: sessionHeadKey(key) }]);
  for (const runId of new Set(checkpoints.map(runOfCheckpoint)))
    await blobs.deleteAll(`${session.orgId}/${session.id}/${runId}/`);
  const keys = [...checkpoints, ...legs];
  for (let i = 0; i < keys.length; i += writesPerTransaction)
    await store.transact(keys.slice(i, i + writesPerTransaction).map((one) => ({ delete: one })));
  await store.transact([
    { delete: sessionKey(key), when: { equals: { version: session.version + 1 } } },
  ]);
}
