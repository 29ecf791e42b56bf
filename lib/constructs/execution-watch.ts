import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';
import type { RunWorkflow } from './run-workflow.ts';
import type { ServiceFunction } from './service-function.ts';

export interface ExecutionWatchProps {
  readonly workflow: RunWorkflow;
  readonly reconcile: ServiceFunction;
}

/** Tells when an execution ended otherwise than by itself. Step Functions says so once, if at all. */
export class ExecutionWatch extends Construct {
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, { workflow, reconcile }: ExecutionWatchProps) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'DeadLetters', {
      meaning:
        'Executions failed, timed out or were stopped, and their runs may not know it yet. The ' +
        'sweeper asks for them later; the log of the reconcile function says what is wrong.',
    });
    const retryAttempts = 2;
    const maxEventAge = Duration.hours(1);
    reconcile.configureAsyncInvoke({
      retryAttempts,
      maxEventAge,
      onFailure: new SqsDestination(this.deadLetters),
    });
    new Rule(this, 'Rule', {
      description: 'Executions of runs that failed, timed out or were stopped',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [workflow.stateMachineArn],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [
        new LambdaFunction(reconcile, {
          deadLetterQueue: this.deadLetters,
          retryAttempts: 24,
          maxEventAge,
        }),
      ],
    });
  }
}
