import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionLimitExceeded,
  InvalidArn,
  InvalidOutput,
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
  ValidationException,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { StepFunctionsRunWorkflow } from '#adapters/aws/step-functions-run-workflow.ts';

const machine = 'arn:aws:states:eu-central-1:123456789012:stateMachine:longrun-Lifecycle';
const execution = {
  orgId: 'acme',
  runId: '01a2014c-0000-7000-8000-000000000001',
  epoch: 3,
};
const executionArn = `arn:aws:states:eu-central-1:123456789012:execution:longrun-Lifecycle:${execution.runId}-3`;

function aWorkflow(stateMachineArn = machine) {
  const client = new SFNClient({ region: 'eu-central-1' });
  const sfn = mockClient(client);
  return { sfn, workflow: new StepFunctionsRunWorkflow({ client, stateMachineArn }) };
}

const said = { message: 'as the service says it', $metadata: {} };

/** What says that nothing waits behind a token: it came too late, or never was. */
const nothingWaits = [
  ['TaskTimedOut', new TaskTimedOut(said)],
  ['TaskDoesNotExist', new TaskDoesNotExist(said)],
  ['InvalidToken', new InvalidToken(said)],
] as const;

describe('starting an execution', () => {
  it('names it after the run and its epoch, and tells it both', async () => {
    const { sfn, workflow } = aWorkflow();

    await workflow.start(execution);

    expect(sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      {
        stateMachineArn: machine,
        name: `${execution.runId}-3`,
        input: `{"runId":"${execution.runId}","orgId":"acme","epoch":3}`,
      },
    ]);
  });

  it('sends the same input at every attempt, whatever else the caller knows', async () => {
    const { sfn, workflow } = aWorkflow();
    const { orgId, runId, epoch } = execution;
    const known = { status: 'RUNNING', epoch, runId, orgId };

    await workflow.start({ orgId, runId, epoch });
    await workflow.start(known);

    const [first, second] = sfn.commandCalls(StartExecutionCommand);
    expect(second?.args[0].input).toEqual(first?.args[0].input);
  });

  it('takes one of that name that exists already for started', async () => {
    const { sfn, workflow } = aWorkflow();
    sfn.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists(said));

    await expect(workflow.start(execution)).resolves.toBeUndefined();
  });

  it.each([
    ['too many', new ExecutionLimitExceeded(said)],
    ['no connection', new Error('connect ECONNREFUSED')],
  ])('fails where it was not started: %s', async (_, error) => {
    const { sfn, workflow } = aWorkflow();
    sfn.on(StartExecutionCommand).rejects(error);

    await expect(workflow.start(execution)).rejects.toBe(error);
  });
});

describe('resuming a wait', () => {
  it('sends what an operator is told with the token', async () => {
    const { sfn, workflow } = aWorkflow();

    const resumed = await workflow.resume('token', { decision: 'APPROVE', decidedBy: 'ann' });

    expect(resumed).toBe(true);
    expect(sfn.commandCalls(SendTaskSuccessCommand).map(({ args }) => args[0].input)).toEqual([
      { taskToken: 'token', output: '{"decision":"APPROVE","decidedBy":"ann"}' },
    ]);
  });

  it.each(nothingWaits)('finds nothing waiting: %s', async (_, error) => {
    const { sfn, workflow } = aWorkflow();
    sfn.on(SendTaskSuccessCommand).rejects(error);

    expect(await workflow.resume('token', {})).toBe(false);
  });

  it('finds nothing waiting any more when it comes a second time', async () => {
    const { sfn, workflow } = aWorkflow();
    sfn.on(SendTaskSuccessCommand).resolvesOnce({}).rejects(new TaskTimedOut(said));

    const resumed = [await workflow.resume('token', {}), await workflow.resume('token', {})];

    expect(resumed).toEqual([true, false]);
  });

  it('fails where nobody knows whether it was resumed', async () => {
    const { sfn, workflow } = aWorkflow();
    const error = new InvalidOutput(said);
    sfn.on(SendTaskSuccessCommand).rejects(error);

    await expect(workflow.resume('token', {})).rejects.toBe(error);
  });
});

describe('failing a wait', () => {
  it('sends the cause as the error with the token', async () => {
    const { sfn, workflow } = aWorkflow();

    await workflow.failWait('token', 'run_ended');

    expect(sfn.commandCalls(SendTaskFailureCommand).map(({ args }) => args[0].input)).toEqual([
      { taskToken: 'token', error: 'run_ended' },
    ]);
  });

  it.each(nothingWaits)('is content where nothing waits: %s', async (_, error) => {
    const { sfn, workflow } = aWorkflow();
    sfn.on(SendTaskFailureCommand).rejects(error);

    await expect(workflow.failWait('token', 'run_ended')).resolves.toBeUndefined();
  });

  it('fails where the service does', async () => {
    const { sfn, workflow } = aWorkflow();
    const error = new Error('ThrottlingException');
    sfn.on(SendTaskFailureCommand).rejects(error);

    await expect(workflow.failWait('token', 'run_ended')).rejects.toBe(error);
  });
});

describe('stopping an execution', () => {
  it('sends its ARN and the cause as the error', async () => {
    const { sfn, workflow } = aWorkflow();

    await workflow.stop(execution, 'cancelled');

    expect(sfn.commandCalls(StopExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      { executionArn, error: 'cancelled' },
    ]);
  });

  it.each([
    ['unknown', new ExecutionDoesNotExist(said)],
    ['ended', new ValidationException({ ...said, reason: 'API_DOES_NOT_SUPPORT_LABELED_ARNS' })],
  ])('is content with one that is %s', async (_, error) => {
    const { sfn, workflow } = aWorkflow();
    sfn.on(StopExecutionCommand).rejects(error);

    await expect(workflow.stop(execution, 'superseded')).resolves.toBeUndefined();
  });

  it('fails where it may go on', async () => {
    const { sfn, workflow } = aWorkflow();
    const error = new InvalidArn(said);
    sfn.on(StopExecutionCommand).rejects(error);

    await expect(workflow.stop(execution, 'superseded')).rejects.toBe(error);
  });
});

describe('the outcome of an execution', () => {
  it('is asked for by its ARN', async () => {
    const { sfn, workflow } = aWorkflow();
    sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });

    await workflow.outcome(execution);

    expect(sfn.commandCalls(DescribeExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      { executionArn },
    ]);
  });

  it.each([
    ['RUNNING', 'open'],
    ['PENDING_REDRIVE', 'open'],
    ['SUCCEEDED', 'succeeded'],
    ['FAILED', 'failed'],
    ['ABORTED', 'aborted'],
    ['TIMED_OUT', 'timed_out'],
  ] as const)('of the status %s is %s', async (status, outcome) => {
    const { sfn, workflow } = aWorkflow();
    sfn.on(DescribeExecutionCommand).resolves({ status });

    expect(await workflow.outcome(execution)).toBe(outcome);
  });

  it('is unknown where the service says no status', async () => {
    const { sfn, workflow } = aWorkflow();
    sfn.on(DescribeExecutionCommand).resolves({});

    expect(await workflow.outcome(execution)).toBe('unknown');
  });

  it('is unknown where the service has never heard of it, or forgotten it', async () => {
    const { sfn, workflow } = aWorkflow();
    sfn.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist(said));

    expect(await workflow.outcome(execution)).toBe('unknown');
  });

  it('is not guessed where the service cannot be asked', async () => {
    const { sfn, workflow } = aWorkflow();
    const error = new Error('ThrottlingException');
    sfn.on(DescribeExecutionCommand).rejects(error);

    await expect(workflow.outcome(execution)).rejects.toBe(error);
  });
});

describe('the console shows an execution', () => {
  it.each([
    ['aws', 'eu-central-1', 'eu-central-1.console.aws.amazon.com'],
    ['aws-cn', 'cn-north-1', 'cn-north-1.console.amazonaws.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
  ])('in the partition %s and the region %s at %s', (partition, region, host) => {
    const { workflow } = aWorkflow(
      `arn:${partition}:states:${region}:123456789012:stateMachine:Lifecycle`,
    );

    const url = workflow.consoleUrl(execution);

    const arn = `arn:${partition}:states:${region}:123456789012:execution:Lifecycle:${execution.runId}-3`;
    expect(url).toBe(`https://${host}/states/home?region=${region}#/v2/executions/details/${arn}`);
  });
});
