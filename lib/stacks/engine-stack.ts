import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { FunctionBundles } from '../bundling/function-bundle.ts';
import { BatchWorkflow } from '../constructs/batch-workflow.ts';
import type { BlobBucket } from '../constructs/blob-bucket.ts';
import type { DeadLetters } from '../constructs/dead-letters.ts';
import { dispatchTimeoutSeconds, EngineFunctions } from '../constructs/engine-functions.ts';
import { ExecutionWatch } from '../constructs/execution-watch.ts';
import { setPublicBaseUrl, setRunSettings } from '../constructs/function-settings.ts';
import type { IdempotencyTable } from '../constructs/idempotency-table.ts';
import { ModelAccess } from '../constructs/model-access.ts';
import { OutboxStream } from '../constructs/outbox-stream.ts';
import { RemoteAgentAccess } from '../constructs/remote-agent-access.ts';
import { RunBus } from '../constructs/run-bus.ts';
import { RunQueue } from '../constructs/run-queue.ts';
import type { RunTable } from '../constructs/run-table.ts';
import { RunWorkflow } from '../constructs/run-workflow.ts';
import { SweepSchedule } from '../constructs/sweep-schedule.ts';
import { WebhookQueue } from '../constructs/webhook-queue.ts';
import type { StageConfig } from '../stage-config.ts';

export interface EngineStackProps extends StackProps {
  readonly config: StageConfig;
  readonly bundles: FunctionBundles;
  readonly runTable: RunTable;
  readonly idempotencyTable: IdempotencyTable;
  readonly blobBucket: BlobBucket;
  /** Every name of a model that an agent's card lists. */
  readonly models: readonly string[];
  /** ARNs of the functions that agents are. */
  readonly remoteFunctions: readonly string[];
}

/** What moves runs on. */
export class EngineStack extends Stack {
  readonly functions: EngineFunctions;
  readonly queue: RunQueue;
  readonly workflow: RunWorkflow;
  readonly batches: BatchWorkflow;
  readonly bus: RunBus;
  readonly webhookQueue: WebhookQueue;
  readonly deadLetters: readonly DeadLetters[];

  constructor(scope: Construct, id: string, props: EngineStackProps) {
    const { config, bundles, runTable, idempotencyTable, blobBucket, ...others } = props;
    const { models, remoteFunctions, ...stackProps } = others;
    super(scope, id, stackProps);
    const functions = new EngineFunctions(this, 'Functions', { config, bundles });
    const { dispatch, segment, registerPause, expirePause, finalize, outbox, reconcile, sweep } =
      functions;
    this.functions = functions;
    this.queue = new RunQueue(this, 'RunQueue', {
      config,
      consumerTimeoutSeconds: dispatchTimeoutSeconds,
    });
    this.bus = new RunBus(this, 'RunBus', config);
    this.webhookQueue = new WebhookQueue(this, 'WebhookQueue', config);
    this.workflow = new RunWorkflow(this, 'RunWorkflow', {
      config,
      tasks: { segment, finalize, 'register-pause': registerPause, 'expire-pause': expirePause },
    });

    const { batch, advanceBatch, submitChunk } = functions;
    this.batches = new BatchWorkflow(this, 'BatchWorkflow', {
      ...{ config, bus: this.bus },
      ...{ request: batch, advance: advanceBatch, submit: submitChunk },
    });

    for (const fn of [dispatch, segment, expirePause, finalize, reconcile]) {
      runTable.bind(fn, { indexes: ['waiting'] });
      this.queue.bind(fn);
      setRunSettings(fn, config);
    }
    for (const fn of functions.all) idempotencyTable.name(fn);
    runTable.bind(registerPause, { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'] });
    runTable.bind(outbox, {
      actions: [
        ...(['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:GetItem'] as const),
        ...(['dynamodb:PutItem', 'dynamodb:Query'] as const),
      ],
    });
    runTable.bind(sweep, { indexes: ['due', 'session', 'waiting'] });
    this.queue.bind(sweep);
    setRunSettings(sweep, config);

    new ModelAccess(this, 'ModelAccess', {
      fn: segment,
      models,
      keysSecretArn: config.modelKeysSecret,
      keysKmsKeyArn: config.modelKeysKmsKey,
      chatModel: config.chatModel,
    });
    new RemoteAgentAccess(this, 'RemoteAgentAccess', {
      fn: segment,
      functionArns: remoteFunctions,
    });
    for (const fn of [dispatch, segment]) blobBucket.bind(fn, ['read', 'write']);
    // It submits what is scheduled, and deletes what has expired.
    blobBucket.bind(sweep, ['write', 'delete']);
    this.workflow.bind(dispatch, ['start']);
    this.workflow.bind(registerPause, ['decide']);
    this.workflow.bind(sweep, ['start', 'decide', 'stop', 'describe']);
    for (const fn of [outbox, sweep]) {
      this.bus.bind(fn);
      this.webhookQueue.bind(fn);
      setPublicBaseUrl(fn, config);
    }

    for (const fn of [batch, advanceBatch, submitChunk]) {
      runTable.bind(fn, fn === advanceBatch ? { indexes: ['waiting'] } : {});
      // The one that is told of files that others have put says of one that is not there that it is not.
      blobBucket.bind(fn, fn === batch ? ['list', 'read', 'write'] : ['read', 'write']);
      setRunSettings(fn, config);
    }
    for (const fn of [advanceBatch, submitChunk]) this.queue.bind(fn);
    this.workflow.bind(advanceBatch, ['decide', 'stop']);
    for (const fn of [batch, sweep]) this.batches.bind(fn);

    this.queue.deliverTo(dispatch, config.maxDispatchers);
    const outboxStream = new OutboxStream(this, 'OutboxStream', { runTable, outbox });
    const executionWatch = new ExecutionWatch(this, 'ExecutionWatch', {
      workflow: this.workflow,
      reconcile,
    });
    const sweepSchedule = new SweepSchedule(this, 'SweepSchedule', { sweep });

    this.deadLetters = [
      ...[this.queue, this.webhookQueue, outboxStream, executionWatch, sweepSchedule],
      this.batches,
    ].map(({ deadLetters }) => deadLetters);

    new CfnOutput(this, 'StateMachineArn', { value: this.workflow.stateMachineArn });
    new CfnOutput(this, 'BusName', { value: this.bus.bus.eventBusName });
  }
}
