import type { RunDeps } from '../run/deps.ts';
import type { Run } from '../run/run.ts';
import { keyOf } from '../run/run-repository.ts';
import { findPause, toldOf } from './approval.ts';

/** Ends the workflow's wait of a run that may go on; harmless where it has ended. */
export async function sendDecision(
  deps: Pick<RunDeps, 'store' | 'workflow'>,
  run: Run,
): Promise<void> {
  if (run.status !== 'RUNNING' || run.decided === null) return;
  const pause = await findPause(deps.store, keyOf(run), run.pauses);
  // Without a token the wait is not registered yet: registering it finds the decision.
  if (pause?.taskToken) await deps.workflow.resume(pause.taskToken, toldOf(pause));
}
