import { longestPauseSeconds } from '../lifecycle.ts';
import type { ApprovalRequest } from '../run/agents.ts';
import type { RunIn } from '../run/run.ts';
import { keyOf, type RunChange } from '../run/run-repository.ts';
import { approvalIdOf, createPause } from './approval.ts';

/** The run waits for a decision on exactly this call. It keeps its slot and its turn. */
export function paused(run: RunIn<'RUNNING'>, approval: ApprovalRequest, now: number): RunChange {
  const pauses = run.pauses + 1;
  const approvalId = approvalIdOf(run.id, pauses);
  const { toolCallId, tool, arguments: args, callHash, reason, onExpiry } = approval;
  const expiresAt = now + Math.min(approval.expiresAfterSeconds, longestPauseSeconds) * 1000;
  const remindAt = now + (approval.remindAfterSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const call = { approvalId, toolCallId, tool, arguments: args };
  const fixed = approval.takesNoEdit ? { takesNoEdit: true as const } : {};
  return {
    run: {
      ...run,
      status: 'PAUSED',
      pauses,
      pausedAt: now,
      pausedBy: 'approval',
      pendingApproval: {
        ...{ ...call, callHash, reason, requestedAt: now, expiresAt, onExpiry },
        ...(remindAt < expiresAt ? { remindAt } : {}),
        ...fixed,
      },
    },
    events: [
      {
        type: 'approval.requested',
        data: { ...call, expiresAt: new Date(expiresAt).toISOString(), reason, ...fixed },
      },
      { type: 'run.paused', data: { approvalId } },
    ],
    writes: [
      createPause(keyOf(run), pauses, {
        approvalId,
        toolCallId,
        callHash,
        asked: { tool, arguments: args, reason, requestedAt: now, expiresAt },
        taskToken: null,
        decision: null,
      }),
    ],
  };
}
