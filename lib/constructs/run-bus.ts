import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config.ts';
import type { ServiceFunction } from './service-function.ts';

/** Tells whoever has a rule on it when a run changes its status. */
export class RunBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { stage }: StageConfig) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: `longrun-${stage}`,
      description: 'Changes of the status of runs, at least once and in no particular order.',
    });
  }

  bind(fn: ServiceFunction): void {
    fn.addEnvironment('BUS_NAME', this.bus.eventBusName);
    fn.allow(['events:PutEvents'], [this.bus.eventBusArn]);
  }
}
