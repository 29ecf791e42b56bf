import type { RunDeps } from './deps.ts';
import { cancelled, failed, ringNext } from './finish-run.ts';
import { hasEnded, type Run, type RunFailure } from './run.ts';
import { changeRun, executionOf, findRun, type RunChange } from './run-repository.ts';
import type { ExecutionEnd, RunExecution } from './run-workflow.ts';

type Deps = Pick<RunDeps, 'store' | 'clock' | 'log' | 'settings' | 'queue'>;

/**
 * The execution of a run has ended, whoever ended it: a run that still lives in it ends too. Changes
 * nothing for a run that has ended or goes on in a later execution.
 */
export async function reconcileExecution(
  deps: Deps,
  execution: RunExecution,
  end: ExecutionEnd,
): Promise<void> {
  const known = await findRun(deps, execution);
  if (known === undefined) return;
  const run = await changeRun(
    deps,
    execution,
    (current) => (current.epoch === execution.epoch ? ended(deps, current, end) : undefined),
    known,
  );
  if (run.epoch === execution.epoch && hasEnded(run)) await ringNext(deps, run);
}

/** Of the run's present execution. @returns `undefined` where that is open, or nobody knows */
export async function findExecutionEnd(
  deps: Pick<RunDeps, 'workflow'>,
  run: Run,
): Promise<ExecutionEnd | undefined> {
  const outcome = await deps.workflow.outcome(executionOf(run));
  return outcome === 'open' || outcome === 'unknown' ? undefined : outcome;
}

function ended(deps: Deps, run: Run, end: ExecutionEnd): RunChange | undefined {
  const moment = { now: deps.clock.now(), settings: deps.settings };
  if (run.status === 'COMPLETED') return undefined;
  if (hasEnded(run)) return run.executionOpen ? closed({ run }) : undefined;
  // A segment that found nothing to do lets its execution succeed; the run is the sweeper's then.
  if (end === 'succeeded') return undefined;
  if (end === 'aborted') return closed(cancelled(run, 'execution_aborted', moment));
  return failed(run, failures[end], false, moment);
}

const closed = ({ run, ...change }: RunChange): RunChange => ({
  ...change,
  run:
    run.status === 'CANCELLED' || run.status === 'FAILED' ? { ...run, executionOpen: false } : run,
});

const failures: Record<'failed' | 'timed_out', RunFailure> = {
  failed: { code: 'infrastructure', message: 'The execution failed before the run had ended.' },
  timed_out: { code: 'timeout', message: 'The execution took longer than one may.' },
};
