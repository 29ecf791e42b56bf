import * as z from 'zod';
import { CheckpointRef } from '../run/run.ts';
import type { ItemStore, Write } from '../store/item-store.ts';
import {
  dueIndexKey,
  type SessionKey,
  sessionHeadKey,
  sessionKey,
  sessionPartition,
  turnKey,
  turnRange,
} from '../store/keys.ts';

/** A conversation: the history that its runs share, and the order in which they run. */
export const Session = z.object({
  id: z.string(),
  orgId: z.string(),
  agentId: z.string(),
  userId: z.string(),
  createdAt: z.number(),
  /** The turn that the next submission takes. */
  nextTurn: z.number(),
  version: z.number(),
});
export type Session = z.infer<typeof Session>;

const Head = z.object({ checkpoint: CheckpointRef, movedAt: z.number() });
const Turn = z.object({ runId: z.string() });

export async function findSession(store: ItemStore, key: SessionKey) {
  const item = await store.get(sessionKey(key));
  return item && Session.parse(item.value);
}

/**
 * Takes the next turn for a run.
 * @param retainUntil when the sweeper first asks whether the session is still used
 */
export function takeTurn(
  known: Session | undefined,
  fresh: Omit<Session, 'nextTurn' | 'version'>,
  runId: string,
  retainUntil: number,
): { turn: number; writes: Write[] } {
  const turn = known?.nextTurn ?? 1;
  const session: Session = {
    ...(known ?? fresh),
    nextTurn: turn + 1,
    version: (known?.version ?? 0) + 1,
  };
  const key = { orgId: session.orgId, sessionId: session.id };
  return {
    turn,
    writes: [
      {
        put: {
          ...sessionKey(key),
          value: session,
          indexes: { due: dueIndexKey(session.id, retainUntil) },
        },
        when: known ? { equals: { version: known.version } } : { absent: true },
      },
      { put: { ...turnKey(key, turn), value: { runId } }, when: { absent: true } },
    ],
  };
}

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

export const releaseTurn = (key: SessionKey, turn: number, runId: string): Write => ({
  delete: turnKey(key, turn),
  when: { equals: { runId } },
});

/** Where the session stands: the last checkpoint of the last run that completed. */
export async function sessionHead(store: ItemStore, key: SessionKey) {
  const item = await store.get(sessionHeadKey(key));
  return item && Head.parse(item.value);
}

export const moveHead = (key: SessionKey, checkpoint: CheckpointRef, movedAt: number): Write => ({
  put: { ...sessionHeadKey(key), value: { checkpoint, movedAt } },
});
