import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { decodeDelivery } from '#adapters/aws/delivery-message.ts';
import { SqsDeliveryQueue } from '#adapters/aws/sqs-delivery-queue.ts';

function aQueue() {
  const sqs = mockClient(SQSClient);
  sqs.resolves({});
  const queue = new SqsDeliveryQueue({
    client: new SQSClient({ region: 'us-east-1' }),
    queueUrl: 'https://queue',
    clock: { sleep: async () => undefined },
  });
  const sent = () =>
    sqs
      .commandCalls(SendMessageBatchCommand)
      .flatMap(({ args: [{ input }] }) => input.Entries ?? []);
  return { sqs, queue, sent };
}

const key = { orgId: 'acme', runId: 'r1', seq: 3, receiver: 'run' };

describe('SqsDeliveryQueue', () => {
  it('sends what is needed to find the delivery, after its delay', async () => {
    const { queue, sent } = aQueue();

    await queue.send([{ ...key, lane: 'acme run hook.example/', delayMs: 5_001 }]);

    expect(sent().map(({ DelaySeconds }) => DelaySeconds)).toEqual([6]);
    expect(sent().map(({ MessageBody = '' }) => decodeDelivery(MessageBody))).toEqual([key]);
  });

  it('groups by receiver, whatever its name', async () => {
    const { queue, sent } = aQueue();
    const lanes = ['a.example', 'b.example:8443', 'a.example', `${'x'.repeat(300)}.example`];

    await queue.send(lanes.map((lane) => ({ ...key, lane, delayMs: 0 })));

    const groups = sent().map(({ MessageGroupId = '' }) => MessageGroupId);
    expect(groups[0]).toBe(groups[2]);
    expect(new Set(groups).size).toBe(3);
    for (const group of groups) expect(group).toMatch(/^[0-9a-f]{64}$/);
    expect(sent().every(({ DelaySeconds }) => DelaySeconds === undefined)).toBe(true);
  });

  it('says which deliveries the queue did not take', async () => {
    const { sqs, queue } = aQueue();
    sqs.resolves({ Failed: [{ Id: '0', SenderFault: true, Code: 'Bad' }] });

    await expect(queue.send([{ ...key, lane: '', delayMs: 0 }])).rejects.toThrow(
      'Not queued: delivery of run r1 (Bad)',
    );
  });

  it.each(['', 'hello', '{}', '{"orgId":"acme","runId":"r1","seq":"3","receiver":"run"}'])(
    'reads no delivery out of %j',
    (body) => {
      expect(() => decodeDelivery(body)).toThrow();
    },
  );
});
