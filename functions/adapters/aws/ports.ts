import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '#adapters/system-clock.ts';
import type { BatchWorkflow } from '#core/batch/batch-workflow.ts';
import type { BlobLinks } from '#core/batch/blob-links.ts';
import type { RunBus } from '#core/outbox/run-bus.ts';
import { defaultSettings, type RunSettings } from '#core/run/deps.ts';
import type { RunQueue } from '#core/run/run-queue.ts';
import type { RunWatch } from '#core/run/run-watch.ts';
import type { RunWorkflow } from '#core/run/run-workflow.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import type { LargeBlobStore } from '#core/store/large-blob-store.ts';
import type { DeliveryQueue } from '#core/webhook/delivery-queue.ts';
import { makeClient } from './clients.ts';
import { DynamoItemStore } from './dynamo-item-store.ts';
import { EventBridgeRunBus } from './event-bridge-run-bus.ts';
import { functionEnvironment } from './function-environment.ts';
import { lazyBlobStore } from './lazy-blob-store.ts';
import { PollingRunWatch } from './polling-run-watch.ts';
import { SqsDeliveryQueue } from './sqs-delivery-queue.ts';
import { SqsRunQueue } from './sqs-run-queue.ts';
import { StepFunctionsBatchWorkflow } from './step-functions-batch-workflow.ts';
import { StepFunctionsRunWorkflow } from './step-functions-run-workflow.ts';

/*
 * Each port over what the stacks deployed. A function takes those that it needs: the others, with
 * their clients, are not in its bundle, and it is told nothing of their resources.
 */

export const itemStore = (): ItemStore =>
  new DynamoItemStore({
    client: makeClient(DynamoDBClient),
    runTableName: functionEnvironment.runTableName(),
    idempotencyTableName: functionEnvironment.idempotencyTableName(),
  });

export const blobStore = (): LargeBlobStore =>
  lazyBlobStore(async () => {
    const [{ S3Client }, { S3BlobStore }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('./s3-blob-store.ts'),
    ]);
    const bucketName = functionEnvironment.blobBucketName();
    return new S3BlobStore({ client: makeClient(S3Client), bucketName });
  });

export const runQueue = (): RunQueue =>
  new SqsRunQueue({ client: makeClient(SQSClient), queueUrl: functionEnvironment.runQueueUrl() });

export const deliveryQueue = (): DeliveryQueue =>
  new SqsDeliveryQueue({
    client: makeClient(SQSClient),
    queueUrl: functionEnvironment.webhookQueueUrl(),
  });

export const runWorkflow = (): RunWorkflow =>
  new StepFunctionsRunWorkflow({
    client: makeClient(SFNClient),
    stateMachineArn: functionEnvironment.stateMachineArn(),
  });

export const batchWorkflow = (): BatchWorkflow =>
  new StepFunctionsBatchWorkflow({
    client: makeClient(SFNClient),
    stateMachineArn: functionEnvironment.batchMachineArn(),
  });

/** Loaded when one is asked for first, as the blob store is. */
export const blobLinks = (): BlobLinks => {
  const links = async () => {
    const { S3BlobLinks, S3LinkClient } = await import('./s3-blob-links.ts');
    const bucketName = functionEnvironment.blobBucketName();
    return new S3BlobLinks({ client: makeClient(S3LinkClient), bucketName, clock: systemClock });
  };
  return {
    toPut: async (key, seconds) => (await links()).toPut(key, seconds),
    toGet: async (key, seconds) => (await links()).toGet(key, seconds),
  };
};

export const runBus = (): RunBus =>
  new EventBridgeRunBus({
    client: makeClient(EventBridgeClient),
    busName: functionEnvironment.busName(),
  });

export const runWatch = (store: ItemStore): RunWatch =>
  new PollingRunWatch({ store, clock: systemClock });

export const runSettings = (): RunSettings => ({
  ...defaultSettings,
  retentionSeconds: functionEnvironment.retentionDays() * 24 * 3600,
  slotsPerTenant: functionEnvironment.slotsPerTenant(),
  announces: true,
  countsRuns: true,
  webhooksToLoopback: functionEnvironment.webhooksToLoopback(),
});
