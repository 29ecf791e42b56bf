import { Duration, Stack } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config.ts';
import { DeadLetters } from './dead-letters.ts';
import type { ServiceFunction } from './service-function.ts';

/** How long a message may be worked on, attempts of Lambda's own poller included. */
const visibilityPerFunctionTimeout = 6;
const maxReceiveCount = 5;

export interface RunQueueProps {
  readonly config: StageConfig;
  /** Of the function that takes the messages. */
  readonly consumerTimeoutSeconds: number;
}

/** Rings for queued runs. A message group is a tenant: SQS serves tenants in turn. */
export class RunQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, { config, consumerTimeoutSeconds }: RunQueueProps) {
    super(scope, id);
    // The queue and its dead letters name each other: one of the names has to be known.
    const queueName = `longrun-${config.stage}-runs`;
    const queueArn = Stack.of(this).formatArn({ service: 'sqs', resource: queueName });
    this.deadLetters = new DeadLetters(this, 'DeadLetters', {
      meaning:
        'Runs could not be dispatched after five attempts. The sweeper rings again for them each ' +
        'minute, so none is lost while it works; the log of the dispatch function says why.',
      source: Queue.fromQueueArn(this, 'Source', queueArn),
    });
    this.queue = new Queue(this, 'Queue', {
      queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(visibilityPerFunctionTimeout * consumerTimeoutSeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
    });
  }

  /** Lets the function ring. */
  bind(fn: ServiceFunction): void {
    fn.addEnvironment('RUN_QUEUE_URL', this.queue.queueUrl);
    fn.allow(['sqs:SendMessage'], [this.queue.queueArn]);
  }

  /** Has the function called with messages, at most as many at a time as there may be dispatchers. */
  deliverTo(fn: ServiceFunction, maxDispatchers: number): void {
    fn.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        maxConcurrency: maxDispatchers,
      }),
    );
  }
}
