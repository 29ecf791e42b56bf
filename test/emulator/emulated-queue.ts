import { randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { QueueMessage } from '#adapters/aws/queue-message.ts';
import { SqsRunQueue } from '#adapters/aws/sqs-run-queue.ts';
import type { RunKey } from '#core/store/keys.ts';
import type { QueueUnderTest } from '../adapters/run-queue-tests.ts';

/** A queue of its own with a consumer: what the event source of the dispatch function does. */
export function aConsumedQueue(
  client: SQSClient,
  consume: (run: RunKey) => Promise<void>,
): QueueUnderTest {
  const created = client.send(new CreateQueueCommand({ QueueName: `runs-${randomUUID()}` }));
  const queueUrl = created.then(({ QueueUrl = '' }) => QueueUrl);
  const closing = new AbortController();
  const failed: Message[] = [];

  const receive = async (message: Message) => {
    const { Body: body, ReceiptHandle: handle } = message;
    try {
      await consume(QueueMessage.parse(body));
      const receipt = { QueueUrl: await queueUrl, ReceiptHandle: handle };
      await client.send(new DeleteMessageCommand(receipt));
    } catch {
      failed.push(message);
    }
  };
  const poll = async () => {
    while (!closing.signal.aborted) {
      const { Messages: messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: await queueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 1,
        }),
        { abortSignal: closing.signal },
      );
      await Promise.all(messages.map(receive));
    }
  };
  const polling = poll().catch((error: unknown) => {
    if (!closing.signal.aborted) throw error;
  });

  return {
    queue: {
      send: async (runs) => new SqsRunQueue({ client, queueUrl: await queueUrl }).send(runs),
    },
    passVisibilityTimeout: async () => {
      for (const { ReceiptHandle: handle } of failed.splice(0))
        await client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: await queueUrl,
            ReceiptHandle: handle,
            VisibilityTimeout: 0,
          }),
        );
    },
    close: async () => {
      closing.abort();
      await polling;
    },
  };
}
