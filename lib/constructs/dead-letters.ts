import { Duration } from 'aws-cdk-lib';
import { type IQueue, Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { accept } from './accept.ts';

export interface DeadLettersProps {
  /** What it means that something lies here, and what to do; the alarm says it. */
  readonly meaning: string;
  /** The queue whose messages it takes. @default - none, services write to it */
  readonly source?: IQueue;
}

/** Keeps what could not be handled for as long as SQS keeps anything. */
export class DeadLetters extends Queue {
  readonly meaning: string;

  constructor(scope: Construct, id: string, { meaning, source }: DeadLettersProps) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      redriveAllowPolicy: source
        ? { redrivePermission: RedrivePermission.BY_QUEUE, sourceQueues: [source] }
        : { redrivePermission: RedrivePermission.DENY_ALL },
    });
    this.meaning = meaning;
    if (!source) accept(this, 'SQS3', 'It takes the dead letters of a service, not of a queue.');
  }
}
