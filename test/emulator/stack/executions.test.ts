import { DescribeExecutionCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, inject, it } from 'vitest';
import { makeClient } from '#adapters/aws/clients.ts';
import { aCompletedRun, aPausedRun, aRunningRun } from '../../conformance/agents.ts';
import { us } from '../../conformance/client.ts';
import { eventually } from '../../conformance/eventually.ts';
import { cancel, detailOf, type Run, untilIs } from '../../conformance/runs.ts';

const client = makeClient(SFNClient);

const executionArnOf = (run: Run) => {
  const machine = inject('stacks').StateMachineArn.replace(':stateMachine:', ':execution:');
  return `${machine}:${run.id.replace('run_', '')}-1`;
};

const outcomeOf = async (run: Run) =>
  client.send(new DescribeExecutionCommand({ executionArn: executionArnOf(run) }));

it('ends the execution of a run that has completed, and leads to it', async () => {
  const run = await aCompletedRun(us);

  const { links } = await detailOf(us, run);

  expect(decodeURIComponent(links.execution ?? '')).toContain(executionArnOf(run));
  await eventually('the execution has ended', async () =>
    (await outcomeOf(run)).status === 'SUCCEEDED' ? true : undefined,
  );
});

it.each([
  ['works', aRunningRun],
  ['waits for a decision', aPausedRun],
])('cancels a run whose execution is stopped by an operator while it %s', async (_, aRun) => {
  const run = await aRun(us);

  await client.send(new StopExecutionCommand({ executionArn: executionArnOf(run) }));

  await untilIs(us, run, 'CANCELLED');
});

it('stops the execution of a run that is cancelled while it waits for a decision', async () => {
  const run = await aPausedRun(us);

  await cancel(us, run);

  await eventually('the execution has ended', async () =>
    (await outcomeOf(run)).status === 'RUNNING' ? undefined : true,
  );
});
