import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AlarmMail } from '../constructs/alarm-mail.ts';
import { LogCount } from '../constructs/log-count.ts';
import { RunAlarms } from '../constructs/run-alarms.ts';
import { RunDashboard } from '../constructs/run-dashboard.ts';
import type { StageConfig } from '../stage-config.ts';
import type { ApiStack } from './api-stack.ts';
import type { EngineStack } from './engine-stack.ts';

export interface MonitoringStackProps extends StackProps {
  readonly config: StageConfig;
  readonly engine: EngineStack;
  readonly api: ApiStack;
}

/** What tells people how the rest is. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    const { config, engine, api, ...stackProps } = props;
    super(scope, id, stackProps);
    const { dispatch, segment, expirePause, finalize, reconcile, sweep } = engine.functions;
    const infrastructureFailures = new LogCount(this, 'InfrastructureFailures', {
      config,
      metricName: 'InfrastructureFailures',
      pattern: '{ $.message = "run FAILED" && $.code = "infrastructure" }',
      functions: [
        ...[dispatch, segment, expirePause, finalize, reconcile, sweep],
        ...[api.api, api.stream],
      ],
    }).metric;
    const sweepFailures = new LogCount(this, 'SweepFailures', {
      config,
      metricName: 'SweepFailures',
      pattern: '{ $.message = "sweep failed" }',
      functions: [sweep],
    }).metric;
    const common = {
      restApi: api.runApi.restApi,
      queue: engine.queue,
      deadLetters: engine.deadLetters,
      infrastructureFailures,
    };
    const alarms = new RunAlarms(this, 'Alarms', { ...common, sweep, sweepFailures });
    new RunDashboard(this, 'Dashboard', {
      ...common,
      config,
      stateMachine: engine.workflow.stateMachine,
      functions: [api.api, api.stream, api.webhook, ...engine.functions.all],
    });
    if (config.alarmEmail)
      new AlarmMail(this, 'AlarmMail', { address: config.alarmEmail, alarmsIn: alarms });
  }
}
