import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { runKey } from '#core/store/keys.ts';
import { aContext } from '../builders/a-context.ts';
import { anAccount, stateMachineArn } from './an-account.ts';

const aMessage = (messageId: string, body: string): SQSRecord => ({
  messageId,
  body,
  receiptHandle: '',
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:runs',
  awsRegion: 'eu-central-1',
});

const ringing = (messageId: string, run: { id: string; orgId: string }) =>
  aMessage(messageId, JSON.stringify({ runId: run.id, orgId: run.orgId }));

async function aDispatcher() {
  const account = anAccount();
  const { handler } = await import('../../functions/dispatch/handler.ts');
  const dispatch = (...Records: SQSRecord[]) => handler({ Records } satisfies SQSEvent, aContext());
  return { ...account, dispatch };
}

describe('the dispatch function', () => {
  it('starts the execution of a run that is rung for', async () => {
    const { submit, latest, sfn, dispatch } = await aDispatcher();
    const run = await submit();

    const response = await dispatch(ringing('m1', run));

    expect(response).toEqual({ batchItemFailures: [] });
    expect(await latest(run)).toMatchObject({ status: 'RUNNING', epoch: 1 });
    expect(sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      {
        stateMachineArn,
        name: `${run.id}-1`,
        input: JSON.stringify({ runId: run.id, orgId: 'acme', epoch: 1 }),
      },
    ]);
  });

  it.each([
    ['no JSON', 'hello'],
    ['empty', ''],
    ['about no run', '{"orgId":"acme"}'],
    ['about nobody', '{"runId":"","orgId":""}'],
  ])('fails a message alone that is %s, and says so', async (_, body) => {
    const { submit, latest, logged, dispatch } = await aDispatcher();
    const [one, two] = [await submit(), await submit()];

    const response = await dispatch(ringing('m1', one), aMessage('m2', body), ringing('m3', two));

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
    expect([await latest(one), await latest(two)]).toMatchObject([
      { status: 'RUNNING' },
      { status: 'RUNNING' },
    ]);
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: 'dispatch failed', messageId: 'm2' }),
    );
  });

  it('fails a message alone whose run cannot be read', async () => {
    const { submit, latest, dynamo, dispatch } = await aDispatcher();
    const [one, two] = [await submit(), await submit()];
    const { pk, sk } = runKey({ orgId: one.orgId, runId: one.id });
    dynamo
      .on(GetItemCommand, { Key: { pk: { S: pk }, sk: { S: sk } } })
      .rejects(new Error('ThrottlingException'));

    const response = await dispatch(ringing('m1', one), ringing('m2', two));

    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(await latest(two)).toMatchObject({ status: 'RUNNING' });
  });

  it('has a message come again whose execution was not started, and starts it then', async () => {
    const { submit, sfn, dispatch } = await aDispatcher();
    const run = await submit();
    sfn
      .on(StartExecutionCommand)
      .rejectsOnce(new Error('ThrottlingException'))
      .resolves({ executionArn: 'arn' });

    const responses = [await dispatch(ringing('m1', run)), await dispatch(ringing('m1', run))];

    expect(responses).toEqual([
      { batchItemFailures: [{ itemIdentifier: 'm1' }] },
      { batchItemFailures: [] },
    ]);
    const names = sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input.name);
    expect(names).toEqual([`${run.id}-1`, `${run.id}-1`]);
  });

  it('is done with a message whose run is gone', async () => {
    const { sfn, dispatch } = await aDispatcher();

    const response = await dispatch(ringing('m1', { id: 'gone', orgId: 'acme' }));

    expect(response).toEqual({ batchItemFailures: [] });
    expect(sfn.calls()).toEqual([]);
  });
});
