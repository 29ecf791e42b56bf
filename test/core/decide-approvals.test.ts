import { describe, expect, it } from 'vitest';
import { decideApprovals } from '#core/approval/decide-approvals.ts';
import { aPrincipal } from '../builders/a-principal.ts';
import { anInbox, aPausedRun, runIdsIn } from './inbox.ts';

const ann = aPrincipal('ann');

describe('several decisions at once', () => {
  it('are made each by itself: one that is refused keeps no other from being made', async () => {
    const engine = await anInbox();
    const first = await aPausedRun(engine);
    const second = await aPausedRun(engine);
    const decisions = [
      { approvalId: first.pendingApproval.approvalId, decision: 'APPROVE' as const },
      { approvalId: 'nonsense', decision: 'APPROVE' as const },
      {
        approvalId: second.pendingApproval.approvalId,
        decision: 'APPROVE' as const,
        arguments: { n: 'many' },
      },
    ];

    const by = { by: ann, idempotency: undefined };
    const outcomes = await decideApprovals(engine.deps, by, decisions);

    expect(outcomes).toMatchObject([
      { approval: { decision: { decision: 'APPROVE' } } },
      { approvalId: 'nonsense', error: { code: 'approval_not_found' } },
      { error: { code: 'invalid_input' } },
    ]);
    expect(await runIdsIn(engine)).toEqual([second.id]);
  });

  it('are refused where they were made already', async () => {
    const engine = await anInbox();
    const { pendingApproval } = await aPausedRun(engine);
    const decisions = [{ approvalId: pendingApproval.approvalId, decision: 'APPROVE' as const }];
    const by = { by: ann, idempotency: undefined };
    await decideApprovals(engine.deps, by, decisions);

    const again = await decideApprovals(engine.deps, by, decisions);

    expect(again).toMatchObject([{ error: { code: 'run_state_conflict' } }]);
  });

  it('are answered as the first time where the same request comes again', async () => {
    const engine = await anInbox();
    const { pendingApproval } = await aPausedRun(engine);
    const decisions = [{ approvalId: pendingApproval.approvalId, decision: 'REJECT' as const }];
    const idempotency = { route: 'bulk', key: 'once', fingerprint: 'x' };
    await decideApprovals(engine.deps, { by: ann, idempotency }, decisions);

    const again = await decideApprovals(engine.deps, { by: ann, idempotency }, decisions);

    expect(again).toMatchObject([{ approval: { decision: { decision: 'REJECT' } } }]);
  });
});
