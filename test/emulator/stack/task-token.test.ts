import { SFNClient } from '@aws-sdk/client-sfn';
import { expect, inject, it } from 'vitest';
import { makeClient } from '#adapters/aws/clients.ts';
import { StepFunctionsRunWorkflow } from '#adapters/aws/step-functions-run-workflow.ts';
import { findPause } from '#core/approval/approval.ts';
import { aPausedRun } from '../../conformance/agents.ts';
import { us } from '../../conformance/client.ts';
import { allEvents } from '../../conformance/event-stream.ts';
import { eventually } from '../../conformance/eventually.ts';
import { decide, detailOf, type Run } from '../../conformance/runs.ts';
import { deployedDeps, firstExecutionOf, keyOfRun } from './deployment.ts';
import { aMachineLikeTheDeployed, endOf, stateOf } from './state-machines.ts';

/*
 * A wait that is entered again has a new token; the emulator gives it the old one. So it is another
 * execution here that comes to the same pause, and both tokens have a wait behind them.
 */

async function tokenOf(run: Run): Promise<string | undefined> {
  const { store } = await deployedDeps();
  return (await findPause(store, keyOfRun(run), 1))?.taskToken ?? undefined;
}

async function aRotatedToken() {
  const run = await aPausedRun(us);
  const execution = firstExecutionOf(run);
  const old = await eventually('the pause has a token', () => tokenOf(run));
  const machineArn = await aMachineLikeTheDeployed();
  const options = { client: makeClient(SFNClient), stateMachineArn: machineArn };
  await new StepFunctionsRunWorkflow(options).start(execution);
  await eventually('the pause has another token', async () =>
    (await tokenOf(run)) === old ? undefined : true,
  );
  return { run, old, execution, machineArn };
}

const allOf = async (run: Run) => [await detailOf(us, run), await allEvents(us, run.id)];

it('sends a decision to the newest wait, and is not touched by the end of an older one', async () => {
  const { run, old, execution, machineArn } = await aRotatedToken();
  const { StateMachineArn: deployedArn } = inject('stacks');

  const decided = await decide(us, run, 'APPROVE');

  expect(decided.status).toBe('COMPLETED');
  expect(await endOf(machineArn, execution)).toBe('SUCCEEDED');
  expect(await stateOf(deployedArn, execution)).toBe('RUNNING');
  const before = await allOf(run);
  const { workflow } = await deployedDeps();
  await workflow.resume(old, {});
  expect(await endOf(deployedArn, execution)).toBe('SUCCEEDED');
  expect(await allOf(run)).toEqual(before);
});
