import { Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { RunAlarm } from './run-alarm.ts';

export interface AlarmMailProps {
  readonly address: string;
  /** All alarms in it are sent. */
  readonly alarmsIn: Construct;
}

/** Tells an address when an alarm begins and ends. */
export class AlarmMail extends Construct {
  constructor(scope: Construct, id: string, { address, alarmsIn }: AlarmMailProps) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { displayName: 'Longrun alarms', enforceSSL: true });
    // A policy of its own takes the place of SNS's default one, which lets CloudWatch publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    topic.addSubscription(new EmailSubscription(address));
    const action = new SnsAction(topic);
    for (const alarm of alarmsIn.node.findAll().filter((child) => child instanceof RunAlarm)) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }
}
