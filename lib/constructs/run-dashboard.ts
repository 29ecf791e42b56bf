import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Dashboard, GraphWidget, type IMetric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { RunQueue } from './run-queue.ts';
import type { ServiceFunction } from './service-function.ts';

export interface RunDashboardProps {
  readonly config: StageConfig;
  readonly restApi: RestApi;
  readonly queue: RunQueue;
  readonly stateMachine: StateMachine;
  readonly functions: readonly ServiceFunction[];
  readonly deadLetters: readonly DeadLetters[];
  readonly infrastructureFailures: IMetric;
}

/** What an operator looks at first: the way of a run from the request to its end. */
export class RunDashboard extends Construct {
  constructor(scope: Construct, id: string, props: RunDashboardProps) {
    super(scope, id);
    const { config, restApi, queue, stateMachine, functions, deadLetters } = props;
    const period = Duration.minutes(5);
    new Dashboard(this, 'Dashboard', {
      dashboardName: `Longrun-${config.stage}`,
      defaultInterval: Duration.hours(6),
      widgets: [
        [
          new TextWidget({
            markdown: `# Longrun ${config.stage}\nRequests become messages, messages become executions, executions run segments. What was lost on the way is swept up each minute.`,
            width: 24,
            height: 2,
          }),
        ],
        [
          graph('Requests', [
            restApi.metricCount({ period, label: 'all' }),
            restApi.metricClientError({ period, label: '4xx' }),
            restApi.metricServerError({ period, label: '5xx' }),
          ]),
          graph('Runs that wait for a dispatcher', [
            queue.queue.metricApproximateNumberOfMessagesVisible({ period, label: 'messages' }),
            queue.queue.metricApproximateAgeOfOldestMessage({ period, label: 'oldest, seconds' }),
          ]),
        ],
        [
          graph('Executions', [
            stateMachine.metricStarted({ period, label: 'started' }),
            stateMachine.metricSucceeded({ period, label: 'succeeded' }),
            stateMachine.metricFailed({ period, label: 'failed' }),
            stateMachine.metricAborted({ period, label: 'stopped' }),
            stateMachine.metricTimedOut({ period, label: 'timed out' }),
          ]),
          graph(
            'Concurrent invocations',
            functions.map((fn) =>
              fn.metric('ConcurrentExecutions', {
                period,
                statistic: 'Maximum',
                label: fn.node.id,
              }),
            ),
          ),
        ],
        [
          graph(
            'Invocations that failed',
            functions.map((fn) => fn.metricErrors({ period, label: fn.node.id })),
          ),
          graph('What should be nothing', [
            props.infrastructureFailures,
            ...deadLetters.map((one) =>
              one.metricApproximateNumberOfMessagesVisible({ period, label: one.node.path }),
            ),
          ]),
        ],
      ],
    });
  }
}

const graph = (title: string, left: IMetric[]) =>
  new GraphWidget({ title, left, width: 12, height: 6, leftYAxis: { min: 0 } });
