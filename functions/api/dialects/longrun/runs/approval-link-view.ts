import type * as z from 'zod';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { iso } from '#api/iso.ts';
import { approvalLinks, checkLinksDecide } from '#core/approval/approval-link.ts';
import { tooLate } from '#core/approval/too-late.ts';
import type { Run } from '#core/run/run.ts';
import type { ApprovalLinkView } from './contract.ts';

/** @throws RunError run_state_conflict where the run waits for no decision, forbidden_decision */
export async function toApprovalLinkView(
  deps: DialectDeps,
  run: Run,
  name: string,
  baseUrl: string,
): Promise<z.input<typeof ApprovalLinkView>> {
  if (run.status !== 'PAUSED' || !run.pendingApproval) throw await tooLate(deps, run, undefined);
  checkLinksDecide(deps, run);
  const { approvalId, expiresAt } = run.pendingApproval;
  const links = await approvalLinks(deps, baseUrl, { orgId: run.orgId, approvalId, name });
  if (links === undefined) throw await tooLate(deps, run, approvalId);
  return { approvalId, by: `link:${name}`, expiresAt: iso(expiresAt), links };
}
