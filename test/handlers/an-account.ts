import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { v7 as uuidv7 } from 'uuid';
import { onTestFinished, vi } from 'vitest';
import { DynamoItemStore } from '#adapters/aws/dynamo-item-store.ts';
import { systemClock } from '#adapters/system-clock.ts';
import type { AgentDefinition } from '#agent/define-agent.ts';
import { defaultSettings } from '#core/run/deps.ts';
import type { Run } from '#core/run/run.ts';
import { getRun, keyOf } from '#core/run/run-repository.ts';
import { storedRunTally } from '#core/run/stored-run-tally.ts';
import { type SubmitRunCommand, storeRun } from '#core/run/submit-run.ts';
import { bundleAgents, noBlobs } from '../adapters/aws/bundle-agents.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { aSubmission, theAgents } from '../builders/an-engine.ts';
import { fakeTables } from './fake-tables.ts';

export const stateMachineArn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:Lifecycle';

const environment = {
  AWS_REGION: 'eu-central-1',
  RUN_TABLE_NAME: 'runs',
  IDEMPOTENCY_TABLE_NAME: 'idempotency',
  BLOB_BUCKET_NAME: 'blobs',
  RUN_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/runs',
  WEBHOOK_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/webhooks',
  STATE_MACHINE_ARN: stateMachineArn,
  BATCH_MACHINE_ARN: 'arn:aws:states:eu-central-1:123456789012:stateMachine:batches',
  BUS_NAME: 'bus',
  RETENTION_DAYS: '30',
  SLOTS_PER_TENANT: '10',
  // Has the logger write where a test can see it.
  POWERTOOLS_DEV: 'true',
};

/**
 * An account with all that the stacks deploy, but the functions: a test imports them afterwards, for
 * they read their environment as they are loaded.
 * @param clock of whoever submits; the functions have the system's
 * @param more of their environment
 */
export function anAccount(
  agents: readonly AgentDefinition[] = [workingAgent(() => undefined)],
  clock = systemClock,
  more: Readonly<Record<string, string>> = {},
) {
  for (const [variable, value] of Object.entries({ ...environment, ...more }))
    vi.stubEnv(variable, value);
  bundleAgents(...agents.map((definition) => ({ definition, version: 'v1' })));
  const dynamo = mockClient(DynamoDBClient);
  fakeTables(dynamo);
  const services = {
    sfn: mockClient(SFNClient),
    sqs: mockClient(SQSClient),
    events: mockClient(EventBridgeClient),
    s3: mockClient(S3Client),
  };
  services.sqs.resolves({ Successful: [], Failed: [] });
  const logged = theLog();
  onTestFinished(() => {
    vi.unstubAllEnvs();
    for (const service of [dynamo, ...Object.values(services)]) service.restore();
  });
  const store = new DynamoItemStore({
    client: new DynamoDBClient({ region: 'eu-central-1' }),
    runTableName: 'runs',
    idempotencyTableName: 'idempotency',
  });
  const deps = {
    store,
    tally: storedRunTally(store),
    blobs: noBlobs,
    queue: { send: async () => undefined },
    agents: theAgents(noBlobs, {}, ...agents),
    clock,
    settings: { ...defaultSettings, announces: true, webhooksToLoopback: true },
    newId: uuidv7,
    log: () => undefined,
  };
  return {
    ...services,
    dynamo,
    logged,
    deps,
    submit: async (command: Partial<SubmitRunCommand> = {}) => {
      const { run } = await storeRun(deps, aSubmission({ agentId: 'worker', ...command }));
      return run;
    },
    latest: (run: Run) => getRun(deps, keyOf(run)),
  };
}

/** What the functions log, as one line of JSON each. */
function theLog(): unknown[] {
  const logged: unknown[] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    const spy = vi.spyOn(console, level).mockImplementation((line) => {
      logged.push(JSON.parse(`${line}`));
    });
    onTestFinished(() => spy.mockRestore());
  }
  return logged;
}
