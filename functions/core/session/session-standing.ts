import type { RunDeps } from '../run/deps.ts';
import { type CheckpointRef, hasEnded, isDeleted, lastCheckpoint, type Run } from '../run/run.ts';
import { getRuns } from '../run/run-repository.ts';
import type { SessionKey } from '../store/keys.ts';
import { sessionIndexKey } from '../store/keys.ts';
import { runsWithTurns, sessionHead } from './session.ts';

export const sessionStatuses = ['idle', 'busy', 'interrupted', 'error'] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

/** Where a session stands: what its runs make of it, read from them. */
export interface SessionStanding {
  /**
   * `busy` while a run is to work; `interrupted` while one waits for a person, or when the last was
   * cancelled at its work; `error` when the last one failed.
   */
  readonly status: SessionStatus;
  /** Live runs, the one that is in turn first. */
  readonly live: readonly Run[];
  /** Of the ended ones the last. */
  readonly last: Run | undefined;
  /** The newest checkpoint: of the run in turn, once it has one, else of the session. */
  readonly tip: CheckpointRef | null;
  /** When the session's own checkpoint was reached. */
  readonly movedAt: number | undefined;
}

type Deps = Pick<RunDeps, 'store' | 'clock' | 'log'>;

/** Of ended runs that are to be seen no more some may lie before the last. */
const lookBack = 10;

export async function sessionStanding(deps: Deps, key: SessionKey): Promise<SessionStanding> {
  const [ids, newest, head] = await Promise.all([
    runsWithTurns(deps.store, key),
    newestRuns(deps, key),
    sessionHead(deps.store, key),
  ]);
  const held = await getRuns(
    deps,
    ids.map((runId) => ({ orgId: key.orgId, runId })),
  );
  const live = held.filter((run) => !hasEnded(run));
  const last = newest.find((run) => hasEnded(run) && !isDeleted(run));
  const [first] = live;
  const works = first !== undefined && first.status !== 'QUEUED';
  return {
    status: first ? statusOfLive(first) : statusAfter(last, head),
    live,
    last,
    tip: (works ? lastCheckpoint(first) : head?.checkpoint) ?? null,
    movedAt: head?.movedAt,
  };
}

async function newestRuns(deps: Deps, key: SessionKey): Promise<Run[]> {
  const items = await deps.store.query({
    index: 'session',
    pk: sessionIndexKey(key, 0).pk,
    order: 'descending',
    limit: lookBack,
  });
  return getRuns(
    deps,
    items.map(({ value }) => ({ orgId: key.orgId, runId: `${value['id']}` })),
  );
}

const statusOfLive = (run: Run): SessionStatus =>
  run.status === 'PAUSED' ? 'interrupted' : 'busy';

/** @param head a session that was changed after its last run has that behind it */
function statusAfter(
  last: Run | undefined,
  head: { readonly checkpoint: CheckpointRef; readonly movedAt: number } | undefined,
): SessionStatus {
  if (last === undefined || !hasEnded(last)) return 'idle';
  if (head && head.checkpoint.runId !== last.id && head.movedAt >= last.completedAt) return 'idle';
  if (last.status === 'FAILED') return 'error';
  return last.status === 'CANCELLED' && last.startedAt !== null ? 'interrupted' : 'idle';
}
