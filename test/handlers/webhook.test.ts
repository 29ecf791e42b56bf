import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#adapters/system-clock.ts';
import { publishOutbox } from '#core/outbox/outbox.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import type { DeliveryRing } from '#core/webhook/delivery-queue.ts';
import { listRunDeliveries } from '#core/webhook/manage-deliveries.ts';
import { aBus } from '../builders/a-bus.ts';
import { aContext } from '../builders/a-context.ts';
import { answer, aReceiver } from '../builders/a-receiver.ts';
import { aWorkflowThat } from '../builders/a-run.ts';
import { outboxRows } from '../core/outbox-rows.ts';
import { anAccount } from './an-account.ts';

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
  eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:webhooks',
  awsRegion: 'eu-central-1',
});

async function aDeliverer() {
  const account = anAccount(undefined, systemClock, {
    WEBHOOKS_TO_LOOPBACK: 'true',
    PUBLIC_BASE_URL: 'https://runs.example/prod',
  });
  const { handler } = await import('../../functions/webhook/handler.ts');
  return {
    ...account,
    deliver: (...Records: SQSRecord[]) => handler({ Records } satisfies SQSEvent, aContext()),
    /** A run that was cancelled, and the message that rings for what its webhook is to be told. */
    aCancelledRun: async (url: string) => {
      const { deps } = account;
      const run = await account.submit({ webhook: { url, dialect: 'longrun' } });
      await cancelRun({ ...deps, workflow: aWorkflowThat() }, keyOf(run), 'test');
      const rung: DeliveryRing[] = [];
      const deliveries = { send: async (all: readonly DeliveryRing[]) => void rung.push(...all) };
      const rows = await outboxRows({ deps }, run);
      await publishOutbox({ ...deps, bus: aBus(), deliveries }, rows);
      const { lane: _, delayMs: __, ...key } = rung[0] ?? { lane: '', delayMs: 0 };
      return { run, message: aMessage(run.id, JSON.stringify(key)) };
    },
  };
}

describe('the webhook function', () => {
  it('delivers what it is rung for, once however often it is rung for', async () => {
    const { deps, deliver, aCancelledRun } = await aDeliverer();
    const receiver = await aReceiver();
    const { run, message } = await aCancelledRun(receiver.url);

    const responses = [await deliver(message, message), await deliver(message)];

    const none = { batchItemFailures: [] };
    expect(responses).toEqual([none, none]);
    expect(receiver.posts.map(({ body }) => [body.type, body.data.id])).toEqual([
      ['run.cancelled', run.id],
    ]);
    expect(receiver.posts[0]?.body.data).toMatchObject({
      links: { self: `https://runs.example/prod/api/runs/${run.id}` },
    });
    expect(await listRunDeliveries(deps, { orgId: run.orgId, runId: run.id })).toMatchObject([
      { state: 'delivered', attempts: [{ status: 204 }] },
    ]);
  });

  it('rings for the next attempt, in time for it, where the receiver fails', async () => {
    const { sqs, deliver, aCancelledRun } = await aDeliverer();
    const receiver = await aReceiver(answer(500));
    const { message } = await aCancelledRun(receiver.url);

    const response = await deliver(message);

    expect(response).toEqual({ batchItemFailures: [] });
    const sent = sqs
      .commandCalls(SendMessageBatchCommand)
      .flatMap(({ args: [{ input }] }) => input.Entries ?? []);
    expect(sent.map(({ MessageBody }) => MessageBody)).toEqual([message.body]);
    expect(sent[0]?.DelaySeconds).toBeGreaterThanOrEqual(5);
    expect(sent[0]?.DelaySeconds).toBeLessThanOrEqual(7);
  });

  it.each(['no JSON', '', '{"orgId":"acme"}'])(
    'fails alone a message that rings for nothing: "%s"',
    async (body) => {
      const { deliver, logged, aCancelledRun } = await aDeliverer();
      const receiver = await aReceiver();
      const { message } = await aCancelledRun(receiver.url);

      const response = await deliver(aMessage('bad', body), message);

      expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
      expect(receiver.posts).toHaveLength(1);
      expect(logged).toContainEqual(
        expect.objectContaining({ message: 'webhook attempt failed', messageId: 'bad' }),
      );
    },
  );
});
