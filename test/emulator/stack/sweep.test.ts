import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, inject, it } from 'vitest';
import { makeClient } from '#adapters/aws/clients.ts';
import { DynamoItemStore } from '#adapters/aws/dynamo-item-store.ts';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { outboxKey } from '#core/store/keys.ts';
import { aPrincipal } from '../../builders/a-principal.ts';
import { finance, question } from '../../conformance/agents.ts';
import { us } from '../../conformance/client.ts';
import { eventually } from '../../conformance/eventually.ts';
import { type Run, untilIs } from '../../conformance/runs.ts';
import { createTables } from '../emulated-tables.ts';
import { outboxRowIsDue, runIsDue } from './become-due.ts';
import { listenToTheBus } from './bus-listener.ts';
import { copyOf, invoke, nameOf } from './deployed-functions.ts';
import {
  aStoredRun,
  type Deps,
  deployedDeps,
  firstExecutionOf,
  keyOfRun,
  seenByClients,
  unreachable,
} from './deployment.ts';
import { endOf } from './state-machines.ts';
import { aWaitingRun } from './waiting-run.ts';

async function withoutItsMessage(deps: Deps): Promise<Run> {
  return seenByClients(await aStoredRun(deps, finance, question));
}

async function withoutItsExecution(deps: Deps): Promise<Run> {
  const run = await withoutItsMessage(deps);
  await dispatchRun({ ...deps, workflow: unreachable }, keyOfRun(run));
  return run;
}

/** It went past before the run was there to be executed, and its name is taken. */
async function withAnExecutionThatIsOver(deps: Deps): Promise<Run> {
  const run = await withoutItsMessage(deps);
  await deps.workflow.start(firstExecutionOf(run));
  await endOf(inject('stacks').StateMachineArn, firstExecutionOf(run));
  await dispatchRun({ ...deps, workflow: unreachable }, keyOfRun(run));
  return run;
}

async function withoutItsDecision(deps: Deps): Promise<Run> {
  const { run } = await aWaitingRun(deps);
  await decideApproval(
    { ...deps, workflow: unreachable },
    { ...keyOfRun(run), decision: 'APPROVE', by: aPrincipal('ann'), idempotency: undefined },
  );
  return run;
}

it.each([
  ['whose message was lost', 1, withoutItsMessage],
  ['whose execution was never started', 1, withoutItsExecution],
  ['whose decision was never sent', 1, withoutItsDecision],
  ['whose execution is over', 2, withAnExecutionThatIsOver],
])('goes on with a run %s after sweeps: %d', async (_, sweeps, aRun) => {
  const deps = await deployedDeps();
  const run = await aRun(deps);

  for (let i = 0; i < sweeps; i += 1) {
    await runIsDue(deps, keyOfRun(run));
    await invoke(await nameOf('Sweep'), {});
  }

  await untilIs(us, run, 'COMPLETED');
});

it('tells of a change of status that the stream did not tell of', async () => {
  const hear = await listenToTheBus();
  // Tables without a stream: nobody else rings for what is written there.
  const client = makeClient(DynamoDBClient);
  const { runTableName, idempotencyTableName } = await createTables(client);
  const store = new DynamoItemStore({ client, runTableName, idempotencyTableName });
  const sweep = await copyOf('Sweep', {
    RUN_TABLE_NAME: runTableName,
    IDEMPOTENCY_TABLE_NAME: idempotencyTableName,
  });
  const run = await aStoredRun({ ...(await deployedDeps()), store }, finance, question);
  const key = outboxKey(keyOfRun(run), 1);

  await outboxRowIsDue(store, key, run.id);
  await invoke(sweep.name, {});

  const told = await eventually('the run was told of', async () => {
    const statuses = await hear(run.id);
    return statuses.length > 0 ? statuses : undefined;
  });
  expect(told).toEqual(['QUEUED']);
  expect(await store.get(key)).toBeUndefined();
});
