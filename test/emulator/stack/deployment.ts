import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { v7 as uuidv7 } from 'uuid';
import { makeClient } from '#adapters/aws/clients.ts';
import { DynamoItemStore } from '#adapters/aws/dynamo-item-store.ts';
import { S3BlobStore } from '#adapters/aws/s3-blob-store.ts';
import { SqsRunQueue } from '#adapters/aws/sqs-run-queue.ts';
import { StepFunctionsRunWorkflow } from '#adapters/aws/step-functions-run-workflow.ts';
import { systemClock } from '#adapters/system-clock.ts';
import type { AgentCard } from '#core/run/agents.ts';
import { defaultSettings, type RunDeps } from '#core/run/deps.ts';
import type { Run as StoredRun } from '#core/run/run.ts';
import type { RunWorkflow } from '#core/run/run-workflow.ts';
import { storedRunTally } from '#core/run/stored-run-tally.ts';
import { type SubmitDeps, storeRun } from '#core/run/submit-run.ts';
import type { RunKey } from '#core/store/keys.ts';
import { aSubmission } from '../../builders/an-engine.ts';
import type { Run } from '../../conformance/runs.ts';
import { environmentOf } from './deployed-functions.ts';

export type Deps = Omit<RunDeps, 'watch'> & SubmitDeps;

/** The organisation of the suite's first client. */
const orgId = 'dev';

/** The emulator has several names: without this, the client warns that queues have another one. */
export const queueClient = new SQSClient({ useQueueUrlAsEndpoint: false });

/** The core over what the stacks deployed, in this process: what a function has. */
export async function deployedDeps(machineArn?: string): Promise<Deps> {
  const {
    RUN_TABLE_NAME: runTableName = '',
    IDEMPOTENCY_TABLE_NAME: idempotencyTableName = '',
    BLOB_BUCKET_NAME: bucketName = '',
    RUN_QUEUE_URL: queueUrl = '',
    STATE_MACHINE_ARN: stateMachineArn = '',
  } = await environmentOf('Sweep');
  const tables = { runTableName, idempotencyTableName };
  const store = new DynamoItemStore({ client: makeClient(DynamoDBClient), ...tables });
  return {
    store,
    tally: storedRunTally(store),
    blobs: new S3BlobStore({ client: makeClient(S3Client), bucketName }),
    queue: new SqsRunQueue({ client: queueClient, queueUrl }),
    workflow: new StepFunctionsRunWorkflow({
      client: makeClient(SFNClient),
      stateMachineArn: machineArn ?? stateMachineArn,
    }),
    agents: { find: aCard, list: () => [] },
    clock: systemClock,
    settings: { ...defaultSettings, announces: true },
    newId: uuidv7,
    log: () => undefined,
  };
}

/** Stores a run as the API does, and sends no message for it. */
export async function aStoredRun(
  deps: Deps,
  agentId: string,
  message: string,
  sessionId?: string,
): Promise<StoredRun> {
  const { run } = await storeRun(deps, aSubmission({ orgId, agentId, message, sessionId }));
  return run;
}

/** The run as the suite's clients know it. */
export const seenByClients = ({ id, agentId }: StoredRun): Run => ({ id: `run_${id}`, agentId });

export const keyOfRun = ({ id }: Pick<Run, 'id'>): RunKey => ({
  orgId,
  runId: id.replace('run_', ''),
});

/** The first execution of a run. */
export const firstExecutionOf = (run: Pick<Run, 'id'>) => ({ ...keyOfRun(run), epoch: 1 });

/** What is sent to it gets lost on the way. */
export const unreachable: RunWorkflow = {
  start: async () => undefined,
  resume: async () => false,
  failWait: async () => undefined,
  stop: async () => undefined,
  outcome: async () => 'unknown',
  consoleUrl: () => undefined,
};

/** All that a submission needs to know of an agent. */
const aCard = (id: string): AgentCard => ({
  id,
  name: id,
  description: '',
  instructions: '',
  model: 'scripted',
  models: ['scripted'],
  tools: [],
  accepts: [],
  organisations: null,
  version: 'deployed',
  maxSeconds: 900,
});
