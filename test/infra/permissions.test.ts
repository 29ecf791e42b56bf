import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { aDeployment } from '../builders/a-deployment.ts';
import { permissionsOf } from './permissions-of.ts';
import { nameOf, readable } from './readable.ts';

const deployment = aDeployment({ stage: 'prod', alarmEmail: 'ops@example.com' });
const templates = Object.values(deployment);

const arn = 'arn:<Partition>:states:<Region>:<AccountId>';
const machine = `${arn}:stateMachine:longrun-prod-run`;
const executions = `${arn}:execution:longrun-prod-run:*`;
const batchMachine = `${arn}:stateMachine:longrun-prod-batch`;
const batchExecutions = `${arn}:execution:longrun-prod-batch/*`;
const deliversLogs =
  '*: logs CreateLogDelivery DeleteLogDelivery DescribeLogGroups DescribeResourcePolicies GetLogDelivery ListLogDeliveries PutResourcePolicy UpdateLogDelivery';
const logs = (of: string) => `<${of}Logs>: logs CreateLogStream PutLogEvents`;
/** Whoever has the rights of a function makes itself no key. */
const onKeys = '(Deny {"ForAnyValue:StringEquals":{"dynamodb:LeadingKeys":["K#"]}})';
const noKeys = `<RunTable> ${onKeys}: dynamodb BatchGetItem ConditionCheckItem DeleteItem GetItem PutItem Query`;
const changesRuns = [
  '<RunQueue>: sqs SendMessage',
  '<RunTable>/index/waiting: dynamodb Query',
  '<RunTable>: dynamodb BatchGetItem ConditionCheckItem DeleteItem GetItem PutItem Query',
];
const servesCallers = [
  ...changesRuns,
  '<WebhookQueue>: sqs SendMessage',
  `<RunTable> ${onKeys}: dynamodb BatchGetItem ConditionCheckItem DeleteItem PutItem Query`,
  '<IdempotencyTable>: dynamodb GetItem PutItem',
  '<RunTable>/index/agent: dynamodb Query',
  '<RunTable>/index/group: dynamodb Query',
  '<RunTable>/index/session: dynamodb Query',
  '<RunTable>/index/tenant: dynamodb Query',
  `${executions}: states StopExecution`,
  `${machine}: states SendTaskFailure SendTaskSuccess StartExecution`,
  `${batchMachine}: states StartExecution`,
];

/** Every role and all that it may do. */
const expected: Readonly<Record<string, readonly string[]>> = {
  // It deletes what a caller wants deleted.
  ApiRole: [
    logs('Api'),
    ...servesCallers,
    '<BlobBucket>/*: s3 DeleteObject GetObject PutObject',
    '<BlobBucket>: s3 ListBucket',
  ],
  StreamRole: [logs('Stream'), ...servesCallers, '<BlobBucket>/*: s3 GetObject PutObject'],
  FunctionsDispatchRole: [
    logs('FunctionsDispatch'),
    noKeys,
    ...changesRuns.slice(1),
    '<BlobBucket>/*: s3 GetObject PutObject',
    '<RunQueue>: sqs ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage SendMessage',
    `${machine}: states StartExecution`,
  ],
  FunctionsSegmentRole: [
    logs('FunctionsSegment'),
    noKeys,
    ...changesRuns,
    '<BlobBucket>/*: s3 GetObject PutObject',
  ],
  FunctionsRegisterPauseRole: [
    logs('FunctionsRegisterPause'),
    `<RunTable> ${onKeys}: dynamodb GetItem PutItem`,
    '<RunTable>: dynamodb GetItem PutItem',
    `${machine}: states SendTaskFailure SendTaskSuccess`,
  ],
  FunctionsExpirePauseRole: [logs('FunctionsExpirePause'), noKeys, ...changesRuns],
  FunctionsFinalizeRole: [logs('FunctionsFinalize'), noKeys, ...changesRuns],
  FunctionsOutboxRole: [
    logs('FunctionsOutbox'),
    '*: dynamodb ListStreams',
    '<OutboxStreamDeadLetters>: sqs GetQueueAttributes GetQueueUrl SendMessage',
    '<RunBus>: events PutEvents',
    '<RunTable.StreamArn>: dynamodb DescribeStream GetRecords GetShardIterator',
    '<WebhookQueue>: sqs SendMessage',
    `<RunTable> ${onKeys}: dynamodb BatchGetItem DeleteItem GetItem PutItem Query`,
    '<RunTable>: dynamodb BatchGetItem DeleteItem GetItem PutItem Query',
  ],
  FunctionsReconcileRole: [
    logs('FunctionsReconcile'),
    noKeys,
    ...changesRuns,
    '<ExecutionWatchDeadLetters>: sqs GetQueueAttributes GetQueueUrl SendMessage',
  ],
  FunctionsSweepRole: [
    logs('FunctionsSweep'),
    noKeys,
    ...changesRuns,
    '<BlobBucket>/*: s3 DeleteObject PutObject',
    '<BlobBucket>: s3 ListBucket',
    '<RunBus>: events PutEvents',
    '<RunTable>/index/due: dynamodb Query',
    '<RunTable>/index/session: dynamodb Query',
    '<WebhookQueue>: sqs SendMessage',
    `${executions}: states DescribeExecution StopExecution`,
    `${machine}: states SendTaskFailure SendTaskSuccess StartExecution`,
    `${batchMachine}: states StartExecution`,
  ],
  FunctionsBatchRole: [
    logs('FunctionsBatch'),
    noKeys,
    ...changesRuns.slice(2),
    '<BlobBucket>/*: s3 GetObject PutObject',
    '<BlobBucket>: s3 ListBucket',
    '<BatchWorkflowDeadLetters>: sqs GetQueueAttributes GetQueueUrl SendMessage',
    `${batchMachine}: states StartExecution`,
  ],
  FunctionsAdvanceBatchRole: [
    logs('FunctionsAdvanceBatch'),
    noKeys,
    ...changesRuns,
    '<BlobBucket>/*: s3 GetObject PutObject',
    `${executions}: states StopExecution`,
    `${machine}: states SendTaskFailure SendTaskSuccess`,
  ],
  FunctionsSubmitChunkRole: [
    logs('FunctionsSubmitChunk'),
    noKeys,
    changesRuns[0] ?? '',
    ...changesRuns.slice(2),
    '<BlobBucket>/*: s3 GetObject PutObject',
  ],
  BatchWorkflowStateMachineRole: [
    deliversLogs,
    '<FunctionsAdvanceBatch>: lambda InvokeFunction',
    '<FunctionsSubmitChunk>: lambda InvokeFunction',
    `${batchExecutions}: states DescribeExecution StopExecution`,
    `${batchMachine}: states StartExecution`,
  ],
  WebhookRole: [
    logs('Webhook'),
    `<RunTable> ${onKeys}: dynamodb GetItem PutItem Query`,
    '<RunTable>: dynamodb GetItem PutItem Query',
    '<BlobBucket>/*: s3 GetObject',
    '<WebhookQueue>: sqs ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage SendMessage',
  ],
  RunWorkflowStateMachineRole: [
    deliversLogs,
    '<FunctionsExpirePause>: lambda InvokeFunction',
    '<FunctionsFinalize>: lambda InvokeFunction',
    '<FunctionsRegisterPause>: lambda InvokeFunction',
    '<FunctionsSegment>: lambda InvokeFunction',
  ],
  SweepScheduleRole: [
    '<FunctionsSweep>: lambda InvokeFunction',
    '<SweepScheduleDeadLetters>: sqs SendMessage',
  ],
};

/** All that has a star in it, and why it cannot do without. */
const wildcards = new Set([
  // ListStreams and the delivery of logs know no resource.
  expected['FunctionsOutboxRole']?.[1],
  expected['RunWorkflowStateMachineRole']?.[0],
  // Objects are named after organisations, executions after runs.
  '<BlobBucket>/*: s3 DeleteObject GetObject PutObject',
  ...[
    '<BlobBucket>/*: s3 GetObject PutObject',
    '<BlobBucket>/*: s3 DeleteObject PutObject',
    '<BlobBucket>/*: s3 DeleteObject GetObject PutObject',
    '<BlobBucket>/*: s3 GetObject',
  ],
  `${executions}: states StopExecution`,
  `${executions}: states DescribeExecution StopExecution`,
  `${batchExecutions}: states DescribeExecution StopExecution`,
]);

const granted = Object.assign({}, ...templates.map(permissionsOf));
const resourcesOf = (type: string) =>
  templates.flatMap((template: Template) => Object.entries(template.findResources(type)));

describe('what a role may do', () => {
  it.each(Object.entries(expected))('is what %s needs', (role, lines) => {
    expect(granted[role]).toEqual([...lines].sort());
  });

  it('is listed here for every role', () => {
    expect(Object.keys(granted).sort()).toEqual(Object.keys(expected).sort());
  });

  it('has no wildcard that AWS does not demand', () => {
    const withStar = Object.values<string[]>(granted)
      .flat()
      .filter((line) => line.includes('*'));

    expect(new Set(withStar)).toEqual(wildcards);
  });
});

describe('roles', () => {
  it('are each of one service', () => {
    const roles = resourcesOf('AWS::IAM::Role').map(([id, { Properties: properties }]) => [
      nameOf(id),
      properties.AssumeRolePolicyDocument.Statement.map(
        ({ Principal: principal }: { Principal: { Service: unknown } }) => principal.Service,
      ).join(),
    ]);

    expect(Object.fromEntries(roles)).toEqual({
      ...Object.fromEntries(Object.keys(expected).map((role) => [role, 'lambda.amazonaws.com'])),
      RunWorkflowStateMachineRole: 'states.amazonaws.com',
      BatchWorkflowStateMachineRole: 'states.amazonaws.com',
      SweepScheduleRole: 'scheduler.amazonaws.com',
      RunApiRestApiCloudWatchRole: 'apigateway.amazonaws.com',
    });
  });

  it('have no policies of AWS, but for the one by which API Gateway logs', () => {
    const managed = resourcesOf('AWS::IAM::Role').flatMap(([id, { Properties: properties }]) =>
      (properties.ManagedPolicyArns ?? []).map((policy: unknown) => [nameOf(id), readable(policy)]),
    );

    expect(managed).toEqual([
      [
        'RunApiRestApiCloudWatchRole',
        'arn:<Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
      ],
    ]);
  });
});

it('lets only API Gateway and the rules on executions and batches call functions by resource policy', () => {
  const callers = resourcesOf('AWS::Lambda::Permission').map(([, { Properties: properties }]) => [
    readable(properties.FunctionName),
    properties.Principal,
  ]);

  expect(callers.sort()).toEqual([
    ['<Api>', 'apigateway.amazonaws.com'],
    ['<FunctionsBatch>', 'events.amazonaws.com'],
    ['<FunctionsReconcile>', 'events.amazonaws.com'],
    ['<Stream>', 'apigateway.amazonaws.com'],
  ]);
});
