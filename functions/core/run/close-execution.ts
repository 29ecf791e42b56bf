import { findPause } from '../approval/approval.ts';
import type { ChangeDeps, RunDeps } from './deps.ts';
import type { Run, RunIn } from './run.ts';
import { changeRun, executionOf, keyOf } from './run-repository.ts';

type Deps = ChangeDeps & Pick<RunDeps, 'workflow'>;

/**
 * Ends the execution of a run that ended behind its back. That of a failed run goes on from its
 * wait, to fail with the run's code; that of a cancelled one is stopped.
 */
export async function closeExecution(deps: Deps, run: Run): Promise<Run> {
  if (!isOpen(run)) return run;
  const resumed = run.status === 'FAILED' && (await resumeWait(deps, run));
  if (!resumed) await deps.workflow.stop(executionOf(run), causeOf(run));
  return changeRun(
    deps,
    keyOf(run),
    (current) => (isOpen(current) ? { run: { ...current, executionOpen: false } } : undefined),
    run,
  );
}

const isOpen = (run: Run) =>
  (run.status === 'FAILED' || run.status === 'CANCELLED') && run.executionOpen;

const causeOf = (run: Run) => (run.status === 'FAILED' ? run.error.code : 'cancelled');

async function resumeWait(deps: Deps, run: RunIn<'FAILED'>): Promise<boolean> {
  const pause = run.pauses > 0 ? await findPause(deps.store, keyOf(run), run.pauses) : undefined;
  return pause?.taskToken
    ? deps.workflow.resume(pause.taskToken, { status: run.status, error: run.error.code })
    : false;
}
