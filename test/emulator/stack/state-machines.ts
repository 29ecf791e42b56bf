import { randomUUID } from 'node:crypto';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { inject } from 'vitest';
import { makeClient } from '#adapters/aws/clients.ts';
import { executionName, type RunExecution } from '#core/run/run-workflow.ts';
import { eventually } from '../../conformance/eventually.ts';

const client = makeClient(SFNClient);

/**
 * One more state machine like the deployed one, of which the stacks know nothing: no rule reports
 * how its executions end.
 * @param change of its definition. @default - none
 */
export async function aMachineLikeTheDeployed(
  change: (definition: string) => string = (definition) => definition,
): Promise<string> {
  const { StateMachineArn: deployed } = inject('stacks');
  const { definition = '', roleArn } = await client.send(
    new DescribeStateMachineCommand({ stateMachineArn: deployed }),
  );
  const { stateMachineArn = '' } = await client.send(
    new CreateStateMachineCommand({
      name: `like-the-deployed-${randomUUID()}`,
      definition: change(definition),
      roleArn,
    }),
  );
  return stateMachineArn;
}

export const executionArnOf = (machineArn: string, execution: RunExecution) =>
  `${machineArn.replace(':stateMachine:', ':execution:')}:${executionName(execution)}`;

/** As the workflow calls it: RUNNING, SUCCEEDED, FAILED, ABORTED. */
export async function stateOf(machineArn: string, execution: RunExecution) {
  const executionArn = executionArnOf(machineArn, execution);
  return (await client.send(new DescribeExecutionCommand({ executionArn }))).status;
}

/** @returns how it has ended */
export const endOf = (machineArn: string, execution: RunExecution) =>
  eventually('the execution has ended', async () => {
    const state = await stateOf(machineArn, execution);
    return state === 'RUNNING' ? undefined : state;
  });
