import { expect, inject, it } from 'vitest';
import { us } from '../../conformance/client.ts';
import { allEvents } from '../../conformance/event-stream.ts';
import { eventually } from '../../conformance/eventually.ts';
import { decide, detailOf, type Run } from '../../conformance/runs.ts';
import { deployedDeps, firstExecutionOf } from './deployment.ts';
import { aMachineLikeTheDeployed, endOf, stateOf } from './state-machines.ts';
import { aWaitingRun, tokenOf } from './waiting-run.ts';

/*
 * A wait that is entered again has a new token; the emulator gives it the old one. So it is another
 * execution here that comes to the same pause, and both tokens have a wait behind them.
 */

async function aRotatedToken() {
  const deps = await deployedDeps();
  const { run, token: old } = await aWaitingRun(deps);
  const execution = firstExecutionOf(run);
  const machineArn = await aMachineLikeTheDeployed();
  await (await deployedDeps(machineArn)).workflow.start(execution);
  await eventually('the wait has another token', async () =>
    (await tokenOf(deps, run)) === old ? undefined : true,
  );
  return { run, old, execution, machineArn, workflow: deps.workflow };
}

const allOf = async (run: Run) => [await detailOf(us, run), await allEvents(us, run.id)];

it('sends a decision to the newest wait, and is not touched by the end of an older one', async () => {
  const { run, old, execution, machineArn, workflow } = await aRotatedToken();
  const { StateMachineArn: deployedArn } = inject('stacks');

  const decided = await decide(us, run, 'APPROVE');

  expect(decided.status).toBe('COMPLETED');
  expect(await endOf(machineArn, execution)).toBe('SUCCEEDED');
  expect(await stateOf(deployedArn, execution)).toBe('RUNNING');
  const before = await allOf(run);
  await workflow.resume(old, {});
  expect(await endOf(deployedArn, execution)).toBe('SUCCEEDED');
  expect(await allOf(run)).toEqual(before);
});
