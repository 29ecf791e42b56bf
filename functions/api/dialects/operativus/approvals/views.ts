import type * as z from 'zod';
import { iso } from '#api/iso.ts';
import { wireId } from '#api/wire-id.ts';
import type { AskedApproval } from '#core/approval/asked-approval.ts';
import type { Approval, HumanReview } from './contract.ts';

export function toApproval(approval: AskedApproval): z.input<typeof Approval> {
  const { approvalId, run, tool, arguments: args, reason, decision } = approval;
  const toolArguments = JSON.stringify(args) ?? '';
  return {
    id: approvalId,
    approvalId,
    runId: wireId(run.id),
    workflowRunId: null,
    agentId: run.agentId,
    sessionId: run.sessionId,
    userId: run.userId,
    toolName: tool,
    tool,
    toolArguments,
    args,
    status: statusOf(approval),
    requestedBy: run.userId,
    resolvedBy: decision?.by ?? null,
    contextualMessage: reason,
    decisionPackage: {
      tier: 'TOOL_APPROVAL',
      reasoningTrace: reason,
      impactAssessment: 'Not assessed.',
      proposedAction: toolArguments,
    },
    createdAt: iso(approval.requestedAt),
    resolvedAt: decision ? iso(decision.at) : null,
    expiresAt: iso(approval.expiresAt),
  };
}

function statusOf({ status, decision }: AskedApproval) {
  if (status === 'pending') return 'PENDING';
  if (decision === null) return 'CANCELLED';
  if (decision.decision === 'APPROVE') return 'APPROVED';
  return decision.by === 'system:expiry' ? 'EXPIRED' : 'REJECTED';
}

export const toHumanReview = (approval: AskedApproval): z.input<typeof HumanReview> => ({
  id: approval.approvalId,
  runId: wireId(approval.run.id),
  subjectType: 'AGENT_TOOL',
  subjectId: approval.tool,
  reason: approval.reason,
  options: { agentId: approval.run.agentId, tool: approval.tool, args: approval.arguments },
  createdAt: iso(approval.requestedAt),
  expiresAt: iso(approval.expiresAt),
});
