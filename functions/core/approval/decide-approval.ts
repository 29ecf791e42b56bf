import { earlierRequest, type IdempotencyClaim } from '../idempotency/idempotency.ts';
import { closeExecution } from '../run/close-execution.ts';
import type { RunDeps } from '../run/deps.ts';
import { cancelled, failed, ringNext } from '../run/finish-run.ts';
import { resumedRun } from '../run/resumed-run.ts';
import type { AskingRun, Run, StoppedRun } from '../run/run.ts';
import { beginLeg, changedByLeg, type NewLeg } from '../run/run-leg.ts';
import { changeRun, getRun, keyOf, type RunChange } from '../run/run-repository.ts';
import type { EditedArguments } from '../session/transcript.ts';
import type { RunKey } from '../store/keys.ts';
import type { Principal } from '../tenant/principal.ts';
import { type ApprovalDecision, findPause, type Pause, replacePause } from './approval.ts';
import { checkDecider } from './check-decider.ts';
import { checkEdit } from './check-edit.ts';
import { sendDecision } from './send-decision.ts';
import { tooLate } from './too-late.ts';

export interface DecideApprovalCommand extends RunKey {
  /** @default - whatever the run waits for */
  readonly approvalId?: string | undefined;
  readonly decision: 'APPROVE' | 'REJECT';
  readonly by: Principal;
  readonly reason?: string | undefined;
  /** An approval of the call with these arguments instead. @default - exactly as proposed */
  readonly arguments?: EditedArguments | undefined;
  /** With REJECT: what the agent is told in place of the call's own result. @default - the refusal */
  readonly result?: string | undefined;
  /** What follows is a leg of the run of its own, whose id the claim's record names. */
  readonly leg?: NewLeg | undefined;
  readonly idempotency: IdempotencyClaim | undefined;
}

export interface DecidedRun {
  /** As the decision left it. */
  readonly run: Run;
  /** An earlier request with the same idempotency key decided. */
  readonly replayed: boolean;
  /** Of the leg that the decision began, the earlier one where it is replayed; else of the run. */
  readonly legId: string;
}

type Deps = Pick<RunDeps, 'store' | 'clock' | 'log' | 'settings' | 'workflow' | 'queue'>;

/**
 * Decides on the call that a paused run waits with. Of several decisions one wins: it is a single
 * conditional write, and whoever wrote it sends it to the workflow.
 * @throws RunError run_not_found, forbidden_decision, idempotency_key_reused, run_state_conflict with the decision that
 * was first, invalid_input for arguments that the tool cannot take
 */
export async function decideApproval(
  deps: Deps & Pick<RunDeps, 'agents'>,
  command: DecideApprovalCommand,
): Promise<DecidedRun> {
  const known = await getRun(deps, command);
  checkDecider(deps, known, command.by);
  let earlierId: string | undefined;
  const run = await changeRun(
    deps,
    command,
    async (current) => {
      const earlier = await earlierRequest(deps, command.orgId, command.idempotency);
      earlierId = earlier.runId;
      if (earlierId !== undefined) return undefined;
      const pending = pendingPause(current, command.approvalId);
      const pause = pending && (await findPause(deps.store, command, pending.pauses));
      if (!pending || !pause || pause.decision)
        throw await tooLate(deps, current, command.approvalId);
      checkEdit(deps, pending, command);
      const decision = toDecision(command, deps.clock.now());
      const change = resumed(deps, pending, pause, decision);
      const { leg } = command;
      return {
        ...change,
        run: leg ? { ...change.run, ...changedByLeg(leg) } : change.run,
        writes: [
          ...(change.writes ?? []),
          ...(leg ? [beginLeg(pending, leg, decision.at)] : []),
          ...earlier.remember(leg?.id ?? current.id),
        ],
      };
    },
    known,
  );
  await sendDecision(deps, run);
  return {
    run,
    replayed: earlierId !== undefined,
    legId: earlierId ?? command.leg?.id ?? run.id,
  };
}

const toDecision = (command: DecideApprovalCommand, at: number): ApprovalDecision => ({
  decision: command.decision,
  by: command.by.name,
  at,
  ...(command.reason === undefined ? {} : { reason: command.reason }),
  ...(command.arguments === undefined ? {} : { arguments: command.arguments }),
  ...(command.result === undefined ? {} : { result: command.result }),
});

/** Decides what nobody decided in time, and lets the workflow know. */
export async function expireApproval(deps: Deps, key: RunKey): Promise<void> {
  const run = await decideExpired(deps, key);
  if (run.status === 'RUNNING') await sendDecision(deps, run);
  else if (run.status !== 'PAUSED') {
    await closeExecution(deps, run);
    await ringNext(deps, run);
  }
}

/**
 * What nobody decided in time is decided by the tool's expiry policy.
 * @returns the run as that left it, or unchanged where a decision came first
 */
export const decideExpired = (
  deps: Pick<Deps, 'store' | 'clock' | 'log' | 'settings'>,
  key: RunKey,
) =>
  changeRun(deps, key, async (current) => {
    if (current.status !== 'PAUSED') return undefined;
    const now = deps.clock.now();
    if (current.breakpoint) return abandoned(deps, current, now);
    if (current.pendingApproval.expiresAt > now) return undefined;
    const pause = await findPause(deps.store, key, current.pauses);
    if (!pause || pause.decision) return undefined;
    return expired(deps, current, pause, now);
  });

const pendingPause = (run: Run, approvalId: string | undefined) =>
  run.status === 'PAUSED' &&
  run.pendingApproval &&
  (approvalId === undefined || run.pendingApproval.approvalId === approvalId)
    ? run
    : undefined;

const abandoned = ({ settings }: Pick<Deps, 'settings'>, run: StoppedRun, now: number) =>
  run.breakpoint.expiresAt > now
    ? undefined
    : cancelled(run, 'breakpoint_expired', { now, settings });

function expired(
  deps: Pick<Deps, 'settings'>,
  run: AskingRun,
  pause: Pause,
  now: number,
): RunChange {
  const moment = { now, settings: deps.settings };
  const { tool, onExpiry } = run.pendingApproval;
  const reason = `Nobody decided on ${tool} in time.`;
  const decision: ApprovalDecision = { decision: 'REJECT', by: 'system:expiry', at: now, reason };
  switch (onExpiry) {
    case 'cancel':
      return decided(run, pause, decision, cancelled(run, 'approval_expired', moment));
    case 'fail': {
      const error = { code: 'approval_expired', message: reason } as const;
      return decided(run, pause, decision, failed(run, error, true, moment));
    }
    case 'reject':
      return resumed(deps, run, pause, decision);
  }
}

const resumed = (
  deps: Pick<Deps, 'settings'>,
  run: AskingRun,
  pause: Pause,
  decision: ApprovalDecision,
): RunChange =>
  decided(run, pause, decision, {
    run: resumedRun(deps.settings, run, decision.at),
    events: [{ type: 'run.resumed', data: { approvalId: run.pendingApproval.approvalId } }],
  });

/** The decision is kept and told with what becomes of the run by it. */
function decided(
  run: AskingRun,
  pause: Pause,
  decision: ApprovalDecision,
  { events = [], writes = [], ...change }: RunChange,
): RunChange {
  const { approvalId, toolCallId, tool, arguments: args } = run.pendingApproval;
  const { reason, requestedAt, expiresAt } = run.pendingApproval;
  const asked = pause.asked ?? { tool, arguments: args, reason, requestedAt, expiresAt };
  const kept = { ...pause, asked, agentId: run.agentId, decision };
  const data = {
    ...{ approvalId, toolCallId, tool, arguments: args },
    decision: decision.decision,
    decidedBy: decision.by,
    ...(decision.reason === undefined ? {} : { reason: decision.reason }),
    ...(decision.arguments === undefined ? {} : { editedArguments: decision.arguments }),
  };
  return {
    ...change,
    events: [{ type: 'approval.decided', data }, ...events],
    writes: [...writes, replacePause(keyOf(run), run.pauses, pause, kept)],
  };
}
