import { runsWithTurns } from '../session/session.ts';
import { cancellation } from './cancel-run.ts';
import type { RunDeps } from './deps.ts';
import { ringNext } from './finish-run.ts';
import { hasEnded, type LiveRun, type Run } from './run.ts';
import { changeRun, getRuns, keyOf } from './run-repository.ts';

type Deps = Pick<RunDeps, 'store' | 'blobs' | 'clock' | 'log' | 'settings' | 'queue'>;

/**
 * Cancels what a run was submitted instead of. That it supersedes was stored with it: whoever finds
 * it waiting for its turn does this again, so nothing depends on who did it first. An execution that
 * is left open by it is the sweeper's.
 */
export async function supersedeEarlier(deps: Deps, run: Run): Promise<void> {
  const { supersedes } = run;
  if (supersedes === undefined || run.status !== 'QUEUED' || run.startAt !== undefined) return;
  const ids = await runsWithTurns(deps.store, run);
  const keys = ids.map((runId) => ({ orgId: run.orgId, runId }));
  for (const other of await getRuns(deps, keys)) {
    if (other.turn >= run.turn || hasEnded(other)) continue;
    const ended = await changeRun(
      deps,
      keyOf(other),
      (current) => {
        if (hasEnded(current)) return undefined;
        if (supersedes === 'pause') return dismissal(deps, current);
        return supersede(deps, current, supersedes === 'rollback');
      },
      other,
    );
    if (hasEnded(ended)) await ringNext(deps, ended);
  }
}

/**
 * Cancels a run that waits for a person, and keeps what it has done; one that was decided meanwhile
 * goes on.
 * @returns the run as it is now
 */
export async function dismissPause(deps: Deps, run: Run): Promise<Run> {
  const left = await changeRun(deps, keyOf(run), (current) => dismissal(deps, current), run);
  if (hasEnded(left)) await ringNext(deps, left);
  return left;
}

const dismissal = (deps: Deps, current: Run) =>
  current.status === 'PAUSED' ? supersede(deps, current, false) : undefined;

const supersede = (deps: Deps, run: LiveRun, undo: boolean) =>
  cancellation(deps, run, 'superseded', undo ? { keeps: false, deletes: true } : { keeps: true });
