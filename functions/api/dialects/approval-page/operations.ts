import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { checkLinksDecide, type OpenedLink, openLink } from '#core/approval/approval-link.ts';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { tooLate } from '#core/approval/too-late.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { approvalPage } from './approval-page.ts';
import type { approvalPageContract } from './contract.ts';
import { pageHeaders } from './page.ts';

export function approvalPageOperations(deps: DialectDeps): Operations<typeof approvalPageContract> {
  const shown = (link: OpenedLink, first: 'APPROVE' | 'REJECT' | undefined) => {
    const agent = deps.agents.find(link.run.agentId, link.run.orgId);
    return { body: approvalPage(link, agent?.name, first), headers: pageHeaders };
  };
  return {
    showApproval: async ({ params, query }) =>
      shown(await openLink(deps, params.token), query.decision),

    decideByLink: async ({ params, body }) => {
      const link = await openLink(deps, params.token);
      const { run, pause, name } = link;
      if (!link.isOpen) throw await tooLate(deps, run, pause.approvalId);
      checkLinksDecide(deps, run);
      const by = `link:${name}`;
      await decideApproval(deps, {
        ...keyOf(run),
        approvalId: pause.approvalId,
        decision: body.decision,
        by: { orgId: run.orgId, userId: by, name: by },
        reason: body.reason?.trim() || undefined,
        idempotency: undefined,
      });
      return shown(await openLink(deps, params.token), undefined);
    },
  };
}
