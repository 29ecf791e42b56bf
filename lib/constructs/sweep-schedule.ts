import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';
import type { ServiceFunction } from './service-function.ts';

/** A sweep that is this late is done by the next ones. */
const maxEventAge = Duration.minutes(5);

/** Sweeps each minute. */
export class SweepSchedule extends Construct {
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, { sweep }: { readonly sweep: ServiceFunction }) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'DeadLetters', {
      meaning:
        'Sweeps could not be started. Each minute brings another one: this matters only when the ' +
        'alarm on sweeps rings too.',
    });
    sweep.configureAsyncInvoke({ retryAttempts: 0, maxEventAge });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [sweep.functionArn] }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [this.deadLetters.queueArn],
      }),
    );
    new CfnSchedule(this, 'Schedule', {
      description: 'Sweeps up what was lost: runs that wait, approvals that expired, old runs',
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: sweep.functionArn,
        roleArn: role.roleArn,
        retryPolicy: {
          maximumRetryAttempts: 2,
          maximumEventAgeInSeconds: maxEventAge.toSeconds(),
        },
        deadLetterConfig: { arn: this.deadLetters.queueArn },
      },
    });
  }
}
