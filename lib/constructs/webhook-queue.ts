import { Duration, Stack } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config.ts';
import { DeadLetters } from './dead-letters.ts';
import type { ServiceFunction } from './service-function.ts';

/** Of the function that delivers: an attempt may take half of it. */
export const webhookTimeoutSeconds = 30;
const visibilityPerFunctionTimeout = 6;
const maxReceiveCount = 5;
const maxConcurrency = { emulator: 2, account: 20 };

/** Rings for webhook deliveries. A message group is a receiver's host: SQS serves hosts in turn. */
export class WebhookQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;
  readonly #maxConcurrency: number;

  constructor(scope: Construct, id: string, { stage, isEmulator }: StageConfig) {
    super(scope, id);
    this.#maxConcurrency = isEmulator ? maxConcurrency.emulator : maxConcurrency.account;
    // The queue and its dead letters name each other: one of the names has to be known.
    const queueName = `longrun-${stage}-webhooks`;
    const queueArn = Stack.of(this).formatArn({ service: 'sqs', resource: queueName });
    this.deadLetters = new DeadLetters(this, 'DeadLetters', {
      meaning:
        'Webhook deliveries could not be attempted, for no fault of their receivers. The sweeper ' +
        'rings again for them until it succeeds; the log of the webhook function says why.',
      source: Queue.fromQueueArn(this, 'Source', queueArn),
    });
    this.queue = new Queue(this, 'Queue', {
      queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(visibilityPerFunctionTimeout * webhookTimeoutSeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
    });
  }

  /** Lets the function ring. */
  bind(fn: ServiceFunction): void {
    fn.addEnvironment('WEBHOOK_QUEUE_URL', this.queue.queueUrl);
    fn.allow(['sqs:SendMessage'], [this.queue.queueArn]);
  }

  /** Has the function called with messages. */
  deliverTo(fn: ServiceFunction): void {
    fn.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        maxConcurrency: this.#maxConcurrency,
      }),
    );
  }
}
