import { Capture, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { aDeployment } from '../builders/a-deployment.ts';

const { Engine: engine } = aDeployment({ stage: 'prod' });
const { Engine: emulated } = aDeployment({ stage: 'emulator' });

const endingWith = (text: string) => ({
  'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(`${text}$`)])],
});
const days = (count: number) => count * 24 * 3600;
const idOf = (path: RegExp, type: string) => {
  const ids = Object.keys(engine.findResources(type)).filter((id) => path.test(id));
  expect(ids).toHaveLength(1);
  return `${ids[0]}`;
};
const arnOf = (path: RegExp, type: string) => ({ 'Fn::GetAtt': [idOf(path, type), 'Arn'] });
const queueArn = (path: RegExp) => arnOf(path, 'AWS::SQS::Queue');
const functionArn = (path: RegExp) => arnOf(path, 'AWS::Lambda::Function');

describe('the run queue', () => {
  it('gives a message six times as long as the function that takes it, and five attempts', () => {
    engine.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'longrun-prod-runs',
      VisibilityTimeout: 180,
      SqsManagedSseEnabled: true,
      FifoQueue: Match.absent(),
      RedrivePolicy: {
        deadLetterTargetArn: queueArn(/^RunQueueDeadLetters/),
        maxReceiveCount: 5,
      },
    });
  });

  it('is the only one whose messages its dead letters may come from', () => {
    engine.hasResourceProperties('AWS::SQS::Queue', {
      MessageRetentionPeriod: days(14),
      RedriveAllowPolicy: {
        redrivePermission: 'byQueue',
        sourceQueueArns: [endingWith(':longrun-prod-runs')],
      },
    });
  });

  it('calls dispatchers with ten messages, each of which may fail alone', () => {
    engine.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: queueArn(/^RunQueue[0-9A-F]{8}$/),
      FunctionName: { Ref: idOf(/^FunctionsDispatch/, 'AWS::Lambda::Function') },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 20 },
    });
    emulated.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });
});

describe('queues', () => {
  it('are encrypted, at rest and on the way', () => {
    const queues = Object.keys(engine.findResources('AWS::SQS::Queue'));

    engine.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    for (const id of queues)
      engine.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: id }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Deny',
              Action: 'sqs:*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ]),
        },
      });
  });

  it.each(['RunQueue', 'OutboxStream', 'ExecutionWatch', 'SweepSchedule'])(
    'of dead letters keep them for 14 days: %s',
    (owner) => {
      const id = idOf(new RegExp(`^${owner}DeadLetters`), 'AWS::SQS::Queue');

      const properties = engine.findResources('AWS::SQS::Queue')[id]?.['Properties'];

      expect(properties).toMatchObject({ MessageRetentionPeriod: days(14) });
    },
  );
});

describe('the state machine', () => {
  const definition = new Capture();

  it('is a standard one by a name that its functions know', () => {
    engine.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'longrun-prod-run',
      StateMachineType: 'STANDARD',
      DefinitionString: definition,
    });

    const arn = endingWith(':stateMachine:longrun-prod-run');
    engine.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ STATE_MACHINE_ARN: arn }) },
    });
  });

  it('logs failures, and nothing of what runs are about', () => {
    engine.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
      TracingConfiguration: Match.absent(),
    });
  });

  it('calls the function of each task', () => {
    const text = JSON.stringify(definition.asObject());

    for (const name of [/Segment/, /RegisterPause/, /ExpirePause/, /Finalize/])
      expect(text).toContain(idOf(name, 'AWS::Lambda::Function'));
  });
});

describe('the outbox', () => {
  it('hears of its rows alone, and of them only when they are written', () => {
    engine.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: idOf(/^FunctionsOutbox/, 'AWS::Lambda::Function') },
      FilterCriteria: {
        Filters: [
          {
            Pattern: JSON.stringify({
              eventName: ['INSERT'],
              dynamodb: { Keys: { sk: { S: [{ prefix: 'OUT#' }] } } },
            }),
          },
        ],
      },
    });
  });

  it('gives up a row that cannot be told, and keeps up no other', () => {
    engine.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 3600,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: queueArn(/^OutboxStreamDeadLetters/) } },
    });
  });
});

describe('reconcile', () => {
  const deadLetters = () => queueArn(/^ExecutionWatchDeadLetters/);

  it('hears of executions of this state machine that ended otherwise than by themselves', () => {
    engine.hasResourceProperties('AWS::Events::Rule', {
      State: 'ENABLED',
      EventBusName: Match.absent(),
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: [endingWith(':stateMachine:longrun-prod-run')],
        },
      },
      Targets: [
        {
          Arn: functionArn(/^FunctionsReconcile/),
          DeadLetterConfig: { Arn: deadLetters() },
          RetryPolicy: { MaximumRetryAttempts: 24, MaximumEventAgeInSeconds: 3600 },
        },
      ],
    });
  });

  it('is tried three times, then the event is kept', () => {
    engine.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: idOf(/^FunctionsReconcile/, 'AWS::Lambda::Function') },
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: deadLetters() } },
    });
  });
});

describe('the sweeper', () => {
  it('is called each minute', () => {
    engine.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: Match.absent(),
      Target: {
        Arn: functionArn(/^FunctionsSweep/),
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 300 },
        DeadLetterConfig: { Arn: queueArn(/^SweepScheduleDeadLetters/) },
      },
    });
  });

  it('is not tried again where the next minute does that', () => {
    engine.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: idOf(/^FunctionsSweep/, 'AWS::Lambda::Function') },
      MaximumRetryAttempts: 0,
    });
  });
});

it('names its bus after the stage, and says what else to look for', () => {
  engine.hasResourceProperties('AWS::Events::EventBus', { Name: 'longrun-prod' });
  engine.hasOutput('BusName', { Value: { Ref: idOf(/^RunBus/, 'AWS::Events::EventBus') } });
  engine.hasOutput('StateMachineArn', {
    Value: endingWith(':stateMachine:longrun-prod-run'),
  });
});
