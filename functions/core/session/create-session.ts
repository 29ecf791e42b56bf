import { earlierRequest, type IdempotencyClaim } from '../idempotency/idempotency.ts';
import { checkMetadata } from '../run/check-request.ts';
import type { RunDeps } from '../run/deps.ts';
import type { RunMetadata } from '../run/run.ts';
import { invalidInput, RunError } from '../run/run-error.ts';
import { TransactionConflict, type Write } from '../store/item-store.ts';
import type { SessionKey } from '../store/keys.ts';
import { findSession, keepUntil, type Session, writeSession } from './session.ts';
import { sessionExists, sessionNotFound } from './session-error.ts';

export interface CreateSessionCommand {
  readonly orgId: string;
  readonly userId: string;
  /** @default - a new one */
  readonly sessionId?: string | undefined;
  /** At most 8 KB of JSON. */
  readonly metadata: RunMetadata;
  /** @default - like all */
  readonly ttlSeconds?: number | undefined;
  /** What to do where there is one of that id. */
  readonly ifExists: 'refuse' | 'keep';
  readonly idempotency: IdempotencyClaim | undefined;
  /** Written with it. @default - nothing: it begins empty */
  content?(key: SessionKey): Promise<Write[]>;
}

export interface CreatedSession {
  readonly session: Session;
  /** An earlier request with the same idempotency key made it. */
  readonly replayed: boolean;
}

type Deps = Pick<RunDeps, 'store' | 'clock' | 'log' | 'settings' | 'newId'>;

/** @throws RunError session_exists, session_busy, invalid_input, idempotency_key_reused */
export async function createSession(
  deps: Deps,
  command: CreateSessionCommand,
): Promise<CreatedSession> {
  refuseLargeMetadata(command.metadata);
  const key = { orgId: command.orgId, sessionId: command.sessionId ?? deps.newId() };
  for (;;) {
    const earlier = await earlierRequest(deps, command.orgId, command.idempotency);
    if (earlier.runId !== undefined)
      return {
        session: await getSession(deps, { ...key, sessionId: earlier.runId }),
        replayed: true,
      };
    const known = await findSession(deps.store, key);
    if (known) return { session: existing(known, command), replayed: false };
    const session = fresh(command, key, deps.clock.now());
    const due = keepUntil(session, session.createdAt, deps.settings);
    const content = (await command.content?.(key)) ?? [];
    try {
      await deps.store.transact([
        writeSession(undefined, session, due),
        ...content,
        ...earlier.remember(session.id),
      ]);
      return { session: { ...session, version: 1 }, replayed: false };
    } catch (error) {
      if (!(error instanceof TransactionConflict)) throw error;
    }
  }
}

/** @throws RunError session_not_found */
export async function getSession(deps: Pick<Deps, 'store'>, key: SessionKey): Promise<Session> {
  const session = await findSession(deps.store, key);
  if (session === undefined || session.deletedAt !== undefined)
    throw sessionNotFound(key.sessionId);
  return session;
}

export interface SessionUpdate {
  /** Keys to set; the others stay. */
  readonly metadata?: RunMetadata | undefined;
  readonly ttlSeconds?: number | undefined;
}

/** @throws RunError session_not_found, invalid_input */
export async function updateSession(
  deps: Deps,
  key: SessionKey,
  { metadata, ttlSeconds }: SessionUpdate,
): Promise<Session> {
  for (;;) {
    const session = await getSession(deps, key);
    const now = deps.clock.now();
    const next: Session = {
      ...session,
      updatedAt: now,
      ...(metadata === undefined ? {} : { metadata: { ...session.metadata, ...metadata } }),
      ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    };
    refuseLargeMetadata(next.metadata);
    try {
      await deps.store.transact([writeSession(session, next, keepUntil(next, now, deps.settings))]);
      return { ...next, version: session.version + 1 };
    } catch (error) {
      if (!(error instanceof TransactionConflict)) throw error;
    }
  }
}

function existing(known: Session, { ifExists }: CreateSessionCommand): Session {
  if (known.deletedAt !== undefined)
    throw new RunError('session_busy', `Session ${known.id} is being deleted.`);
  if (ifExists === 'refuse') throw sessionExists(known.id);
  return known;
}

const fresh = (command: CreateSessionCommand, key: SessionKey, now: number): Session => ({
  id: key.sessionId,
  orgId: key.orgId,
  userId: command.userId,
  createdAt: now,
  updatedAt: now,
  metadata: command.metadata,
  ...(command.ttlSeconds === undefined ? {} : { ttlSeconds: command.ttlSeconds }),
  nextTurn: 1,
  version: 0,
});

function refuseLargeMetadata(metadata: RunMetadata | undefined): void {
  const refused = checkMetadata(metadata);
  if (refused.length > 0) throw invalidInput(refused);
}
