import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import * as z from 'zod';
import { makeClient } from '#adapters/aws/clients.ts';

const Event = z.object({
  source: z.literal('longrun'),
  'detail-type': z.literal('Agent Run Status Changed'),
  detail: z.object({ runId: z.string(), status: z.string() }),
});

/** @returns what is on the bus of a run from now on, all of it anew at each call */
export async function listenToTheBus() {
  const { BusName: busName } = inject('stacks');
  const bus = makeClient(EventBridgeClient);
  const sqs = makeClient(SQSClient);
  const name = `listener-${randomUUID()}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes: attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const pattern = JSON.stringify({
    source: ['longrun'],
    'detail-type': ['Agent Run Status Changed'],
  });
  const rule = { Name: name, EventBusName: busName, EventPattern: pattern };
  await bus.send(new PutRuleCommand(rule));
  await bus.send(
    new PutTargetsCommand({
      Rule: name,
      EventBusName: busName,
      Targets: [{ Id: 'queue', Arn: attributes?.QueueArn }],
    }),
  );
  const heard: z.infer<typeof Event>['detail'][] = [];
  return async (id: string): Promise<string[]> => {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    );
    heard.push(...messages.map(({ Body = '' }) => Event.parse(JSON.parse(Body)).detail));
    return heard.filter(({ runId }) => id.endsWith(runId)).map(({ status }) => status);
  };
}
