import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  aCompletedRun,
  aPausedRun,
  aQueuedRun,
  aRunningRun,
  ops,
  sendTwoEmails,
} from './agents.ts';
import { us } from './client.ts';
import {
  type Action,
  decide,
  decided,
  pathOf,
  type Run,
  statusOf,
  submit,
  untilIs,
} from './runs.ts';
import { callsBegunBy } from './tool-calls.ts';
import { RunResponse } from './wire.ts';

const refusedDecision = async (of: Run, action: Action) =>
  (await us.refused(409, 'POST', `${pathOf(of)}/continue`, { json: { action } })).body;

describe('a decision', () => {
  it.each([
    ['APPROVE', 'REJECT'],
    ['REJECT', 'APPROVE'],
    ['REJECT', 'REJECT'],
  ] as const)('that comes after another one is refused: %s, then %s', async (first, second) => {
    const paused = await aPausedRun(us);
    await decide(us, paused, first);

    const problem = await refusedDecision(paused, second);

    expect(problem).toMatchObject({ currentStatus: 'COMPLETED', decided: { decision: first } });
    expect(await statusOf(us, paused)).toMatchObject({ status: 'COMPLETED' });
  });

  it('is taken once, however many come at the same time', async () => {
    const paused = await aPausedRun(us);
    const actions = Array.from({ length: 20 }, (_, i) => (i % 2 ? 'APPROVE' : 'REJECT'));

    const answers = await Promise.all(
      actions.map((action) => us.send('POST', `${pathOf(paused)}/continue`, { json: { action } })),
    );

    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    await untilIs(us, paused, 'COMPLETED');
    const winner = actions[statuses.indexOf(200)];
    const losers = answers.filter(({ status }) => status === 409);
    for (const loser of losers)
      expect(await loser.json()).toMatchObject({ decided: { decision: winner } });
    expect(await callsBegunBy(paused)).toHaveLength(winner === 'APPROVE' ? 1 : 0);
  });

  it('repeated with its Idempotency-Key gets the first answer again', async () => {
    const paused = await aPausedRun(us);
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await decided(us, paused, 'APPROVE', headers);
    await untilIs(us, paused, 'COMPLETED');

    const again = await decided(us, paused, 'APPROVE', headers);

    expect(first.headers.get('Idempotency-Replayed')).toBeNull();
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    expect(again.body).toMatchObject({ runId: paused.id, status: 'COMPLETED' });
    expect(await callsBegunBy(paused)).toHaveLength(1);
  });

  it('repeated with its Idempotency-Key decides nothing that is asked later', async () => {
    const run = await submit(us, ops, { message: sendTwoEmails });
    await untilIs(us, run, 'PAUSED');
    const headers = { 'Idempotency-Key': randomUUID() };
    await decided(us, run, 'APPROVE', headers);
    const before = await untilIs(us, run, 'PAUSED');

    const again = await decided(us, run, 'APPROVE', headers);

    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    expect(again.body).toMatchObject({ status: 'PAUSED', requiredAction: before.requiredAction });
  });

  it('that names its approval decides on no other one', async () => {
    const run = await submit(us, ops, { message: sendTwoEmails });
    const { approvalId } = (await untilIs(us, run, 'PAUSED')).requiredAction;
    const json = { action: 'APPROVE', approvalId };
    await us.call(RunResponse, 'POST', `${pathOf(run)}/continue`, { json });
    const second = await untilIs(us, run, 'PAUSED');

    const { body } = await us.refused(409, 'POST', `${pathOf(run)}/continue`, { json });

    expect(body.currentStatus).toBe('PAUSED');
    expect(await statusOf(us, run)).toEqual(second);
  });

  it('may not use the Idempotency-Key of the opposite decision', async () => {
    const paused = await aPausedRun(us);
    const headers = { 'Idempotency-Key': randomUUID() };
    await decided(us, paused, 'REJECT', headers);

    await us.refused(409, 'POST', `${pathOf(paused)}/continue`, {
      json: { action: 'APPROVE' },
      headers,
    });
  });

  it.each([
    ['QUEUED', async () => (await aQueuedRun(us)).queued],
    ['RUNNING', () => aRunningRun(us)],
    ['COMPLETED', () => aCompletedRun(us)],
  ])('on a %s run is refused with that status', async (status, aRun) => {
    const problem = await refusedDecision(await aRun(), 'APPROVE');

    expect(problem.currentStatus).toBe(status);
    expect(problem.decided).toBeUndefined();
  });

  it.each([
    ['unknown', { action: 'MAYBE' }],
    ['in lower case', { action: 'approve' }],
    ['missing', {}],
    ['no text', { action: true }],
  ])('with an action that is %s is refused with 400', async (_, json) => {
    const paused = await aPausedRun(us);

    const { body } = await us.refused(400, 'POST', `${pathOf(paused)}/continue`, { json });

    expect(body.invalidParams).toMatchObject([{ name: 'action' }]);
    expect(await statusOf(us, paused)).toMatchObject({ status: 'PAUSED' });
  });
});
