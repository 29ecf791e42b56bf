import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { iso } from '#api/iso.ts';
import { type AskedApproval, getApproval } from '#core/approval/asked-approval.ts';
import { decideApprovals, decideNamed } from '#core/approval/decide-approvals.ts';
import { listApprovals } from '#core/approval/list-approvals.ts';
import { toPage } from '../wire.ts';
import type { approvalsContract } from './contract.ts';
import { toApproval, toHumanReview } from './views.ts';

export const approvalsOperations = (deps: DialectDeps): Operations<typeof approvalsContract> => ({
  listPendingApprovals: async ({ query, principal }) => {
    const pending = await allPending(deps, principal.orgId);
    const start = query.page * query.size;
    const page = pending.slice(start, start + query.size).map(toApproval);
    return { body: toPage(page, pending.length, query) };
  },

  listHumanReviews: async ({ principal }) => ({
    body: (await allPending(deps, principal.orgId)).map(toHumanReview),
  }),

  getToolApproval: async ({ params, principal }) => ({
    body: toApproval(await getApproval(deps, { orgId: principal.orgId, ...params })),
  }),

  resolveApproval: async ({ params, body, principal, idempotency }) => {
    const decider = { by: principal, idempotency };
    const { approval, replayed } = await decideNamed(deps, decider, { ...params, ...body });
    return { body: toApproval(approval), headers: replayedHeader(replayed) };
  },

  decideToolApproval: async ({ params, body, principal, idempotency }) => {
    const decider = { by: principal, idempotency };
    const decision = { ...params, decision: body.decision, ...body.payload };
    const { approval, replayed } = await decideNamed(deps, decider, decision);
    const { decision: decided } = approval;
    return {
      body: {
        ...toApproval(approval),
        pendingId: approval.approvalId,
        subjectType: 'AGENT_TOOL',
        ...(decided
          ? { decision: decided.decision, decidedBy: decided.by, decidedAt: iso(decided.at) }
          : {}),
      },
      headers: replayedHeader(replayed),
    };
  },

  resolveApprovals: async ({ body, principal, idempotency }) => {
    const { ids, decision } = body;
    const decisions = ids.map((approvalId) => ({ approvalId, decision }));
    const outcomes = await decideApprovals(deps, { by: principal, idempotency }, decisions);
    const results = outcomes.map(({ approvalId: id, ...outcome }) =>
      'approval' in outcome
        ? { id, status: toApproval(outcome.approval).status }
        : { id, error: { code: outcome.error.code, message: outcome.error.message } },
    );
    const failed = results.filter((result) => 'error' in result).length;
    return { body: { resolved: results.length - failed, failed, results } };
  },
});

const approvalsPerQuery = 100;

/** A paused run holds a slot of its tenant, so that there are never many. */
async function allPending(deps: DialectDeps, orgId: string): Promise<AskedApproval[]> {
  const pending: AskedApproval[] = [];
  let cursor: string | undefined;
  do {
    const limit = approvalsPerQuery;
    const page = await listApprovals(deps, { orgId, status: 'pending', limit, cursor });
    pending.push(...page.approvals);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pending;
}

const replayedHeader = (replayed: boolean): Record<string, string> =>
  replayed ? { 'idempotency-replayed': 'true' } : {};
