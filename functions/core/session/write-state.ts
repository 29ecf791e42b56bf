import { earlierRequest, type IdempotencyClaim } from '../idempotency/idempotency.ts';
import type { RunDeps } from '../run/deps.ts';
import { type CheckpointRef, hasEnded, type Run } from '../run/run.ts';
import { RunError } from '../run/run-error.ts';
import { dismissPause } from '../run/supersede.ts';
import { TransactionConflict } from '../store/item-store.ts';
import { checkpointKey, type SessionKey } from '../store/keys.ts';
import { writeCheckpoint } from './checkpoints.ts';
import { getSession } from './create-session.ts';
import { keepUntil, moveHead, writeSession } from './session.ts';
import { checkpointNotFound } from './session-error.ts';
import { sessionStanding } from './session-standing.ts';
import type { Message } from './transcript.ts';

export interface WriteStateCommand extends SessionKey {
  /** @default - where the session stands */
  readonly after?: CheckpointRef | undefined;
  readonly messages: readonly Message[];
  /** Whether they are the whole transcript, instead of being said after what was said. */
  readonly restarts: boolean;
  /** In the name of which part of the agent. */
  readonly writtenAs: string;
  readonly idempotency: IdempotencyClaim | undefined;
}

type Deps = Pick<RunDeps, 'store' | 'blobs' | 'clock' | 'log' | 'settings' | 'queue' | 'newId'>;

/** What an earlier request with the same key has written. @throws RunError idempotency_key_reused */
export async function earlierWrite(
  deps: Pick<Deps, 'store' | 'clock' | 'log' | 'settings'>,
  { orgId }: SessionKey,
  idempotency: IdempotencyClaim | undefined,
): Promise<CheckpointRef | undefined> {
  const { runId } = await earlierRequest(deps, orgId, idempotency);
  return runId === undefined ? undefined : { runId, step: 1 };
}

/**
 * Writes into a session what no run has said, and lets it go on from there. A run that waits for a
 * person is cancelled: what it asks has been answered otherwise.
 * @returns the new checkpoint, or that of an earlier request with the same key
 * @throws RunError session_not_found, session_busy, checkpoint_not_found, idempotency_key_reused
 */
export async function writeState(deps: Deps, command: WriteStateCommand): Promise<CheckpointRef> {
  for (;;) {
    const { runId: earlierId, remember } = await earlierRequest(
      deps,
      command.orgId,
      command.idempotency,
    );
    if (earlierId !== undefined) return { runId: earlierId, step: 1 };
    const session = await getSession(deps, command);
    const tip = await rest(deps, command);
    const now = deps.clock.now();
    const written = { runId: deps.newId(), step: 1 };
    const next = { ...session, updatedAt: now };
    const writes = [
      writeSession(session, next, keepUntil(session, now, deps.settings)),
      await writeCheckpoint(deps, command, {
        ...written,
        parent: command.after ?? tip,
        at: now,
        appended: [...command.messages],
        state: {},
        ...(command.restarts ? { restarts: true } : {}),
        writtenAs: command.writtenAs,
      }),
      moveHead(command, written, now),
      ...remember(written.runId),
    ];
    try {
      await deps.store.transact(writes);
      return written;
    } catch (error) {
      if (!(error instanceof TransactionConflict)) throw error;
    }
  }
}

/** Brings the session to rest. @returns where it stands */
async function rest(deps: Deps, command: WriteStateCommand): Promise<CheckpointRef | null> {
  const { live, tip } = await sessionStanding(deps, command);
  const left: Run[] = [];
  for (const run of live) left.push(run.status === 'PAUSED' ? await dismissPause(deps, run) : run);
  const busy = left.find((run) => !hasEnded(run));
  if (busy)
    throw new RunError(
      'session_busy',
      `Session ${command.sessionId} has a run that has not ended: ${busy.id}.`,
      { runId: busy.id, currentStatus: busy.status },
    );
  if (command.after) await checkIsThere(deps, command, command.after);
  return tip;
}

async function checkIsThere({ store }: Deps, key: SessionKey, { runId, step }: CheckpointRef) {
  if ((await store.get(checkpointKey(key, runId, step))) === undefined) throw checkpointNotFound();
}
