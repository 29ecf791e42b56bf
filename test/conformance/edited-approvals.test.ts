import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aPausedRun, ops, sendTwoEmails } from './agents.ts';
import { us } from './client.ts';
import { eventually } from './eventually.ts';
import { decide, detailOf, pathOf, type Run, statusOf, submit, untilIs } from './runs.ts';
import { callsBegunBy } from './tool-calls.ts';
import { RunResponse } from './wire.ts';
import { RunDetail } from './wire-of-longrun.ts';

const edited = { to: 'carol@example.com', subject: 'the outage', body: 'We are back, all of us.' };

/** Approves with other arguments; where the target stops waiting, the same decision is repeated. */
async function approveWith(run: Run, args: object, reason?: string) {
  const headers = { 'Idempotency-Key': randomUUID() };
  const json = { action: 'APPROVE', arguments: args, ...(reason ? { reason } : {}) };
  return eventually('the run has settled', async () => {
    const { body } = await us.call(RunResponse, 'POST', `${pathOf(run)}/continue`, {
      json,
      headers,
    });
    return body.status === 'QUEUED' || body.status === 'RUNNING' ? undefined : body;
  });
}

it('makes a call with exactly the arguments that a person has changed', async () => {
  const paused = await aPausedRun(us);

  const response = await approveWith(paused, edited);

  expect(response).toMatchObject({
    status: 'COMPLETED',
    tools: [{ name: 'send_email', arguments: edited }],
  });
  expect(response.content).toContain(edited.to);
  expect(await callsBegunBy(paused)).toEqual([{ tool: 'send_email', arguments: edited }]);
});

it('shows what was proposed beside what was changed, and who decided, when and why', async () => {
  const paused = await aPausedRun(us);
  await approveWith(paused, edited, 'Carol has to know');

  const { approvals } = await detailOf(us, paused);

  const { approvalId, tool, args, expiresAt } = paused.requiredAction;
  expect(approvals).toMatchObject([
    {
      approvalId,
      tool,
      arguments: args,
      expiresAt,
      decided: { decision: 'APPROVE', reason: 'Carol has to know', arguments: edited },
    },
  ]);
});

it('shows every approval of a run in order, open or decided', async () => {
  const run = await submit(us, ops, { message: sendTwoEmails });
  await untilIs(us, run, 'PAUSED');
  const before = await detailOf(us, run);
  await decide(us, run, 'APPROVE');
  const between = await detailOf(us, run);
  await decide(us, run, 'REJECT');
  const after = await detailOf(us, run);

  const decisionsOf = ({ approvals }: typeof before) =>
    approvals.map(({ decided }) => decided?.decision ?? null);
  expect([before, between, after].map(decisionsOf)).toEqual([
    [null],
    ['APPROVE', null],
    ['APPROVE', 'REJECT'],
  ]);
});

it.each([
  ['arguments.to', { ...edited, to: '' }],
  ['arguments.subject', { to: edited.to, body: edited.body }],
  ['arguments', 'to everybody'],
])('refuses a change of %s that the tool cannot take, and decides nothing', async (name, args) => {
  const paused = await aPausedRun(us);

  const { body } = await us.refused(400, 'POST', `${pathOf(paused)}/continue`, {
    json: { action: 'APPROVE', arguments: args },
  });

  expect(body.invalidParams).toMatchObject([{ name }]);
  expect(await statusOf(us, paused)).toEqual(paused);
});

it('refuses changed arguments of a call that is rejected', async () => {
  const paused = await aPausedRun(us);

  const { body } = await us.refused(400, 'POST', `${pathOf(paused)}/continue`, {
    json: { action: 'REJECT', arguments: edited },
  });

  expect(body.invalidParams).toMatchObject([{ name: 'arguments' }]);
});

describe("Longrun's own path of a decision", () => {
  const decideOn = (run: Run, json: object, headers = {}) =>
    us.call(RunDetail, 'POST', `/api/runs/${run.id}/decision`, { json, headers });

  it('takes one with changed arguments, and answers at once with the run', async () => {
    const paused = await aPausedRun(us);

    const { body } = await decideOn(paused, { decision: 'APPROVE', arguments: edited });

    expect(body.approvals).toMatchObject([{ decided: { decision: 'APPROVE', arguments: edited } }]);
    const { output } = await untilIs(us, paused, 'COMPLETED');
    expect(output).toContain(edited.to);
  });

  it('takes one that names its approval, and no second one', async () => {
    const paused = await aPausedRun(us);
    const { approvalId } = paused.requiredAction;
    await decideOn(paused, { decision: 'REJECT', reason: 'no', approvalId });

    const { body } = await us.refused(409, 'POST', `/api/runs/${paused.id}/decision`, {
      json: { decision: 'APPROVE', approvalId },
    });

    expect(body).toMatchObject({ decided: { decision: 'REJECT' } });
  });

  it('takes one once for an Idempotency-Key', async () => {
    const paused = await aPausedRun(us);
    const headers = { 'Idempotency-Key': randomUUID() };
    await decideOn(paused, { decision: 'REJECT' }, headers);

    const again = await decideOn(paused, { decision: 'REJECT' }, headers);

    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
  });

  it.each([
    ['decision', { decision: 'MAYBE' }],
    ['decision', {}],
    ['arguments.to', { decision: 'APPROVE', arguments: { ...edited, to: '' } }],
    ['arguments', { decision: 'REJECT', arguments: edited }],
  ])('refuses a wrong %s', async (name, json) => {
    const paused = await aPausedRun(us);

    const { body } = await us.refused(400, 'POST', `/api/runs/${paused.id}/decision`, { json });

    expect(body.invalidParams).toMatchObject([{ name }]);
    expect(await statusOf(us, paused)).toEqual(paused);
  });
});
