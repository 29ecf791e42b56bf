import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { aDeployment } from '../builders/a-deployment.ts';
import { nameOf, readable } from './readable.ts';

const { Monitoring: monitoring } = aDeployment({ stage: 'prod' });
const { Monitoring: withMail } = aDeployment({ alarmEmail: 'ops@example.com' });

const Alarm = z.object({
  Properties: z.looseObject({
    AlarmDescription: z.string(),
    MetricName: z.string(),
    Namespace: z.string(),
    Statistic: z.string(),
    Period: z.number(),
    Threshold: z.number(),
    EvaluationPeriods: z.number(),
    ComparisonOperator: z.string(),
    TreatMissingData: z.string(),
    Dimensions: z.array(z.object({ Value: z.unknown() })).default([]),
  }),
});
const alarms = Object.entries(monitoring.findResources('AWS::CloudWatch::Alarm')).map(
  ([id, alarm]) => ({
    name: nameOf(id).replace(/^Alarms/, ''),
    ...Alarm.parse(alarm).Properties,
  }),
);

const Filter = z.object({
  Properties: z.object({
    LogGroupName: z.unknown(),
    FilterPattern: z.string(),
    MetricTransformations: z.tuple([
      z.object({ MetricNamespace: z.string(), MetricName: z.string(), MetricValue: z.string() }),
    ]),
  }),
});
const filtersOf = (metricName: string) =>
  Object.values(monitoring.findResources('AWS::Logs::MetricFilter'))
    .map((filter) => Filter.parse(filter).Properties)
    .filter(({ MetricTransformations: [{ MetricName: name }] }) => name === metricName);

describe('an alarm', () => {
  it.each([
    ['RunQueueDeadLetters', 'ApproximateNumberOfMessagesVisible ≥ 1', '1 × 300 s'],
    ['OutboxStreamDeadLetters', 'ApproximateNumberOfMessagesVisible ≥ 1', '1 × 300 s'],
    ['ExecutionWatchDeadLetters', 'ApproximateNumberOfMessagesVisible ≥ 1', '1 × 300 s'],
    ['WebhookQueueDeadLetters', 'ApproximateNumberOfMessagesVisible ≥ 1', '1 × 300 s'],
    ['BatchWorkflowDeadLetters', 'ApproximateNumberOfMessagesVisible ≥ 1', '1 × 300 s'],
    ['SweepScheduleDeadLetters', 'ApproximateNumberOfMessagesVisible ≥ 1', '1 × 300 s'],
    ['InfrastructureFailures', 'InfrastructureFailures ≥ 1', '1 × 300 s'],
    ['QueueIsSlow', 'ApproximateAgeOfOldestMessage ≥ 300', '1 × 300 s'],
    ['ServerErrors', '5XXError ≥ 5', '1 × 300 s'],
    ['FunctionsAreThrottled', 'Throttles ≥ 1', '3 × 300 s'],
    ['SweepFails', 'Errors ≥ 3', '1 × 300 s'],
    ['SweepDoesNotRun', 'Invocations < 1', '2 × 300 s'],
    ['SweepLeavesItems', 'SweepFailures ≥ 1', '3 × 300 s'],
  ])('rings when %s: %s, %s', (name, condition, time) => {
    const alarm = alarms.find((one) => one.name === name);

    const sign = alarm?.ComparisonOperator === 'LessThanThreshold' ? '<' : '≥';
    expect(`${alarm?.MetricName} ${sign} ${alarm?.Threshold}`).toBe(condition);
    expect(`${alarm?.EvaluationPeriods} × ${alarm?.Period} s`).toBe(time);
  });

  it('is counted where the README says what they cost', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

    expect(/(\d+) alarms \(\$0\.10 a month each/.exec(readme)?.[1]).toBe(`${alarms.length}`);
  });

  it.each(alarms)('tells a person what it means and what to do: $name', (alarm) => {
    expect(alarm.AlarmDescription.length).toBeGreaterThan(80);
    expect(alarm.AlarmDescription).toMatch(/log|Look|look|Ask|alarm/);
  });

  it.each(alarms)('keeps quiet where there is nothing to measure: $name', (alarm) => {
    expect(alarm.TreatMissingData).toBe(
      alarm.name === 'SweepDoesNotRun' ? 'breaching' : 'notBreaching',
    );
  });

  it('watches each queue of dead letters', () => {
    const watched = alarms
      .filter(({ name }) => name.endsWith('DeadLetters'))
      .flatMap(({ Dimensions }) => Dimensions.map(({ Value }) => readable(Value)));

    expect(watched.map((value) => value.replace('.QueueName', '')).sort()).toEqual(
      [
        ...['BatchWorkflow', 'ExecutionWatch', 'OutboxStream', 'RunQueue'],
        ...['SweepSchedule', 'WebhookQueue'],
      ].map((of) => expect.stringContaining(`${of}DeadLetters`)),
    );
  });
});

describe('runs that failed by infrastructure', () => {
  const filters = filtersOf('InfrastructureFailures');

  it('are counted in the log of every function that may write it', () => {
    const groups = filters.map(({ LogGroupName: group }) => readable(group)).sort();

    expect(groups).toEqual([
      '<ApiLogs>',
      '<FunctionsDispatchLogs>',
      '<FunctionsExpirePauseLogs>',
      '<FunctionsFinalizeLogs>',
      '<FunctionsReconcileLogs>',
      '<FunctionsSegmentLogs>',
      '<FunctionsSweepLogs>',
      '<StreamLogs>',
    ]);
  });

  it('are counted by the line that says so', () => {
    for (const { FilterPattern, MetricTransformations } of filters) {
      expect(FilterPattern).toBe('{ $.message = "run FAILED" && $.code = "infrastructure" }');
      expect(MetricTransformations).toMatchObject([
        { MetricNamespace: 'Longrun/prod', MetricValue: '1' },
      ]);
    }
    monitoring.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'Longrun/prod',
      MetricName: 'InfrastructureFailures',
      Statistic: 'Sum',
    });
  });
});

it('counts what a sweep could not deal with', () => {
  expect(filtersOf('SweepFailures')).toMatchObject([
    { FilterPattern: '{ $.message = "sweep failed" }' },
  ]);
});

it('has a dashboard of the stage', () => {
  monitoring.hasResourceProperties('AWS::CloudWatch::Dashboard', {
    DashboardName: 'Longrun-prod',
  });
});

describe('mail', () => {
  it('goes to nobody unless somebody is named', () => {
    monitoring.resourceCountIs('AWS::SNS::Topic', 0);
    monitoring.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.absent() });
  });

  it('goes out when an alarm begins and when it ends', () => {
    const [topic] = Object.keys(withMail.findResources('AWS::SNS::Topic'));

    withMail.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.com',
      TopicArn: { Ref: topic },
    });
    withMail.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: topic }],
      OKActions: [{ Ref: topic }],
    });
  });

  it('may be sent by the alarms of this account, and over TLS only', () => {
    const [topic] = Object.keys(withMail.findResources('AWS::SNS::Topic'));

    withMail.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [{ Ref: topic }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: topic },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
  });
});
