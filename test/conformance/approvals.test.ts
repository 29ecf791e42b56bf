import { expect, it } from 'vitest';
import { anExistingTable, aPausedRun, ops, sendTwoEmails, tables } from './agents.ts';
import { us } from './client.ts';
import { decide, decided, detailOf, pathOf, run, submit, untilIs } from './runs.ts';
import { callsBegunBy } from './tool-calls.ts';
import { AgentRun, RunResponse } from './wire.ts';

it('shows the call that a paused run waits with, and when it expires', async () => {
  const { requiredAction } = await aPausedRun(us);

  expect(requiredAction).toMatchObject({
    tool: 'send_email',
    args: { to: 'bob@example.com' },
  });
  expect(Date.parse(requiredAction.expiresAt)).toBeGreaterThan(Date.now());
});

it('shows the same call under /api/runs', async () => {
  const paused = await aPausedRun(us);

  const { pendingApproval } = await detailOf(us, paused);

  const { approvalId, tool, args, reason, expiresAt } = paused.requiredAction;
  expect(pendingApproval).toMatchObject({ approvalId, tool, arguments: args, reason, expiresAt });
});

it('makes exactly the shown call once that is approved', async () => {
  const paused = await aPausedRun(us);

  const response = await decide(us, paused, 'APPROVE');

  const { tool: name, args } = paused.requiredAction;
  expect(response).toMatchObject({
    runId: paused.id,
    sessionId: paused.sessionId,
    status: 'COMPLETED',
  });
  expect(response.content).not.toBe('');
  expect(response.tools).toMatchObject([{ name, arguments: args }]);
  expect(await callsBegunBy(paused)).toEqual([{ tool: name, arguments: args }]);
});

it('makes no call once that is rejected, and the agent answers', async () => {
  const paused = await aPausedRun(us);

  const response = await decide(us, paused, 'REJECT');

  expect(response).toMatchObject({ runId: paused.id, status: 'COMPLETED' });
  expect(response.content).not.toBe('');
  expect(await callsBegunBy(paused)).toEqual([]);
});

it('leaves what was to be deleted where it is once that is rejected', async () => {
  const table = await anExistingTable(us);
  const paused = await run(us, ops, { message: `Delete the table ${table}.` });
  expect(paused).toMatchObject({
    status: 'PAUSED',
    requiredAction: { tool: 'delete_table', args: { table } },
  });

  const response = await decide(us, { id: paused.runId, agentId: ops }, 'REJECT');

  expect(response.status).toBe('COMPLETED');
  expect(await tables(us)).toContain(table);
});

it('asks for two approvals one after the other, each with its own call', async () => {
  const first = await submit(us, ops, { message: sendTwoEmails });
  const one = await untilIs(us, first, 'PAUSED');
  expect(one.requiredAction.args).toMatchObject({ to: 'bob@example.com' });

  const two = await decide(us, one, 'APPROVE');
  expect(two).toMatchObject({
    status: 'PAUSED',
    requiredAction: { args: { to: 'anna@example.com' } },
  });
  const last = await decide(us, one, 'REJECT');

  expect(last.status).toBe('COMPLETED');
  expect(await callsBegunBy(one)).toMatchObject([{ arguments: { to: 'bob@example.com' } }]);
});

it('says in Location where the status of a continued run is found', async () => {
  const paused = await aPausedRun(us);

  const { headers } = await decided(us, paused, 'REJECT');

  const found = await us.call(AgentRun, 'GET', headers.get('Location') ?? '');
  expect(found.body.id).toBe(paused.id);
});

it('takes a decision on an id without run_', async () => {
  const { id, agentId } = await aPausedRun(us);

  const response = await decide(us, { id: id.replace('run_', ''), agentId }, 'REJECT');

  expect(response).toMatchObject({ runId: id, status: 'COMPLETED' });
});

it('hands the reason of a rejection to the agent', async () => {
  const paused = await aPausedRun(us);
  const reason = 'Bob knows already.';

  const { body } = await us.call(RunResponse, 'POST', `${pathOf(paused)}/continue`, {
    json: { action: 'REJECT', reason },
  });

  expect(body.tools).toMatchObject([{ result: expect.stringContaining(reason) }]);
});
