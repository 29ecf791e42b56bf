import type { RunDeps } from '../run/deps.ts';
import {
  type CheckpointRef,
  hasEnded,
  type RunIn,
  type RunMetadata,
  type StartingPoint,
  type Supersedes,
} from '../run/run.ts';
import { RunError } from '../run/run-error.ts';
import { getRuns } from '../run/run-repository.ts';
import type { Write } from '../store/item-store.ts';
import { checkpointKey, type SessionKey } from '../store/keys.ts';
import {
  findSession,
  holdTurn,
  keepUntil,
  runsWithTurns,
  type Session,
  writeSession,
} from './session.ts';
import { checkpointNotFound, sessionNotFound } from './session-error.ts';

type Deps = Pick<RunDeps, 'store' | 'clock' | 'log' | 'settings'>;

/** How a run enters its session. */
export interface SessionEntry {
  /** Whether the session has to be there. @default false */
  readonly mustExist?: boolean | undefined;
  /** Of a session that this run begins. @default - none */
  readonly metadata?: RunMetadata | undefined;
  /** Of a session that this run begins: how long it is kept unused. @default - like all */
  readonly ttlSeconds?: number | undefined;
  /** What becomes of the live runs of the session. @default 'enqueue' */
  readonly whenBusy?: 'enqueue' | 'reject' | 'interrupt' | 'rollback' | undefined;
  /** Whether it takes the place of a run that waits for a person. @default false */
  readonly supersedesPause?: boolean | undefined;
  /** Whether its finished steps stay in the session though it fails or is cancelled. @default false */
  readonly keepsSteps?: boolean | undefined;
  /** @default - where the session stands when its turn has come */
  readonly from?: StartingPoint | undefined;
  /** Not before this time, epoch milliseconds; until then others go before it. @default - at once */
  readonly startAt?: number | undefined;
}

/** Who enters. */
interface Entrant {
  readonly userId: string;
  readonly agentId: string;
  readonly sessionId?: string | undefined;
  readonly entry?: SessionEntry | undefined;
}

/** The part of a new run that its session has decided. */
type EnteredRun = Pick<
  RunIn<'QUEUED'>,
  'turn' | 'keepsSteps' | 'supersedes' | 'from' | 'startAt'
> & {
  readonly writes: Write[];
};

/**
 * Takes the next turn of a session for a run. The writes hold only if nobody else has entered or
 * changed the session meanwhile, so that what is found here is true of the moment in which the run is
 * stored.
 * @throws RunError session_not_found, session_busy, checkpoint_not_found
 */
export async function enterSession(
  deps: Deps,
  command: Entrant,
  key: SessionKey,
  runId: string,
): Promise<EnteredRun> {
  const { entry = {} } = command;
  const known = command.sessionId ? await findSession(deps.store, key) : undefined;
  if (known?.deletedAt !== undefined) throw isBeingDeleted(key, entry);
  if (known === undefined && entry.mustExist) throw sessionNotFound(key.sessionId);
  if (entry.whenBusy === 'reject' && known) await refuseIfBusy(deps, key, entry);
  if (entry.from?.checkpoint) await checkCheckpoint(deps, key, entry.from.checkpoint);
  const now = deps.clock.now();
  const session: Session = {
    ...(known ?? beginSession(command, key, now)),
    agentId: command.agentId,
    updatedAt: now,
    nextTurn: (known?.nextTurn ?? 1) + 1,
  };
  const turn = session.nextTurn - 1;
  const due = keepUntil(session, entry.startAt ?? now, deps.settings);
  const isDelayed = entry.startAt !== undefined;
  return {
    turn,
    ...ofRun(entry),
    writes: [writeSession(known, session, due), holdTurn(key, turn, runId, isDelayed)],
  };
}

const ofRun = (entry: SessionEntry) => {
  const { keepsSteps, from, startAt } = entry;
  const supersedes = supersedesOf(entry);
  return {
    ...(keepsSteps ? { keepsSteps } : {}),
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(from === undefined ? {} : { from }),
    ...(startAt === undefined ? {} : { startAt }),
  };
};

function supersedesOf({ whenBusy, supersedesPause }: SessionEntry): Supersedes | undefined {
  if (whenBusy === 'interrupt' || whenBusy === 'rollback') return whenBusy;
  return supersedesPause ? 'pause' : undefined;
}

const beginSession = (command: Entrant, key: SessionKey, now: number): Session => {
  const { metadata, ttlSeconds } = command.entry ?? {};
  return {
    id: key.sessionId,
    orgId: key.orgId,
    userId: command.userId,
    createdAt: now,
    ...(metadata === undefined ? {} : { metadata }),
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    nextTurn: 1,
    version: 0,
  };
};

/** Its runs may still be at work: nobody begins it anew before they have let go. */
const isBeingDeleted = ({ sessionId }: SessionKey, { mustExist }: SessionEntry) =>
  mustExist
    ? sessionNotFound(sessionId)
    : new RunError('session_busy', `Session ${sessionId} is being deleted.`);

async function refuseIfBusy(deps: Deps, key: SessionKey, { supersedesPause }: SessionEntry) {
  const ids = await runsWithTurns(deps.store, key);
  const runs = await getRuns(
    deps,
    ids.map((runId) => ({ orgId: key.orgId, runId })),
  );
  const busy = runs.find(
    (run) => !hasEnded(run) && !(supersedesPause === true && run.status === 'PAUSED'),
  );
  if (busy === undefined) return;
  const message = `Session ${key.sessionId} has a run that has not ended: ${busy.id}.`;
  throw new RunError('session_busy', message, { runId: busy.id, currentStatus: busy.status });
}

async function checkCheckpoint(
  { store }: Deps,
  key: SessionKey,
  { runId, step }: CheckpointRef,
): Promise<void> {
  if ((await store.get(checkpointKey(key, runId, step))) === undefined) throw checkpointNotFound();
}
