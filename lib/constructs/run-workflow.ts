import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type LifecycleTask, lifecycle } from '#core/lifecycle.ts';
import type { StageConfig } from '../stage-config.ts';
import { accept } from './accept.ts';
import { lifecycleDefinition } from './lifecycle-definition.ts';
import { removalPolicyOf } from './removal.ts';
import type { ServiceFunction } from './service-function.ts';

export interface RunWorkflowProps {
  readonly config: StageConfig;
  readonly tasks: Readonly<Record<LifecycleTask, ServiceFunction>>;
}

type Use = 'start' | 'decide' | 'stop' | 'describe';

/**
 * The state machine that every run goes through. Its functions know its ARN by its name, as it knows
 * theirs.
 */
export class RunWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly stateMachineArn: string;
  readonly #executionsArn: string;
  readonly #name: string;

  constructor(scope: Construct, id: string, { config, tasks }: RunWorkflowProps) {
    super(scope, id);
    const stateMachineName = `longrun-${config.stage}-run`;
    this.#name = stateMachineName;
    this.stateMachineArn = this.#arn('stateMachine', stateMachineName);
    this.#executionsArn = this.#arn('execution', `${stateMachineName}:*`);
    const definition = lifecycleDefinition(lifecycle, {
      segment: tasks.segment.functionArn,
      'register-pause': tasks['register-pause'].functionArn,
      'expire-pause': tasks['expire-pause'].functionArn,
      finalize: tasks.finalize.functionArn,
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName,
      stateMachineType: StateMachineType.STANDARD,
      comment: 'One execution is one run, from its dispatch to its end.',
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      logs: {
        destination: new LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${stateMachineName}`,
          retention: config.logRetentionDays,
          removalPolicy: removalPolicyOf(config),
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
    accept(
      this.stateMachine,
      'SF1',
      'Step Functions keeps the history of each execution for 90 days: logging all of it would cost as much as it, and show what callers said.',
    );
    accept(this.stateMachine, 'SF2', 'Each run has its execution, which shows the same.');
    accept(this.stateMachine, 'IAM5[Resource::*]', 'Delivery of logs knows no resource.');
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(tasks).map((fn) => fn.functionArn),
      }),
    );
  }

  /** Lets the function use executions in these ways. */
  bind(fn: ServiceFunction, uses: readonly Use[]): void {
    fn.addEnvironment('STATE_MACHINE_ARN', this.stateMachineArn);
    const ofMachine = uses.flatMap((use) => machineActions[use] ?? []);
    const ofExecutions = uses.flatMap((use) => executionActions[use] ?? []);
    if (ofMachine.length > 0) fn.allow(ofMachine, [this.stateMachineArn]);
    if (ofExecutions.length === 0) return;
    fn.allow(ofExecutions, [this.#executionsArn]);
    fn.acceptWildcard(
      `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${this.#name}:*`,
      'Executions of this state machine are named after runs.',
    );
  }

  #arn(resource: string, resourceName: string): string {
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    return Stack.of(this).formatArn({ service: 'states', resource, resourceName, arnFormat });
  }
}

const machineActions: Partial<Record<Use, readonly string[]>> = {
  start: ['states:StartExecution'],
  decide: ['states:SendTaskFailure', 'states:SendTaskSuccess'],
};
const executionActions: Partial<Record<Use, readonly string[]>> = {
  stop: ['states:StopExecution'],
  describe: ['states:DescribeExecution'],
};
