import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, inject, it } from 'vitest';
import * as z from 'zod';
import { makeClient } from '#adapters/aws/clients.ts';
import { aCompletedRun } from '../../conformance/agents.ts';
import { us } from '../../conformance/client.ts';
import { eventually } from '../../conformance/eventually.ts';

const Event = z.object({
  source: z.literal('longrun'),
  'detail-type': z.literal('Agent Run Status Changed'),
  detail: z.object({ runId: z.string(), status: z.string() }),
});

/** @returns what is on the bus from now on, all of it anew at each call */
async function listenTo(busName: string) {
  const bus = makeClient(EventBridgeClient);
  const sqs = makeClient(SQSClient);
  const name = `listener-${randomUUID()}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes: attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const rule = { Name: name, EventBusName: busName, EventPattern: '{"source":["longrun"]}' };
  await bus.send(new PutRuleCommand(rule));
  await bus.send(
    new PutTargetsCommand({
      Rule: name,
      EventBusName: busName,
      Targets: [{ Id: 'queue', Arn: attributes?.QueueArn }],
    }),
  );
  const heard: z.infer<typeof Event>['detail'][] = [];
  return async () => {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    );
    heard.push(...messages.map(({ Body = '' }) => Event.parse(JSON.parse(Body)).detail));
    return heard;
  };
}

it('tells the bus each status of a run', async () => {
  const hear = await listenTo(inject('stacks').BusName);

  const { id } = await aCompletedRun(us);

  const statuses = await eventually('the run was told of', async () => {
    const told = (await hear()).filter(({ runId }) => id.endsWith(runId));
    return told.length >= 3 ? told.map(({ status }) => status) : undefined;
  });
  expect(new Set(statuses)).toEqual(new Set(['QUEUED', 'RUNNING', 'COMPLETED']));
});
