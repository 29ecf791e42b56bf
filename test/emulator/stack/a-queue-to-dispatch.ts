import { randomUUID } from 'node:crypto';
import {
  CreateEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { makeClient } from '#adapters/aws/clients.ts';
import { environmentOf, nameOf } from './deployed-functions.ts';
import { queueClient as sqs } from './deployment.ts';

const lambda = makeClient(LambdaClient);

const RedrivePolicy = z.object({ maxReceiveCount: z.coerce.number() });

/**
 * One more queue of the dispatch function, with the settings of the deployed one but for the
 * visibility timeout: five deliveries of a message take a quarter of an hour there.
 */
export async function aQueueToDispatch() {
  const { RUN_QUEUE_URL: deployedUrl = '' } = await environmentOf('Sweep');
  const { RedrivePolicy: policy = '', QueueArn: deployedArn = '' } =
    await attributesOf(deployedUrl);
  const { maxReceiveCount } = RedrivePolicy.parse(JSON.parse(policy));
  const deadUrl = await aQueue();
  const { QueueArn: deadLetterTargetArn } = await attributesOf(deadUrl);
  const url = await aQueue({
    VisibilityTimeout: '1',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
  });
  const { QueueArn: arn = '' } = await attributesOf(url);
  await consumeLike(deployedArn, arn);
  const dead = new Set<string>();
  return {
    send: async (...bodies: string[]) => {
      const Entries = bodies.map((MessageBody, i) => ({ Id: `${i}`, MessageBody }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    },
    /** All that have come by now. */
    deadLetters: async () => {
      const { Messages: messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: deadUrl, MaxNumberOfMessages: 10 }),
      );
      for (const { Body: body = '' } of messages) dead.add(body);
      return [...dead];
    },
  };
}

async function aQueue(Attributes: Record<string, string> = {}): Promise<string> {
  const QueueName = `queue-${randomUUID()}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl ?? '';
}

async function attributesOf(QueueUrl: string) {
  const { Attributes: attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return attributes;
}

async function consumeLike(deployedArn: string, arn: string): Promise<void> {
  const FunctionName = await nameOf('Dispatch');
  const { EventSourceMappings: [mapping] = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName, EventSourceArn: deployedArn }),
  );
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName,
      EventSourceArn: arn,
      BatchSize: mapping?.BatchSize,
      FunctionResponseTypes: mapping?.FunctionResponseTypes,
    }),
  );
}
