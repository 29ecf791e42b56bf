import { describe, expect, it } from 'vitest';
import { findPause } from '#core/approval/approval.ts';
import { getApproval } from '#core/approval/asked-approval.ts';
import { decideNamed } from '#core/approval/decide-approvals.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import type { AskingRun } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import type { ItemStore, Query } from '#core/store/item-store.ts';
import { pauseKey, pendingApprovalIndexKey } from '#core/store/keys.ts';
import { aPrincipal } from '../builders/a-principal.ts';
import type { Engine } from '../builders/an-engine.ts';
import { anInbox, aPausedRun, inbox, runIdsIn } from './inbox.ts';

const ann = aPrincipal('ann');

const decide = (engine: Engine, { pendingApproval }: AskingRun, more: object = {}) =>
  decideNamed(
    engine.deps,
    { by: ann, idempotency: undefined },
    { approvalId: pendingApproval.approvalId, decision: 'APPROVE', ...more },
  );

describe('the list of pending approvals', () => {
  it('shows every call that waits, the newest first', async () => {
    const engine = await anInbox();
    const first = await aPausedRun(engine);
    const second = await aPausedRun(engine, { agentId: 'other', userId: 'bob' });

    const { approvals } = await inbox(engine);

    expect(approvals).toMatchObject([
      { run: { id: second.id, userId: 'bob' }, tool: 'guarded', status: 'pending' },
      { run: { id: first.id }, arguments: { n: 0 }, decision: null },
    ]);
  });

  it('is empty for another organisation', async () => {
    const engine = await anInbox();
    await aPausedRun(engine);

    expect(await runIdsIn(engine, { orgId: 'other' })).toEqual([]);
  });

  it('can be of one agent, and of one user', async () => {
    const engine = await anInbox();
    const bobs = await aPausedRun(engine, { userId: 'bob' });
    const others = await aPausedRun(engine, { agentId: 'other' });

    expect(await runIdsIn(engine, { userId: 'bob' })).toEqual([bobs.id]);
    expect(await runIdsIn(engine, { agentId: 'other' })).toEqual([others.id]);
    expect(await runIdsIn(engine, { agentId: 'other', userId: 'bob' })).toEqual([]);
  });

  it('comes in pages that neither repeat nor leave out', async () => {
    const engine = await anInbox();
    const runs = [];
    for (let i = 0; i < 5; i += 1) runs.push(await aPausedRun(engine));
    const seen: string[] = [];

    let cursor: string | undefined;
    do {
      const page = await inbox(engine, { limit: 2, cursor });
      seen.push(...page.approvals.map(({ run }) => run.id));
      cursor = page.cursor;
    } while (cursor !== undefined);

    expect(seen).toEqual(runs.map(({ id }) => id).reverse());
  });

  it('refuses a cursor of somewhere else', async () => {
    const engine = await anInbox();
    const cursor = Buffer.from('T#other#APPROVALS').toString('base64url');

    await expect(inbox(engine, { cursor })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it.each(['APPROVE', 'REJECT'])('loses what was decided: %s', async (decision) => {
    const engine = await anInbox();
    const run = await aPausedRun(engine);

    await decide(engine, run, { decision });

    expect(await runIdsIn(engine)).toEqual([]);
  });

  it('loses what was cancelled, which is in the list of decided ones neither', async () => {
    const engine = await anInbox();
    const run = await aPausedRun(engine);

    await cancelRun(engine.deps, keyOf(run), 'test');

    expect(await runIdsIn(engine)).toEqual([]);
    expect(await runIdsIn(engine, { status: 'decided' })).toEqual([]);
    const { approvalId } = run.pendingApproval;
    expect(await getApproval(engine.deps, { orgId: 'acme', approvalId })).toMatchObject({
      status: 'withdrawn',
      decision: null,
    });
  });

  it('does not show what a lagging index still has', async () => {
    const engine = await anInbox();
    const run = await aPausedRun(engine);
    const { requestedAt } = run.pendingApproval;
    const stale = await engine.deps.store.query({
      index: 'waiting',
      pk: pendingApprovalIndexKey(keyOf(run), requestedAt).pk,
      order: 'ascending',
      limit: 10,
    });
    await decide(engine, run);
    const latest = await engine.deps.store.getMany(stale);
    const store: ItemStore = Object.assign(Object.create(engine.deps.store), {
      query: async (_: Query) => latest.flatMap((item) => item ?? []),
    });

    const page = await inbox({ ...engine, deps: { ...engine.deps, store } });

    expect(stale).toHaveLength(1);
    expect(page.approvals).toEqual([]);
  });
});

describe('the list of decided approvals', () => {
  it('has who decided what, when and why, the newest decision first', async () => {
    const engine = await anInbox();
    const first = await aPausedRun(engine);
    const second = await aPausedRun(engine, { agentId: 'other' });
    await decide(engine, second, { decision: 'REJECT', reason: 'no' });
    engine.clock.advance(1);
    await decide(engine, first);

    const { approvals } = await inbox(engine, { status: 'decided' });

    expect(approvals).toMatchObject([
      { run: { id: first.id }, status: 'decided', decision: { decision: 'APPROVE', by: 'ann' } },
      { run: { id: second.id }, decision: { decision: 'REJECT', reason: 'no' } },
    ]);
    expect(await runIdsIn(engine, { status: 'decided', agentId: 'other' })).toEqual([second.id]);
  });

  it('has every approval of a run that asked twice', async () => {
    const engine = await anInbox();
    const run = await aPausedRun(engine, { message: 'guarded guarded' });
    await decide(engine, run);
    const again = await engine.reach(run, (now) => now.status === 'PAUSED' && now.pauses === 2);

    const decided = await inbox(engine, { status: 'decided' });
    const pending = await inbox(engine);

    expect(decided.approvals).toMatchObject([{ approvalId: `${run.id}-1` }]);
    expect(pending.approvals).toMatchObject([{ approvalId: `${again.id}-2` }]);
  });

  it('has what expired', async () => {
    const engine = await anInbox();
    const run = await aPausedRun(engine);
    engine.clock.advance(8 * 24 * 3600 * 1000);
    await sweep(engine.deps);

    const { approvals } = await inbox(engine, { status: 'decided' });

    expect(approvals).toMatchObject([{ run: { id: run.id }, decision: { by: 'system:expiry' } }]);
  });

  it('keeps what was decided before its wait was registered', async () => {
    const engine = await anInbox();
    const run = await aPausedRun(engine);
    await decide(engine, run);
    await engine.reach(run, ({ status }) => status === 'COMPLETED');

    expect(await runIdsIn(engine, { status: 'decided' })).toEqual([run.id]);
  });
});

describe('a run that was paused before there was a list', () => {
  it('can still be decided, and is found from then on', async () => {
    const engine = await anInbox();
    const run = await aPausedRun(engine);
    const item = await engine.deps.store.get(pauseKey(keyOf(run), 1));
    const { asked: _, ...before } = (await findPause(engine.deps.store, keyOf(run), 1)) ?? {};
    if (item) await engine.deps.store.transact([{ put: { ...item, value: before } }]);

    const { approval } = await decide(engine, run);

    expect(approval).toMatchObject({ tool: 'guarded', decision: { decision: 'APPROVE' } });
    expect(await runIdsIn(engine, { status: 'decided' })).toEqual([run.id]);
  });
});

describe('an approval by its id', () => {
  it.each([
    'nonsense',
    '00000000-0000-7000-8000-000000000000-1',
    '00000000-0000-7000-8000-000000000000',
  ])('is not found where there is none: %s', async (approvalId) => {
    const engine = await anInbox();
    const asked = { orgId: 'acme', approvalId };

    await expect(getApproval(engine.deps, asked)).rejects.toMatchObject({
      code: 'approval_not_found',
    });
  });

  it('is not found by another organisation, nor decided', async () => {
    const engine = await anInbox();
    const { pendingApproval } = await aPausedRun(engine);
    const { approvalId } = pendingApproval;
    const stranger = aPrincipal('eve', { orgId: 'other' });

    await expect(getApproval(engine.deps, { orgId: 'other', approvalId })).rejects.toMatchObject({
      code: 'approval_not_found',
    });
    await expect(
      decideNamed(
        engine.deps,
        { by: stranger, idempotency: undefined },
        { approvalId, decision: 'APPROVE' },
      ),
    ).rejects.toMatchObject({ code: 'approval_not_found' });
  });
});
