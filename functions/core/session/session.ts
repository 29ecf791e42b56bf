import * as z from 'zod';
import { CheckpointRef, RunMetadata } from '../run/run.ts';
import type { Item, ItemStore, Write } from '../store/item-store.ts';
import {
  delayedKey,
  dueIndexKey,
  type SessionKey,
  sessionHeadKey,
  sessionKey,
  sessionPartition,
  sessionsIndexKey,
  turnAndDelayedRange,
  turnKey,
  turnRange,
} from '../store/keys.ts';

/** A conversation: the history that its runs share, and the order in which they run. */
export const Session = z.object({
  id: z.string(),
  orgId: z.string(),
  /** The agent of its newest run; none before the first. */
  agentId: z.string().optional(),
  userId: z.string(),
  createdAt: z.number(),
  /** When it was last submitted to, or changed by its caller. */
  updatedAt: z.number().optional(),
  metadata: RunMetadata.optional(),
  /** How long it is kept unused; it goes with its runs then. @default - the retention of all */
  ttlSeconds: z.number().optional(),
  /** Only its turns are left, which somebody may still hold. */
  deletedAt: z.number().optional(),
  /** The turn that the next submission takes. */
  nextTurn: z.number(),
  version: z.number(),
});
export type Session = z.infer<typeof Session>;

const Head = z.object({ checkpoint: CheckpointRef, movedAt: z.number() });
const Turn = z.object({ runId: z.string() });

export const keyOfSession = ({ orgId, id }: Session): SessionKey => ({ orgId, sessionId: id });

/** The session also where it was deleted, for whoever is to begin it anew. */
export async function findSession(store: ItemStore, key: SessionKey) {
  const item = await store.get(sessionKey(key));
  return item && Session.parse(item.value);
}

/** Writes the session as the next version of `from`. @param due when the sweeper looks at it */
export const writeSession = (from: Session | undefined, to: Session, due: number): Write => ({
  put: toItem({ ...to, version: (from?.version ?? 0) + 1 }, due),
  when: from ? { equals: { version: from.version } } : { absent: true },
});

const toItem = (session: Session, due: number): Item => ({
  ...sessionKey(keyOfSession(session)),
  value: session,
  indexes: {
    due: dueIndexKey(session.id, due),
    ...(session.deletedAt === undefined
      ? { tenant: sessionsIndexKey(keyOfSession(session), session.createdAt) }
      : {}),
  },
});

/** When the sweeper first asks whether a session is still used that was used at `at`. */
export const keepUntil = (
  { ttlSeconds }: Pick<Session, 'ttlSeconds'>,
  at: number,
  settings: { readonly retentionSeconds: number },
) => at + (ttlSeconds ?? settings.retentionSeconds) * 1000;

/** What holds the place of a run in its session; one that is delayed has no turn yet. */
export const holdTurn = (
  key: SessionKey,
  turn: number,
  runId: string,
  delayed: boolean,
): Write => ({
  put: { ...(delayed ? delayedKey(key, runId) : turnKey(key, turn)), value: { runId } },
  when: { absent: true },
});

/** The run whose turn it is: only the lowest live turn of a session may run. */
export async function runInTurn(store: ItemStore, key: SessionKey): Promise<string | undefined> {
  const [lowest] = await store.query({
    pk: sessionPartition(key),
    ...turnRange,
    order: 'ascending',
    limit: 1,
  });
  return lowest && Turn.parse(lowest.value).runId;
}

/** The runs that hold a turn or are to have one, in their order; the delayed ones last. */
export async function runsWithTurns(store: ItemStore, key: SessionKey): Promise<string[]> {
  const items = await store.query({
    pk: sessionPartition(key),
    ...turnAndDelayedRange,
    order: 'ascending',
    limit: Number.MAX_SAFE_INTEGER,
  });
  return items.map(({ value }) => Turn.parse(value).runId);
}

export const releaseTurn = (key: SessionKey, turn: number, runId: string): Write => ({
  delete: turnKey(key, turn),
  when: { equals: { runId } },
});

export const releaseDelayed = (key: SessionKey, runId: string): Write => ({
  delete: delayedKey(key, runId),
  when: { equals: { runId } },
});

/** Where the session stands: the last checkpoint of the last run that completed, or was kept. */
export async function sessionHead(store: ItemStore, key: SessionKey) {
  const item = await store.get(sessionHeadKey(key));
  return item && Head.parse(item.value);
}

export const moveHead = (key: SessionKey, checkpoint: CheckpointRef, movedAt: number): Write => ({
  put: { ...sessionHeadKey(key), value: { checkpoint, movedAt } },
});
