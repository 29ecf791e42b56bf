import { ArnFormat, Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { batchRequested } from '#adapters/aws/batch-requested.ts';
import type { StageConfig } from '../stage-config.ts';
import { accept } from './accept.ts';
import { batchDefinition } from './batch-definition.ts';
import { DeadLetters } from './dead-letters.ts';
import type { RunBus } from './run-bus.ts';
import type { ServiceFunction } from './service-function.ts';

export interface BatchWorkflowProps {
  readonly config: StageConfig;
  readonly bus: RunBus;
  /** Makes a batch of an event on the bus. */
  readonly request: ServiceFunction;
  /** Says what has to be done next for a batch. */
  readonly advance: ServiceFunction;
  /** Submits the lines of a chunk. */
  readonly submit: ServiceFunction;
}

/** Works on batches: a state machine over their chunks, and the event that starts one. */
export class BatchWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly stateMachineArn: string;
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, props: BatchWorkflowProps) {
    super(scope, id);
    const { config, bus, request, advance, submit } = props;
    const stateMachineName = `longrun-${config.stage}-batch`;
    this.stateMachineArn = this.#arn('stateMachine', stateMachineName);
    const definition = batchDefinition({
      partition: Aws.PARTITION,
      advanceArn: advance.functionArn,
      submitArn: submit.functionArn,
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName,
      stateMachineType: StateMachineType.STANDARD,
      comment: 'An execution is some work on one batch.',
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      logs: {
        destination: new LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${stateMachineName}`,
          retention: config.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
    this.#allowItself(stateMachineName, [advance, submit]);
    this.deadLetters = new DeadLetters(this, 'DeadLetters', {
      meaning:
        'Events that asked for a batch could not become one: they are not what a batch needs, or ' +
        'the batch function fails. Its log says which; put what is right on the bus again.',
    });
    this.#startByEvent(bus, request);
  }

  /** Lets the function have batches worked on. */
  bind(fn: ServiceFunction): void {
    fn.addEnvironment('BATCH_MACHINE_ARN', this.stateMachineArn);
    fn.allow(['states:StartExecution'], [this.stateMachineArn]);
  }

  #startByEvent(bus: RunBus, request: ServiceFunction): void {
    const retryAttempts = 2;
    const maxEventAge = Duration.hours(1);
    request.configureAsyncInvoke({
      retryAttempts,
      maxEventAge,
      onFailure: new SqsDestination(this.deadLetters),
    });
    new Rule(this, 'Rule', {
      description: 'Events that ask for a batch',
      eventBus: bus.bus,
      eventPattern: { detailType: [batchRequested] },
      targets: [
        new LambdaFunction(request, {
          deadLetterQueue: this.deadLetters,
          retryAttempts: 24,
          maxEventAge,
        }),
      ],
    });
  }

  /** A Distributed Map is executions of the machine itself, which it starts and looks after. */
  #allowItself(name: string, functions: readonly ServiceFunction[]): void {
    const executions = this.#arn('execution', `${name}/*`);
    for (const [actions, resources] of [
      [['lambda:InvokeFunction'], functions.map((fn) => fn.functionArn)],
      [['states:StartExecution'], [this.stateMachineArn]],
      [['states:DescribeExecution', 'states:StopExecution'], [executions]],
    ] as const)
      this.stateMachine.addToRolePolicy(
        new PolicyStatement({ actions: [...actions], resources: [...resources] }),
      );
    accept(
      this.stateMachine,
      'SF1',
      'Step Functions keeps the history of each execution for 90 days.',
    );
    accept(this.stateMachine, 'SF2', 'Each batch has its executions, which show the same.');
    accept(this.stateMachine, 'IAM5[Resource::*]', 'Delivery of logs knows no resource.');
    accept(
      this.stateMachine,
      `IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${name}/*]`,
      'Executions of a Distributed Map are named by Step Functions.',
    );
  }

  #arn(resource: string, resourceName: string): string {
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    return Stack.of(this).formatArn({ service: 'states', resource, resourceName, arnFormat });
  }
}
