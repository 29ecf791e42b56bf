import type * as z from 'zod';
import { statusByCode } from '#api/api-error.ts';
import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { iso } from '#api/iso.ts';
import { type AskedApproval, getApproval } from '#core/approval/asked-approval.ts';
import { decideApprovals, decideNamed } from '#core/approval/decide-approvals.ts';
import { listApprovals } from '#core/approval/list-approvals.ts';
import type { approvalsContract, ListedApproval } from './contract.ts';

export const approvalsOperations = (deps: DialectDeps): Operations<typeof approvalsContract> => ({
  listApprovals: async ({ query, principal, baseUrl }) => {
    const page = await listApprovals(deps, { ...query, orgId: principal.orgId });
    return {
      body: {
        approvals: page.approvals.map((approval) => toListed(approval, baseUrl)),
        nextCursor: page.cursor ?? null,
      },
    };
  },

  getApproval: async ({ params, principal, baseUrl }) => {
    const approval = await getApproval(deps, { orgId: principal.orgId, ...params });
    return { body: toListed(approval, baseUrl) };
  },

  decideApproval: async ({ params, body, principal, idempotency, baseUrl }) => {
    const decision = { ...body, ...params };
    const decider = { by: principal, idempotency };
    const { approval, replayed } = await decideNamed(deps, decider, decision);
    return {
      body: toListed(approval, baseUrl),
      ...(replayed ? { headers: { 'idempotency-replayed': 'true' } } : {}),
    };
  },

  decideApprovals: async ({ body, principal, idempotency, baseUrl }) => {
    const outcomes = await decideApprovals(deps, { by: principal, idempotency }, body.decisions);
    return {
      body: {
        outcomes: outcomes.map(({ approvalId, ...outcome }) =>
          'approval' in outcome
            ? { approvalId, approval: toListed(outcome.approval, baseUrl) }
            : { approvalId, error: toError(outcome.error) },
        ),
      },
    };
  },
});

const toError = ({ code, message }: { code: keyof typeof statusByCode; message: string }) => ({
  status: statusByCode[code],
  code,
  message,
});

const toListed = (
  { run, requestedAt, expiresAt, decision, ...approval }: AskedApproval,
  baseUrl: string,
): z.input<typeof ListedApproval> => ({
  ...approval,
  requestedAt: iso(requestedAt),
  expiresAt: iso(expiresAt),
  decided: decision && { ...decision, at: iso(decision.at) },
  runId: run.id,
  agentId: run.agentId,
  sessionId: run.sessionId,
  userId: run.userId,
  submittedBy: run.principal,
  links: {
    self: `${baseUrl}/api/approvals/${approval.approvalId}`,
    run: `${baseUrl}/api/runs/${run.id}`,
  },
});
