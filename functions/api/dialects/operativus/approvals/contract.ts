import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { EditedArguments } from '#core/session/transcript.ts';
import { pageOf, pageQuery } from '../wire.ts';

/** As its server has it; `approvalId`, `sessionId`, `userId`, `tool`, `args` and `expiresAt` are ours. */
export const Approval = z.object({
  id: z.string(),
  approvalId: z.string(),
  runId: z.string(),
  workflowRunId: z.null(),
  agentId: z.string(),
  sessionId: z.string(),
  userId: z.string(),
  toolName: z.string(),
  tool: z.string(),
  /** The arguments as JSON. */
  toolArguments: z.string(),
  args: z.unknown(),
  status: z.enum(['PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED']),
  requestedBy: z.string(),
  resolvedBy: z.string().nullable(),
  contextualMessage: z.string(),
  /** Its client makes one up where there is none. */
  decisionPackage: z.object({
    tier: z.string(),
    reasoningTrace: z.string(),
    impactAssessment: z.string(),
    proposedAction: z.string(),
  }),
  createdAt: z.string(),
  resolvedAt: z.string().nullable(),
  expiresAt: z.string(),
});

/** The same, as the list of everything that waits for a person has it. */
export const HumanReview = z.object({
  id: z.string(),
  runId: z.string(),
  subjectType: z.literal('AGENT_TOOL'),
  subjectId: z.string(),
  reason: z.string(),
  options: z.record(z.string(), z.unknown()).nullable(),
  createdAt: z.string(),
  expiresAt: z.string(),
});

const decisions = { APPROVED: 'APPROVE', REJECTED: 'REJECT' } as const;

const Decision = z
  .enum(['APPROVED', 'REJECTED'], { error: 'must be "APPROVED" or "REJECTED"' })
  .transform((decision) => decisions[decision]);

/**
 * Its client sends no payload, and its server knows none for a call of a tool. Ours: `arguments` are
 * those to make the call with instead, `reason` goes to the agent; anything else is nobody's.
 */
const Payload = z.object({
  arguments: EditedArguments.optional(),
  reason: z.string().max(4000).optional(),
});

const idsPerRequest = 100;

const params = z.object({ approvalId: z.string() });

export const approvalsContract = {
  listPendingApprovals: {
    method: 'GET',
    path: '/api/v1/approvals/pending',
    query: z.object(pageQuery),
    status: 200,
    response: pageOf(Approval),
  },
  listHumanReviews: {
    method: 'GET',
    path: '/api/v1/approvals/human-review',
    status: 200,
    response: z.array(HumanReview),
  },
  getToolApproval: {
    method: 'GET',
    path: '/api/v1/approvals/{approvalId}',
    params,
    status: 200,
    response: Approval,
  },
  resolveApproval: {
    method: 'POST',
    path: '/api/v1/approvals/{approvalId}/resolve',
    params,
    body: z.object({ decision: Decision }),
    status: 200,
    response: Approval,
  },
  decideToolApproval: {
    method: 'POST',
    path: '/api/v1/approvals/{approvalId}/decide',
    params,
    body: z.object({
      decision: z
        .string()
        .toUpperCase()
        .pipe(z.enum(['APPROVE', 'REJECT'], { error: 'must be "approve" or "reject"' })),
      payload: Payload.nullish(),
    }),
    status: 200,
    response: Approval.extend({
      pendingId: z.string(),
      subjectType: z.literal('AGENT_TOOL'),
      decision: z.string().optional(),
      decidedBy: z.string().optional(),
      decidedAt: z.string().optional(),
    }),
  },
  resolveApprovals: {
    method: 'POST',
    path: '/api/v1/approvals/bulk-resolve',
    body: z.object({
      ids: z
        .array(z.string())
        .min(1, 'must name at least one approval')
        .max(idsPerRequest, `must name at most ${idsPerRequest} approvals`)
        .transform((ids) => [...new Set(ids)]),
      decision: Decision,
    }),
    status: 200,
    response: z.object({
      resolved: z.number(),
      failed: z.number(),
      /** What became of each, in the order of the request. */
      results: z.array(
        z.object({
          id: z.string(),
          status: z.string().optional(),
          error: z.object({ code: z.string(), message: z.string() }).optional(),
        }),
      ),
    }),
  },
} as const satisfies Contract;
