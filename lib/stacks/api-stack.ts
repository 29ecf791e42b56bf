import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { contracts } from '#api/contracts.ts';
import type { FunctionBundles } from '../bundling/function-bundle.ts';
import type { BatchWorkflow } from '../constructs/batch-workflow.ts';
import type { BlobBucket } from '../constructs/blob-bucket.ts';
import {
  setApiSettings,
  setRunSettings,
  setWebhookSettings,
} from '../constructs/function-settings.ts';
import type { IdempotencyTable } from '../constructs/idempotency-table.ts';
import { longRoutesOf } from '../constructs/long-routes.ts';
import { bufferedTimeoutSeconds, RunApi, streamingTimeoutSeconds } from '../constructs/run-api.ts';
import type { RunQueue } from '../constructs/run-queue.ts';
import type { RunTable } from '../constructs/run-table.ts';
import type { RunWorkflow } from '../constructs/run-workflow.ts';
import { ServiceFunction } from '../constructs/service-function.ts';
import { type WebhookQueue, webhookTimeoutSeconds } from '../constructs/webhook-queue.ts';
import type { StageConfig } from '../stage-config.ts';

export interface ApiStackProps extends StackProps {
  readonly config: StageConfig;
  readonly bundles: FunctionBundles;
  readonly runTable: RunTable;
  readonly idempotencyTable: IdempotencyTable;
  readonly blobBucket: BlobBucket;
  readonly queue: RunQueue;
  readonly workflow: RunWorkflow;
  readonly batches: BatchWorkflow;
  readonly webhookQueue: WebhookQueue;
}

/** What callers reach, and what reaches them. */
export class ApiStack extends Stack {
  readonly api: ServiceFunction;
  readonly stream: ServiceFunction;
  readonly webhook: ServiceFunction;
  readonly runApi: RunApi;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    const { config, bundles, ...rest } = props;
    const { runTable, idempotencyTable, blobBucket, ...engine } = rest;
    const { queue, workflow, batches, webhookQueue, ...stackProps } = engine;
    super(scope, id, stackProps);
    this.api = new ServiceFunction(this, 'Api', {
      config,
      bundles,
      bundle: 'api',
      description: 'Answers short requests',
      timeoutSeconds: bufferedTimeoutSeconds,
      memorySizeMiB: 512,
    });
    this.stream = new ServiceFunction(this, 'Stream', {
      config,
      bundles,
      bundle: 'stream',
      description: 'Answers requests that wait or stream',
      timeoutSeconds:
        config.responseMode === 'streaming' ? streamingTimeoutSeconds : bufferedTimeoutSeconds,
    });
    for (const fn of [this.api, this.stream]) {
      runTable.bind(fn, {
        indexes: ['tenant', 'agent', 'session', 'group', 'waiting'],
        readsApiKeys: true,
      });
      idempotencyTable.bind(fn);
      // Only short requests delete what is a session's.
      blobBucket.bind(fn, fn === this.api ? ['read', 'write', 'delete'] : ['read', 'write']);
      queue.bind(fn);
      workflow.bind(fn, ['start', 'decide', 'stop']);
      batches.bind(fn);
      setRunSettings(fn, config);
      setApiSettings(fn, config);
      setWebhookSettings(fn, config);
      webhookQueue.bind(fn);
    }
    this.runApi = new RunApi(this, 'RunApi', {
      config,
      api: this.api,
      stream: this.stream,
      longRoutes: longRoutesOf(contracts),
    });
    this.webhook = new ServiceFunction(this, 'Webhook', {
      config,
      bundles,
      bundle: 'webhook',
      description: 'Delivers webhooks',
      timeoutSeconds: webhookTimeoutSeconds,
    });
    runTable.bind(this.webhook, {
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    });
    idempotencyTable.name(this.webhook);
    blobBucket.bind(this.webhook, ['read']);
    workflow.bind(this.webhook, []);
    setWebhookSettings(this.webhook, config);
    // Its links lead to the API: that is why it is deployed with it.
    this.webhook.addEnvironment('PUBLIC_BASE_URL', config.publicBaseUrl ?? this.runApi.url);
    webhookQueue.bind(this.webhook);
    webhookQueue.deliverTo(this.webhook);
    new CfnOutput(this, 'ApiUrl', { value: this.runApi.url });
    new CfnOutput(this, 'ConsoleUrl', { value: `${this.runApi.url}/` });
  }
}
