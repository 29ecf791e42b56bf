import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export interface RunAlarmProps extends Pick<AlarmProps, 'metric' | 'threshold'> {
  /** What it means to a person that it rings, and what to do. */
  readonly meaning: string;
  /** @default 1 */
  readonly evaluationPeriods?: number;
  /** Whether it rings below the threshold, or where nothing is measured. @default false */
  readonly isFloor?: boolean;
}

/** Rings at its threshold. Its description is what the person reads who is woken by it. */
export class RunAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: RunAlarmProps) {
    const { meaning, evaluationPeriods = 1, isFloor = false, ...alarmProps } = props;
    super(scope, id, {
      ...alarmProps,
      alarmDescription: meaning,
      evaluationPeriods,
      comparisonOperator: isFloor
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: isFloor ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
  }
}
