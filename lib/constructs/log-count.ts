import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config.ts';
import type { ServiceFunction } from './service-function.ts';

export interface LogCountProps {
  readonly config: StageConfig;
  readonly metricName: string;
  /** CloudWatch Logs' filter on lines of JSON. */
  readonly pattern: string;
  readonly functions: readonly ServiceFunction[];
}

/** Counts what functions log. */
export class LogCount extends Construct {
  readonly metric: Metric;

  constructor(scope: Construct, id: string, props: LogCountProps) {
    super(scope, id);
    const { config, metricName, pattern, functions } = props;
    const metricNamespace = `Longrun/${config.stage}`;
    for (const { node, logGroup } of functions)
      new MetricFilter(this, node.id, {
        logGroup,
        metricNamespace,
        metricName,
        metricValue: '1',
        filterPattern: FilterPattern.literal(pattern),
      });
    this.metric = new Metric({
      namespace: metricNamespace,
      metricName,
      statistic: 'Sum',
      period: Duration.minutes(5),
    });
  }
}
