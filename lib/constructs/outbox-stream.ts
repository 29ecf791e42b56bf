import { Duration } from 'aws-cdk-lib';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';
import type { RunTable } from './run-table.ts';
import type { ServiceFunction } from './service-function.ts';

export interface OutboxStreamProps {
  readonly runTable: RunTable;
  readonly outbox: ServiceFunction;
}

/** Rings for the outbox when a row is written to it. The sweeper is what makes sure. */
export class OutboxStream extends Construct {
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, { runTable, outbox }: OutboxStreamProps) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'DeadLetters', {
      meaning:
        'Changes of status could not be published at once. The sweeper publishes them until it ' +
        'succeeds; the log of the outbox function says why it did not.',
    });
    runTable.bindStream(outbox);
    new EventSourceMapping(this, 'Mapping', {
      target: outbox,
      eventSourceArn: runTable.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { sk: { S: FilterRule.beginsWith('OUT#') } } },
        }),
      ],
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 3,
      maxRecordAge: Duration.hours(1),
      parallelizationFactor: 2,
      onFailure: new SqsDlq(this.deadLetters),
    });
  }
}
