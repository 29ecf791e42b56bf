import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, inject, it } from 'vitest';
import { makeClient } from '#adapters/aws/clients.ts';
import { StepFunctionsRunWorkflow } from '#adapters/aws/step-functions-run-workflow.ts';
import { aCompletedRun, aPausedRun, aRunningRun } from '../../conformance/agents.ts';
import { us } from '../../conformance/client.ts';
import { allEvents } from '../../conformance/event-stream.ts';
import { cancel, detailOf, type Run, untilIs } from '../../conformance/runs.ts';
import { invoke, nameOf } from './deployed-functions.ts';
import { firstExecutionOf } from './deployment.ts';
import { aMachineLikeTheDeployed, endOf, executionArnOf } from './state-machines.ts';

const client = makeClient(SFNClient);
const { StateMachineArn: machineArn } = inject('stacks');

const arnOf = (run: Run) => executionArnOf(machineArn, firstExecutionOf(run));

const stop = (run: Run) =>
  client.send(new StopExecutionCommand({ executionArn: arnOf(run), error: 'operator' }));

const stopped = (run: Run) => ({
  detail: {
    executionArn: arnOf(run),
    status: 'ABORTED',
    input: JSON.stringify(firstExecutionOf(run)),
  },
});

const allOf = async (run: Run) => [await detailOf(us, run), await allEvents(us, run.id)];

it('ends the execution of a run that has completed, and leads to it', async () => {
  const run = await aCompletedRun(us);

  const { links } = await detailOf(us, run);

  expect(decodeURIComponent(links.execution ?? '')).toContain(arnOf(run));
  expect(await endOf(machineArn, firstExecutionOf(run))).toBe('SUCCEEDED');
});

const states: [string, typeof aRunningRun | typeof aPausedRun][] = [
  ['works', aRunningRun],
  ['waits for a decision', aPausedRun],
];

it.each(states)('cancels a run whose execution an operator stops while it %s', async (_, aRun) => {
  const run = await aRun(us);

  await stop(run);

  await untilIs(us, run, 'CANCELLED');
  expect(await detailOf(us, run)).toMatchObject({ reason: 'execution_aborted' });
});

it.each(states)(
  'leaves a run cancelled by that while it %s, stopped or not again',
  async (_, aRun) => {
    const run = await aRun(us);
    await stop(run);
    await untilIs(us, run, 'CANCELLED');
    const before = await allOf(run);

    await stop(run);
    await invoke(await nameOf('Reconcile'), stopped(run));

    expect(await allOf(run)).toEqual(before);
  },
);

// The emulator redrives nothing: what a redriven execution would do, another one does here.
it('leaves a run cancelled whose stopped execution is taken up again', async () => {
  const run = await aPausedRun(us);
  await stop(run);
  await untilIs(us, run, 'CANCELLED');
  const before = await allOf(run);
  const another = await aMachineLikeTheDeployed();

  await new StepFunctionsRunWorkflow({ client, stateMachineArn: another }).start(
    firstExecutionOf(run),
  );

  expect(await endOf(another, firstExecutionOf(run))).toBe('SUCCEEDED');
  expect(await allOf(run)).toEqual(before);
});

it('stops the execution of a run that is cancelled while it waits for a decision', async () => {
  const run = await aPausedRun(us);

  await cancel(us, run);

  expect(await endOf(machineArn, firstExecutionOf(run))).toBe('ABORTED');
});
