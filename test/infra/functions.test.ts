import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { aDeployment } from '../builders/a-deployment.ts';
import { functionsOf } from './functions-of.ts';
import { readable } from './readable.ts';

const prod = aDeployment({ stage: 'prod' });
const dev = aDeployment({
  stage: 'dev',
  retentionDays: '7',
  slotsPerTenant: '5',
  logLevel: 'warn',
  logRetentionDays: '14',
  publicBaseUrl: 'https://runs.example.com/',
  defaultAgent: 'finance_agent',
});

const timeouts = {
  Api: 29,
  Stream: 900,
  Dispatch: 30,
  Segment: 900,
  RegisterPause: 30,
  ExpirePause: 30,
  Finalize: 30,
  Outbox: 30,
  Reconcile: 30,
  Sweep: 300,
  Batch: 30,
  AdvanceBatch: 900,
  SubmitChunk: 300,
  Webhook: 30,
};

const ofRuns = ['RETENTION_DAYS', 'SLOTS_PER_TENANT'];
const ofStore = ['RUN_TABLE_NAME', 'IDEMPOTENCY_TABLE_NAME'];
const ofApi = [
  ...['BLOB_BUCKET_NAME', 'RUN_QUEUE_URL', 'STATE_MACHINE_ARN'],
  ...['RESPONSE_MODE', 'PUBLIC_BASE_URL', 'DEFAULT_AGENT', 'WEBHOOK_QUEUE_URL'],
  'BATCH_MACHINE_ARN',
];
const variables: Readonly<Record<string, readonly string[]>> = {
  Api: [...ofStore, ...ofRuns, ...ofApi],
  Stream: [...ofStore, ...ofRuns, ...ofApi],
  Dispatch: [...[...ofStore, ...ofRuns, 'BLOB_BUCKET_NAME', 'RUN_QUEUE_URL'], 'STATE_MACHINE_ARN'],
  Segment: [...ofStore, ...ofRuns, 'BLOB_BUCKET_NAME', 'RUN_QUEUE_URL', 'DATA_DIR'],
  RegisterPause: [...ofStore, 'STATE_MACHINE_ARN'],
  ExpirePause: [...ofStore, ...ofRuns, 'RUN_QUEUE_URL'],
  Finalize: [...ofStore, ...ofRuns, 'RUN_QUEUE_URL'],
  Outbox: [...ofStore, 'BUS_NAME', 'WEBHOOK_QUEUE_URL', 'PUBLIC_BASE_URL'],
  Reconcile: [...ofStore, ...ofRuns, 'RUN_QUEUE_URL'],
  Sweep: [
    ...[...ofStore, ...ofRuns, 'BLOB_BUCKET_NAME', 'RUN_QUEUE_URL'],
    ...['STATE_MACHINE_ARN', 'BUS_NAME', 'WEBHOOK_QUEUE_URL', 'PUBLIC_BASE_URL'],
    'BATCH_MACHINE_ARN',
  ],
  Batch: [...ofStore, ...ofRuns, 'BLOB_BUCKET_NAME', 'BATCH_MACHINE_ARN'],
  AdvanceBatch: [
    ...[...ofStore, ...ofRuns, 'BLOB_BUCKET_NAME', 'RUN_QUEUE_URL'],
    'STATE_MACHINE_ARN',
  ],
  SubmitChunk: [...ofStore, ...ofRuns, 'BLOB_BUCKET_NAME', 'RUN_QUEUE_URL'],
  Webhook: [
    ...[...ofStore, 'BLOB_BUCKET_NAME', 'STATE_MACHINE_ARN'],
    ...['PUBLIC_BASE_URL', 'WEBHOOK_QUEUE_URL'],
  ],
};

describe('every function', () => {
  it('is there once, with its own time limit', () => {
    const found = functionsOf(prod).map(({ name, properties }) => [name, properties.Timeout]);

    expect(Object.fromEntries(found)).toEqual(timeouts);
    expect(found).toHaveLength(Object.keys(timeouts).length);
  });

  it.each(functionsOf(prod))('runs on Node 24 on arm64: $name', ({ properties }) => {
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'handler.handler',
      LoggingConfig: { LogFormat: 'JSON' },
    });
    expect(properties.MemorySize).toBeLessThanOrEqual(512);
  });

  it('reserves no concurrency, which a new account may refuse', () => {
    for (const { properties } of functionsOf(prod))
      expect(properties.ReservedConcurrentExecutions).toBeUndefined();
  });

  it('has a role and a log group of its own', () => {
    const functions = functionsOf(prod);

    const roles = functions.map(({ properties }) => readable(properties.Role));
    const groups = functions.map(({ properties }) => readable(properties.LoggingConfig.LogGroup));

    expect(new Set(roles).size).toBe(functions.length);
    expect(new Set(groups).size).toBe(functions.length);
  });

  it.each(functionsOf(dev))('is told what it reads, and no more: $name', (one) => {
    const told = Object.keys(one.properties.Environment.Variables);

    expect(told.sort()).toEqual([...(variables[one.name] ?? []), 'LOG_LEVEL'].sort());
  });
});

it('hands on the settings of the stage', () => {
  dev.Api.hasResourceProperties('AWS::Lambda::Function', {
    Description: 'Answers short requests',
    Environment: {
      Variables: Match.objectLike({
        RETENTION_DAYS: '7',
        SLOTS_PER_TENANT: '5',
        LOG_LEVEL: 'warn',
        RESPONSE_MODE: 'streaming',
        PUBLIC_BASE_URL: 'https://runs.example.com',
      }),
    },
  });
});

describe('logs', () => {
  it('are kept for as long as the stage says', () => {
    prod.Engine.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    prod.Api.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    dev.Engine.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 14 });
    dev.Api.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 14 });
  });

  it('outlive their stack in stage prod only', () => {
    const ofFunctions = ({ Engine, Api }: typeof prod) =>
      [Engine, Api]
        .flatMap((template) => Object.entries(template.findResources('AWS::Logs::LogGroup')))
        // Their names are fixed: one that was left would be in the way of the next stack.
        .filter(([id]) => !/^(?:Run|Batch)Workflow/.test(id))
        .map(([, { DeletionPolicy: policy }]) => policy);

    expect(new Set(ofFunctions(prod))).toEqual(new Set(['Retain']));
    expect(new Set(ofFunctions(dev))).toEqual(new Set(['Delete']));
    prod.Engine.hasResource('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: '/aws/vendedlogs/states/longrun-prod-run' },
      DeletionPolicy: 'Delete',
    });
  });
});

it('lets webhooks go to the machine itself in stage emulator only', () => {
  const allowing = (stage: string) =>
    functionsOf(aDeployment({ stage }))
      .filter(({ properties }) => properties.Environment.Variables['WEBHOOKS_TO_LOOPBACK'])
      .map(({ name }) => name);

  expect(allowing('prod')).toEqual([]);
  expect(allowing('dev')).toEqual([]);
  expect(allowing('emulator').sort()).toEqual(['Api', 'Stream', 'Webhook']);
});

it('leaves files of agents to the host in stage emulator', () => {
  const segment = functionsOf(aDeployment({ stage: 'emulator' })).find(
    ({ name }) => name === 'Segment',
  );

  expect(segment?.properties.Environment.Variables).not.toHaveProperty('DATA_DIR');
});
