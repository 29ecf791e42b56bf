import type { ViewDeps } from '#api/dialect-deps.ts';
import { iso } from '#api/iso.ts';
import type { WebhookBodyBuilder } from '#api/webhook-body-builder.ts';
import { approvalLinks } from '#core/approval/approval-link.ts';
import type { Run } from '#core/run/run.ts';
import type { ToldEvent } from '#core/webhook/deliver.ts';
import { toDetail } from './runs/views.ts';

/** What happened, and the run as it is now; where it asks, links by which the receiver decides. */
export const longrunWebhook: WebhookBodyBuilder = async (deps, run, event, baseUrl) => {
  const links = await linksOf(deps, run, event, baseUrl);
  return {
    type: event.type,
    timestamp: iso(event.at),
    data: await toDetail(deps, run, baseUrl),
    ...(links ? { links } : {}),
  };
};

async function linksOf(deps: ViewDeps, run: Run, { type, receiver }: ToldEvent, baseUrl: string) {
  const asks = type === 'approval.requested' || type === 'approval.reminder';
  if (!asks || run.status !== 'PAUSED' || !run.pendingApproval) return undefined;
  const { approvalId } = run.pendingApproval;
  const approval = { orgId: run.orgId, approvalId, name: `webhook:${receiver}` };
  return approvalLinks(deps, baseUrl, approval);
}
