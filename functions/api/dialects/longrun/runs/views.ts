import type * as z from 'zod';
import type { ViewDeps } from '#api/dialect-deps.ts';
import { iso } from '#api/iso.ts';
import { type Pause, runPauses } from '#core/approval/approval.ts';
import { type PendingApproval, type Run, type RunIn, RunOutput } from '#core/run/run.ts';
import { executionOf, keyOf } from '#core/run/run-repository.ts';
import { getRequest } from '#core/run/submit-run.ts';
import { loadValue } from '#core/store/stored-value.ts';
import type { ApprovalView } from '../approvals/contract.ts';
import type { RunDetail, RunView } from './contract.ts';

/** One run with all that is known of it. */
export async function toDetail(
  deps: ViewDeps,
  run: Run,
  baseUrl: string,
): Promise<z.input<typeof RunDetail>> {
  const [{ message }, pauses, output] = await Promise.all([
    getRequest(deps, keyOf(run)),
    run.pauses > 0 ? runPauses(deps.store, keyOf(run)) : [],
    run.status === 'COMPLETED' ? loadValue(deps, run.output, RunOutput) : undefined,
  ]);
  return {
    ...toView(deps, run, baseUrl),
    message,
    approvals: pauses.flatMap(toApprovals),
    ...(output ? { output } : {}),
  };
}

function toApprovals({
  approvalId,
  toolCallId,
  asked,
  decision,
}: Pause): z.input<typeof ApprovalView>[] {
  if (asked === undefined || toolCallId === undefined) return [];
  const { tool, arguments: args, reason, requestedAt, expiresAt } = asked;
  return [
    {
      approvalId,
      toolCallId,
      tool,
      arguments: args,
      reason,
      requestedAt: iso(requestedAt),
      expiresAt: iso(expiresAt),
      decided: decision && { ...decision, at: iso(decision.at) },
    },
  ];
}

/** What every list shows of a run. */
export function toView(deps: ViewDeps, run: Run, baseUrl: string): z.input<typeof RunView> {
  const self = `${baseUrl}/api/runs/${run.id}`;
  const execution = run.epoch > 0 ? deps.workflow.consoleUrl(executionOf(run)) : undefined;
  return {
    id: run.id,
    agentId: run.agentId,
    sessionId: run.sessionId,
    userId: run.userId,
    submittedBy: run.principal,
    status: run.status,
    priority: run.priority,
    message: run.messagePreview,
    createdAt: iso(run.createdAt),
    startedAt: 'startedAt' in run && run.startedAt !== null ? iso(run.startedAt) : null,
    completedAt: 'completedAt' in run ? iso(run.completedAt) : null,
    ...(run.schedule
      ? { schedule: { id: run.schedule.id, firedFor: iso(run.schedule.firedFor) } }
      : {}),
    usage: run.usage,
    ...(run.origin ? { origin: run.origin } : {}),
    ...(run.status === 'PAUSED' ? pauseOf(run) : {}),
    ...(run.status === 'FAILED' ? { error: run.error } : {}),
    ...(run.status === 'CANCELLED' ? { reason: run.reason } : {}),
    links: { self, events: `${self}/events`, ...(execution ? { execution } : {}) },
  };
}

const pauseOf = ({ pendingApproval, breakpoint }: RunIn<'PAUSED'>) =>
  pendingApproval
    ? { pendingApproval: toApproval(pendingApproval) }
    : { breakpoint: { next: breakpoint.next, expiresAt: iso(breakpoint.expiresAt) } };

const toApproval = ({
  approvalId,
  tool,
  arguments: args,
  reason,
  requestedAt,
  expiresAt,
}: PendingApproval) => ({
  approvalId,
  tool,
  arguments: args,
  reason,
  requestedAt: iso(requestedAt),
  expiresAt: iso(expiresAt),
});
