import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import { RunAlarm } from './run-alarm.ts';
import type { RunQueue } from './run-queue.ts';
import type { ServiceFunction } from './service-function.ts';

export interface RunAlarmsProps {
  readonly restApi: RestApi;
  readonly queue: RunQueue;
  readonly sweep: ServiceFunction;
  readonly deadLetters: readonly DeadLetters[];
  readonly infrastructureFailures: IMetric;
  /** Items that a sweep could not deal with. */
  readonly sweepFailures: IMetric;
}

const period = Duration.minutes(5);
const oldestMessageSeconds = 300;
const serverErrorsPerPeriod = 5;

/** What somebody should know of. */
export class RunAlarms extends Construct {
  constructor(scope: Construct, id: string, props: RunAlarmsProps) {
    super(scope, id);
    this.#ofDeadLetters(props.deadLetters);
    this.#ofSweeps(props);
    new RunAlarm(this, 'InfrastructureFailures', {
      meaning:
        'Runs failed for no fault of their own: error.code is infrastructure. Their callers have ' +
        'to submit them again. Look for "run FAILED" in the logs; the cause is in the execution.',
      metric: props.infrastructureFailures,
      threshold: 1,
    });
    new RunAlarm(this, 'QueueIsSlow', {
      meaning:
        'Queued runs have been waiting for a dispatcher for more than five minutes. Look at the log ' +
        'of the dispatch function; if it is well, raise maxDispatchers.',
      metric: props.queue.queue.metricApproximateAgeOfOldestMessage({ period }),
      threshold: oldestMessageSeconds,
    });
    new RunAlarm(this, 'ServerErrors', {
      meaning:
        'The API answers with 5xx. Callers should try again, with the same Idempotency-Key; the ' +
        'logs of the api and stream functions say what is wrong.',
      metric: props.restApi.metricServerError({ period, statistic: 'Sum' }),
      threshold: serverErrorsPerPeriod,
    });
    new RunAlarm(this, 'FunctionsAreThrottled', {
      meaning:
        'Functions of this account and region wait for each other: more than its limit of ' +
        'concurrent executions are wanted. Runs are late, none is lost. Ask for a higher limit, or ' +
        'lower slotsPerTenant.',
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Throttles',
        statistic: 'Sum',
        period,
      }),
      threshold: 1,
      evaluationPeriods: 3,
    });
  }

  #ofDeadLetters(deadLetters: readonly DeadLetters[]): void {
    for (const queue of deadLetters)
      new RunAlarm(this, `${queue.node.scope?.node.id}DeadLetters`, {
        meaning: queue.meaning,
        metric: queue.metricApproximateNumberOfMessagesVisible({ period }),
        threshold: 1,
      });
  }

  #ofSweeps({ sweep, sweepFailures }: RunAlarmsProps): void {
    const consequence =
      'Runs whose message, execution or decision was lost stand still until it sweeps again, and ' +
      'approvals do not expire. ';
    new RunAlarm(this, 'SweepFails', {
      meaning: `The sweeper fails. ${consequence}Its log says why.`,
      metric: sweep.metricErrors({ period }),
      threshold: 3,
    });
    new RunAlarm(this, 'SweepDoesNotRun', {
      meaning: `The sweeper has not been called for ten minutes. ${consequence}Look whether its schedule in EventBridge Scheduler is enabled.`,
      metric: sweep.metricInvocations({ period }),
      threshold: 1,
      evaluationPeriods: 2,
      isFloor: true,
    });
    new RunAlarm(this, 'SweepLeavesItems', {
      meaning:
        'Again and again the sweeper cannot deal with some item: its run stands still. Look for ' +
        '"sweep failed" in the log of the sweep function.',
      metric: sweepFailures,
      threshold: 1,
      evaluationPeriods: 3,
    });
  }
}
