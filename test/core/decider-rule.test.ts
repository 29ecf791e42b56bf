import { describe, expect, it } from 'vitest';
import type { AgentApprovals } from '#agent/define-agent.ts';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { decideApprovals } from '#core/approval/decide-approvals.ts';
import { keyOf } from '#core/run/run-repository.ts';
import type { SubmitRunCommand } from '#core/run/submit-run.ts';
import type { Principal } from '#core/tenant/principal.ts';
import { aPrincipal } from '../builders/a-principal.ts';
import { anInbox, aPausedRun, runIdsIn } from './inbox.ts';

async function decideAs(
  by: Principal,
  approvals: AgentApprovals,
  command: Partial<SubmitRunCommand> = {},
) {
  const engine = await anInbox(approvals);
  const run = await aPausedRun(engine, { principal: 'key:1', userId: 'ann', ...command });
  const decision = { ...keyOf(run), decision: 'APPROVE' as const, by, idempotency: undefined };
  const outcome = await decideApproval(engine.deps, decision).then(
    () => 'decided',
    (error: { code: string }) => error.code,
  );
  return { outcome, pending: await runIdsIn(engine), run };
}

const inGroup = aPrincipal('bob', { groups: ['staff', 'approvers'] });
const approvers = { deciders: { groups: ['approvers'] } };

describe('an agent that names who may decide', () => {
  it('takes the decision of a member of its groups', async () => {
    expect(await decideAs(inGroup, approvers)).toMatchObject({ outcome: 'decided', pending: [] });
  });

  it('takes the decision of a user that it names', async () => {
    const { outcome } = await decideAs(aPrincipal('key:2', { userId: 'carla' }), {
      deciders: { users: ['carla'] },
    });

    expect(outcome).toBe('decided');
  });

  it.each([
    ['somebody without groups', aPrincipal('bob')],
    ['a member of other groups', aPrincipal('bob', { groups: ['staff'] })],
    ['somebody who is only called like a group', aPrincipal('approvers')],
  ])('refuses %s, and the run waits on', async (_, by) => {
    const { outcome, pending, run } = await decideAs(by, approvers);

    expect(outcome).toBe('forbidden_decision');
    expect(pending).toEqual([run.id]);
  });

  it('lets nobody decide where it names nobody', async () => {
    expect((await decideAs(inGroup, { deciders: {} })).outcome).toBe('forbidden_decision');
  });

  it('is asked for each of several decisions', async () => {
    const engine = await anInbox(approvers);
    const { pendingApproval } = await aPausedRun(engine);
    const decisions = [{ approvalId: pendingApproval.approvalId, decision: 'REJECT' as const }];

    const by = { by: aPrincipal('bob'), idempotency: undefined };
    const outcomes = await decideApprovals(engine.deps, by, decisions);

    expect(outcomes).toMatchObject([{ error: { code: 'forbidden_decision' } }]);
  });
});

describe('an agent whose requester may not decide', () => {
  const fourEyes = { notRequester: true };

  it.each([
    ['the same credential', aPrincipal('key:1', { userId: 'somebody' })],
    ['another credential of the same user', aPrincipal('key:2', { userId: 'keys-user' })],
    ['the user that the run is for', aPrincipal('user:ann', { userId: 'ann' })],
  ])('refuses %s', async (_, by) => {
    const { outcome } = await decideAs(by, fourEyes, { principalUserId: 'keys-user' });

    expect(outcome).toBe('forbidden_decision');
  });

  it('takes the decision of anybody else', async () => {
    const { outcome } = await decideAs(aPrincipal('bob'), fourEyes, { principalUserId: 'ann' });

    expect(outcome).toBe('decided');
  });

  it('refuses a requester who is one of the deciders', async () => {
    const rule = { ...approvers, ...fourEyes };

    const { outcome } = await decideAs(inGroup, rule, { principalUserId: 'bob' });

    expect(outcome).toBe('forbidden_decision');
  });
});

it('leaves decisions to everybody where the agent says nothing of them', async () => {
  expect((await decideAs(aPrincipal('ann'), {})).outcome).toBe('decided');
});
