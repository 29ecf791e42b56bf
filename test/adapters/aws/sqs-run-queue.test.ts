import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { QueueMessage } from '#adapters/aws/queue-message.ts';
import { SqsRunQueue } from '#adapters/aws/sqs-run-queue.ts';

function aQueue() {
  const sqs = mockClient(SQSClient);
  const slept: number[] = [];
  const queue = new SqsRunQueue({
    client: new SQSClient({ region: 'us-east-1' }),
    queueUrl: 'https://queue',
    clock: { sleep: async (ms) => void slept.push(ms) },
  });
  const sent = () => sqs.commandCalls(SendMessageBatchCommand).map(({ args: [one] }) => one.input);
  return { sqs, queue, slept, sent };
}

const run = (runId: string, orgId = 'acme') => ({ runId, orgId });
const refusal = (Id: string, SenderFault = false) => ({ Id, SenderFault, Code: 'InternalError' });
const idsOf = (requests: ReturnType<ReturnType<typeof aQueue>['sent']>) =>
  requests.map(({ Entries = [] }) => Entries.map(({ Id }) => Id));

describe('SqsRunQueue', () => {
  it('sends each message in the group of its organisation', async () => {
    const { sqs, queue, sent } = aQueue();
    sqs.resolves({});

    await queue.send([run('r1', 'acme'), run('r2', 'other')]);

    expect(sent()).toEqual([
      {
        QueueUrl: 'https://queue',
        Entries: [
          { Id: '0', MessageBody: '{"runId":"r1","orgId":"acme"}', MessageGroupId: 'acme' },
          { Id: '1', MessageBody: '{"runId":"r2","orgId":"other"}', MessageGroupId: 'other' },
        ],
      },
    ]);
  });

  it('sends what has low priority in a group of its own', async () => {
    const { sqs, queue, sent } = aQueue();
    sqs.resolves({});

    await queue.send([
      { ...run('r1'), priority: 'low' },
      { ...run('r2'), priority: 'high' },
    ]);

    const [request] = sent();
    expect(request?.Entries?.map(({ MessageGroupId }) => MessageGroupId)).toEqual([
      ...['acme/low', 'acme'],
    ]);
    expect(request?.Entries?.[0]?.MessageBody).toBe('{"runId":"r1","orgId":"acme"}');
  });

  it('sends at most ten messages at once', async () => {
    const { sqs, queue, sent } = aQueue();
    sqs.resolves({});

    await queue.send(Array.from({ length: 23 }, (_, i) => run(`r${i}`)));

    expect(sent().map(({ Entries = [] }) => Entries.length)).toEqual([10, 10, 3]);
  });

  it('sends again what was not taken, and nothing else', async () => {
    const { sqs, queue, slept, sent } = aQueue();
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({ Successful: [], Failed: [refusal('1'), refusal('2')] })
      .resolvesOnce({ Successful: [], Failed: [refusal('2')] })
      .resolves({});

    await queue.send(['r0', 'r1', 'r2'].map((id) => run(id)));

    expect(idsOf(sent())).toEqual([['0', '1', '2'], ['1', '2'], ['2']]);
    expect(slept).toHaveLength(2);
  });

  it('names the runs that the queue never takes', async () => {
    const { sqs, queue, sent } = aQueue();
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [refusal('1')] });

    const outcome = queue.send(['r0', 'r1'].map((id) => run(id)));

    await expect(outcome).rejects.toThrow('Not queued: run r1 (InternalError)');
    expect(sent()).toHaveLength(4);
  });

  it('does not send again what is wrong in itself, but what is not', async () => {
    const { sqs, queue, sent } = aQueue();
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({ Successful: [], Failed: [refusal('0', true), refusal('1')] })
      .resolves({});

    await expect(queue.send(['r0', 'r1'].map((id) => run(id)))).rejects.toThrow('run r0');

    expect(idsOf(sent())).toEqual([['0', '1'], ['1']]);
  });

  it('sends the other messages although some are refused', async () => {
    const { sqs, queue, sent } = aQueue();
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({ Successful: [], Failed: [refusal('3', true)] })
      .resolves({});

    const outcome = queue.send(Array.from({ length: 20 }, (_, i) => run(`r${i}`)));

    await expect(outcome).rejects.toThrow('run r3');
    expect(sent()).toHaveLength(2);
  });
});

describe('a message of the queue', () => {
  it('is read as it was written', () => {
    const message = run('r1');

    expect(QueueMessage.parse(QueueMessage.encode(message))).toEqual(message);
  });

  it.each(['', '{', 'null', '{"runId":"r1"}', '{"runId":"","orgId":"acme"}', '[]'])(
    'is not %j',
    (body) => {
      expect(QueueMessage.safeParse(body).success).toBe(false);
    },
  );
});
