import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { EditedArguments } from '#core/session/transcript.ts';
import { AgentId } from '#core/tenant/ids.ts';

/** One question to a person, and what was decided on it. */
export const ApprovalView = z.object({
  approvalId: z.string(),
  toolCallId: z.string(),
  tool: z.string(),
  /** As the agent proposed them. */
  arguments: z.unknown(),
  /** Why a person was asked. */
  reason: z.string(),
  requestedAt: z.string(),
  expiresAt: z.string(),
  decided: z
    .object({
      decision: z.enum(['APPROVE', 'REJECT']),
      by: z.string(),
      at: z.string(),
      reason: z.string().optional(),
      /** What the call was made with instead. */
      arguments: EditedArguments.optional(),
    })
    .nullable(),
});

/** The same beside others, with the run that asks. */
export const ListedApproval = ApprovalView.extend({
  /** `withdrawn`: the run ended before anybody decided. */
  status: z.enum(['pending', 'decided', 'withdrawn']),
  runId: z.string(),
  agentId: z.string(),
  sessionId: z.string(),
  userId: z.string(),
  submittedBy: z.string(),
  links: z.object({ self: z.string(), run: z.string() }),
});

const decision = {
  decision: z.enum(['APPROVE', 'REJECT'], { error: 'must be "APPROVE" or "REJECT"' }),
  reason: z.string().max(4000).optional(),
  /** Approves the call with these arguments instead of the ones that were shown. */
  arguments: EditedArguments.optional(),
};

export const DecisionRequest = z.object({
  ...decision,
  /** Decides on this approval or none: what is shown may be decided already, and another be asked. */
  approvalId: z.string().optional(),
});

const decisionsPerRequest = 100;

const isOnceEach = (decisions: readonly { readonly approvalId: string }[]) =>
  new Set(decisions.map(({ approvalId }) => approvalId)).size === decisions.length;

const DecisionsRequest = z.object({
  decisions: z
    .array(z.object({ approvalId: z.string(), ...decision }))
    .min(1, 'must have at least one decision')
    .max(decisionsPerRequest, `must have at most ${decisionsPerRequest} decisions`)
    .refine(isOnceEach, 'must decide on each approval once'),
});

const ListQuery = z.object({
  status: z.enum(['pending', 'decided']).default('pending'),
  agentId: AgentId.optional(),
  userId: z.string().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().optional(),
});

const params = z.object({ approvalId: z.string() });

export const approvalsContract = {
  listApprovals: {
    method: 'GET',
    path: '/api/approvals',
    query: ListQuery,
    status: 200,
    response: z.object({ approvals: z.array(ListedApproval), nextCursor: z.string().nullable() }),
  },
  getApproval: {
    method: 'GET',
    path: '/api/approvals/{approvalId}',
    params,
    status: 200,
    response: ListedApproval,
  },
  decideApproval: {
    method: 'POST',
    path: '/api/approvals/{approvalId}/decision',
    params,
    body: z.object(decision),
    status: 200,
    response: ListedApproval,
  },
  decideApprovals: {
    method: 'POST',
    path: '/api/approvals/decisions',
    body: DecisionsRequest,
    status: 200,
    response: z.object({
      /** In the order of the request. */
      outcomes: z.array(
        z.object({
          approvalId: z.string(),
          /** Where it was decided. */
          approval: ListedApproval.optional(),
          /** Where it was not. */
          error: z.object({ status: z.number(), code: z.string(), message: z.string() }).optional(),
        }),
      ),
    }),
  },
} as const satisfies Contract;
