import type { IdempotencyClaim } from '../idempotency/idempotency.ts';
import { RunError } from '../run/run-error.ts';
import type { Principal } from '../tenant/principal.ts';
import { type AskedApproval, getApproval, runOfApproval } from './asked-approval.ts';
import { type DecideApprovalCommand, decideApproval } from './decide-approval.ts';

/** What is decided on an approval. */
export interface NamedDecision
  extends Pick<DecideApprovalCommand, 'decision' | 'reason' | 'arguments'> {
  readonly approvalId: string;
}

interface Decider {
  readonly by: Principal;
  readonly idempotency: IdempotencyClaim | undefined;
}

type Deps = Parameters<typeof decideApproval>[0];

/**
 * Decides on an approval by its own id.
 * @throws RunError approval_not_found, else as `decideApproval`
 */
export async function decideNamed(
  deps: Deps,
  decider: Decider,
  decision: NamedDecision,
): Promise<{ readonly approval: AskedApproval; readonly replayed: boolean }> {
  const key = { orgId: decider.by.orgId, approvalId: decision.approvalId };
  const run = await runOfApproval(deps, key);
  const { replayed } = await decideApproval(deps, { ...decider, ...decision, ...run });
  return { approval: await getApproval(deps, key), replayed };
}

export type DecisionOutcome = { readonly approvalId: string } & (
  | { readonly approval: AskedApproval }
  | { readonly error: RunError }
);

/**
 * Decides on several, each by itself: one that was decided already, or is not this caller's to decide,
 * keeps no other from being decided. An idempotency claim holds for each of them.
 */
export async function decideApprovals(
  deps: Deps,
  { by, idempotency }: Decider,
  decisions: readonly NamedDecision[],
): Promise<DecisionOutcome[]> {
  const outcomes: DecisionOutcome[] = [];
  for (const decision of decisions) {
    const { approvalId } = decision;
    const claim = idempotency && { ...idempotency, key: `${idempotency.key}#${approvalId}` };
    try {
      const { approval } = await decideNamed(deps, { by, idempotency: claim }, decision);
      outcomes.push({ approvalId, approval });
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      outcomes.push({ approvalId, error });
    }
  }
  return outcomes;
}
