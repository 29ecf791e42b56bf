import type { RunDeps } from '../run/deps.ts';
import type { Run } from '../run/run.ts';
import { RunError } from '../run/run-error.ts';
import { keyOf } from '../run/run-repository.ts';
import { type ApprovalDecision, findPause, parseApprovalId } from './approval.ts';

/** Shows the decision that was first: on the approval that was named, or on the run's last. */
export async function tooLate(
  deps: Pick<RunDeps, 'store'>,
  run: Run,
  approvalId: string | undefined,
): Promise<RunError> {
  const named = approvalId === undefined ? undefined : parseApprovalId(approvalId);
  const number = named?.runId === run.id ? named.pause : run.pauses;
  const pause = number > 0 ? await findPause(deps.store, keyOf(run), number) : undefined;
  const decision = pause?.decision;
  const about = approvalId === undefined ? `Run ${run.id}` : `Approval ${approvalId}`;
  return new RunError(
    'run_state_conflict',
    decision
      ? `${about} was decided already: ${decision.decision} by ${decision.by}.`
      : `${about} waits for no decision; ${standingOf(run)}.`,
    {
      runId: run.id,
      currentStatus: run.status,
      ...(decision ? { decided: toView(decision) } : {}),
    },
  );
}

const standingOf = (run: Run) =>
  run.status === 'PAUSED' && run.breakpoint
    ? 'the run stands at a breakpoint, and goes on when its caller says so'
    : `the run is ${run.status}`;

const toView = ({ decision, by, at }: ApprovalDecision) => ({
  decision,
  by,
  at: new Date(at).toISOString(),
});
