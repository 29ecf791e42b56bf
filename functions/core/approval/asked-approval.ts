import type { ReadDeps } from '../run/deps.ts';
import type { Run } from '../run/run.ts';
import { RunError } from '../run/run-error.ts';
import { findRun, keyOf } from '../run/run-repository.ts';
import type { RunKey } from '../store/keys.ts';
import { type ApprovalDecision, findPause, type Pause, parseApprovalId } from './approval.ts';

/** One question to a person, with the run that it belongs to. Times are epoch milliseconds. */
export interface AskedApproval {
  readonly approvalId: string;
  readonly run: Run;
  readonly toolCallId: string;
  readonly tool: string;
  /** As the agent proposed them. */
  readonly arguments: unknown;
  readonly reason: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
  /** `withdrawn`: the run ended before anybody decided. */
  readonly status: 'pending' | 'decided' | 'withdrawn';
  readonly decision: ApprovalDecision | null;
}

/** @returns `undefined` where the run waits for no decision */
export function pendingApprovalOf(run: Run): AskedApproval | undefined {
  if (run.status !== 'PAUSED' || !run.pendingApproval) return undefined;
  return { ...run.pendingApproval, run, status: 'pending', decision: null };
}

/** @returns `undefined` for a pause from before approvals were listed, which does not say enough */
export function toAskedApproval(run: Run, pause: Pause): AskedApproval | undefined {
  const pending = pendingApprovalOf(run);
  const { approvalId, toolCallId, asked, decision } = pause;
  if (decision === null && pending?.approvalId === approvalId) return pending;
  if (asked === undefined || toolCallId === undefined) return undefined;
  const status = decision === null ? 'withdrawn' : 'decided';
  return { ...asked, arguments: asked.arguments, approvalId, toolCallId, run, status, decision };
}

/** @throws RunError approval_not_found */
export async function getApproval(
  deps: ReadDeps,
  { orgId, approvalId }: { readonly orgId: string; readonly approvalId: string },
): Promise<AskedApproval> {
  const { run, pause } = await findAsked(deps, orgId, approvalId);
  const approval = run && pause && toAskedApproval(run, pause);
  if (approval === undefined) throw approvalNotFound(approvalId);
  return approval;
}

/** The run that an approval belongs to. @throws RunError approval_not_found */
export async function runOfApproval(
  deps: ReadDeps,
  { orgId, approvalId }: { readonly orgId: string; readonly approvalId: string },
): Promise<RunKey> {
  const { run, pause } = await findAsked(deps, orgId, approvalId);
  if (run === undefined || pause === undefined) throw approvalNotFound(approvalId);
  return keyOf(run);
}

async function findAsked(deps: ReadDeps, orgId: string, approvalId: string) {
  const id = parseApprovalId(approvalId);
  if (id === undefined) throw approvalNotFound(approvalId);
  const key = { orgId, runId: id.runId };
  const [run, pause] = await Promise.all([
    findRun(deps, key),
    findPause(deps.store, key, id.pause),
  ]);
  return { run, pause };
}

const approvalNotFound = (approvalId: string) =>
  new RunError('approval_not_found', `There is no approval ${approvalId}.`);
