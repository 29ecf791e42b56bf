import { expect, it } from 'vitest';
import { aPausedRun, ops, sendEmail } from './agents.ts';
import { them, us } from './client.ts';
import { eventually } from './eventually.ts';
import { cancel, submit, untilIs } from './runs.ts';
import {
  ApprovalPage,
  BulkResolved,
  ListedApproval,
  Outcomes,
  pageOf,
  ToolApproval,
} from './wire-of-approvals.ts';

const inbox = '/api/approvals';

async function listed(path: string): Promise<string[]> {
  const { body } = await us.call(ApprovalPage, 'GET', path);
  return body.approvals.map(({ approvalId }) => approvalId);
}

/** An index may lag. */
const untilListed = (path: string, approvalId: string, is = true) =>
  eventually(`${approvalId} is ${is ? '' : 'not '}in ${path}`, async () =>
    (await listed(path)).includes(approvalId) === is ? true : undefined,
  );

it('lists what waits for a decision, of one agent and of one user', async () => {
  const userId = `user-${crypto.randomUUID()}`;
  const run = await submit(us, ops, { message: sendEmail, userId });
  const { requiredAction } = await untilIs(us, run, 'PAUSED');
  const { approvalId } = requiredAction;

  await untilListed(`${inbox}?limit=100`, approvalId);
  expect(await listed(`${inbox}?userId=${userId}&agentId=${ops}`)).toEqual([approvalId]);
  expect(await listed(`${inbox}?userId=${userId}&agentId=slow_agent`)).toEqual([]);
});

it('shows an approval by its id, with the run that asks', async () => {
  const { id, requiredAction } = await aPausedRun(us);

  const { body } = await us.call(ListedApproval, 'GET', `${inbox}/${requiredAction.approvalId}`);

  expect(body).toMatchObject({
    status: 'pending',
    runId: id.replace('run_', ''),
    tool: requiredAction.tool,
    arguments: requiredAction.args,
  });
});

it('takes a decision by the id of the approval, and moves it to the decided ones', async () => {
  const run = await aPausedRun(us);
  const { approvalId } = run.requiredAction;

  const { body } = await us.call(ListedApproval, 'POST', `${inbox}/${approvalId}/decision`, {
    json: { decision: 'REJECT', reason: 'not today' },
  });

  expect(body).toMatchObject({ status: 'decided', decided: { reason: 'not today' } });
  await untilIs(us, run, 'COMPLETED');
  await untilListed(`${inbox}?status=decided&agentId=${ops}&limit=100`, approvalId);
  await untilListed(`${inbox}?limit=100`, approvalId, false);
  await us.refused(409, 'POST', `${inbox}/${approvalId}/decision`, {
    json: { decision: 'APPROVE' },
  });
});

it('takes several decisions, and says of each what became of it', async () => {
  const run = await aPausedRun(us);
  const { approvalId } = run.requiredAction;

  const { body } = await us.call(Outcomes, 'POST', `${inbox}/decisions`, {
    json: {
      decisions: [
        { approvalId: 'nonsense', decision: 'APPROVE' },
        { approvalId, decision: 'REJECT' },
      ],
    },
  });

  expect(body.outcomes).toMatchObject([
    { approvalId: 'nonsense', error: { status: 404, code: 'approval_not_found' } },
    { approvalId, approval: { status: 'decided' } },
  ]);
  await untilIs(us, run, 'COMPLETED');
});

it('withdraws what a cancelled run had asked', async () => {
  const run = await aPausedRun(us);
  const { approvalId } = run.requiredAction;
  await cancel(us, run);

  const { body } = await us.call(ListedApproval, 'GET', `${inbox}/${approvalId}`);

  expect(body).toMatchObject({ status: 'withdrawn', decided: null });
});

it('shows another tenant nothing, and takes no decision of it', async () => {
  const run = await aPausedRun(us);
  const { approvalId } = run.requiredAction;

  await them.refused(404, 'GET', `${inbox}/${approvalId}`);
  await them.refused(404, 'POST', `${inbox}/${approvalId}/decision`, {
    json: { decision: 'APPROVE' },
  });
  await them.refused(404, 'POST', `/api/v1/approvals/${approvalId}/resolve`, {
    json: { decision: 'APPROVED' },
  });
  const { body } = await them.call(ApprovalPage, 'GET', `${inbox}?limit=100`);
  expect(body.approvals.map((one) => one.approvalId)).not.toContain(approvalId);
});

it.each([
  ['/resolve', { decision: 'REJECTED' }],
  ['/decide', { decision: 'reject' }],
  ['/decide', { decision: 'reject', payload: {} }],
])("takes Operativus' decision: %s %j", async (path, json) => {
  const run = await aPausedRun(us);
  const approval = `/api/v1/approvals/${run.requiredAction.approvalId}`;
  const pending = await us.call(ToolApproval, 'GET', approval);

  const { body } = await us.call(ToolApproval, 'POST', `${approval}${path}`, { json });

  expect(pending.body).toMatchObject({ runId: run.id, status: 'PENDING', resolvedBy: null });
  expect(body).toMatchObject({ runId: run.id, status: 'REJECTED' });
  await untilIs(us, run, 'COMPLETED');
});

it("pages through Operativus' pending approvals, and resolves several", async () => {
  const runs = [await aPausedRun(us), await aPausedRun(us)];
  const ids = runs.map(({ requiredAction }) => requiredAction.approvalId);
  await untilListed(`${inbox}?limit=100`, ids[1] ?? '');

  const { body: page } = await us.call(
    pageOf(ToolApproval),
    'GET',
    '/api/v1/approvals/pending?page=0&size=1',
  );
  const { body } = await us.call(BulkResolved, 'POST', '/api/v1/approvals/bulk-resolve', {
    json: { ids: [...ids, 'nonsense'], decision: 'REJECTED' },
  });

  expect(page.content).toHaveLength(1);
  expect(page.totalElements).toBeGreaterThanOrEqual(2);
  expect(page.totalPages).toBe(page.totalElements);
  expect(body).toMatchObject({
    resolved: 2,
    failed: 1,
    results: [...ids.map((id) => ({ id, status: 'REJECTED' })), { id: 'nonsense' }],
  });
});
