import { runEnded } from '../lifecycle.ts';
import type { RunDeps } from '../run/deps.ts';
import { hasEnded } from '../run/run.ts';
import { findRun } from '../run/run-repository.ts';
import { TransactionConflict } from '../store/item-store.ts';
import type { RunKey } from '../store/keys.ts';
import {
  findPause,
  isOver,
  type Pause,
  parseApprovalId,
  replacePause,
  toldOf,
} from './approval.ts';

const maxAttempts = 20;

/**
 * Keeps the token of the workflow's wait, the newest one where the wait was entered again. A
 * decision that came first is sent at once; the wait of a run that has ended is failed.
 */
export async function registerPause(
  deps: Pick<RunDeps, 'store' | 'clock' | 'log' | 'workflow'>,
  wait: RunKey & { readonly approvalId: string; readonly taskToken: string },
): Promise<void> {
  const id = parseApprovalId(wait.approvalId);
  const run = await findRun(deps, wait);
  if (id === undefined || run === undefined || hasEnded(run)) {
    await deps.workflow.failWait(wait.taskToken, runEnded);
    return;
  }
  const pause = await keepToken(deps, wait, id.pause, wait.taskToken);
  if (isOver(pause)) await deps.workflow.resume(wait.taskToken, toldOf(pause));
}

async function keepToken(
  deps: Pick<RunDeps, 'store'>,
  run: RunKey,
  number: number,
  taskToken: string,
): Promise<Pause> {
  for (let attempt = 1; ; attempt += 1) {
    const pause = await findPause(deps.store, run, number);
    if (pause === undefined) throw new Error(`Run ${run.runId} has no pause ${number}`);
    try {
      await deps.store.transact([replacePause(run, number, pause, { ...pause, taskToken })]);
      return pause;
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
    }
  }
}
