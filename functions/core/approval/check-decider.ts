import type { RunDeps } from '../run/deps.ts';
import type { Run } from '../run/run.ts';
import { RunError } from '../run/run-error.ts';
import type { Principal } from '../tenant/principal.ts';
import type { DeciderRule } from './decider-rule.ts';

/** @throws RunError forbidden_decision where the run's agent leaves decisions to others */
export function checkDecider(
  { agents }: Pick<RunDeps, 'agents'>,
  run: Run,
  principal: Principal,
): void {
  const rule = agents.find(run.agentId, run.orgId)?.approvals;
  const refusal = rule && refusalOf(rule, run, principal);
  if (refusal !== undefined) throw new RunError('forbidden_decision', refusal, { runId: run.id });
}

function refusalOf(rule: DeciderRule, run: Run, principal: Principal): string | undefined {
  const { deciders, notRequester = false } = rule;
  if (notRequester && isRequester(run, principal))
    return `${principal.name} asked for this run; agent ${run.agentId} leaves the decision to others.`;
  if (deciders === undefined || isNamed(deciders, principal)) return undefined;
  return `Agent ${run.agentId} leaves decisions to others than ${principal.name}.`;
}

const isNamed = (
  { groups = [], users = [] }: NonNullable<DeciderRule['deciders']>,
  principal: Principal,
) =>
  users.includes(principal.userId) ||
  groups.some((group) => principal.groups?.includes(group) ?? false);

/**
 * By the credential, by whose credential it was, or by whom the run is for: a person with two keys, or
 * behind a service that submits for many, is one person.
 */
const isRequester = (run: Run, { name, userId }: Principal) =>
  run.principal === name || run.principalUserId === userId || run.userId === userId;
